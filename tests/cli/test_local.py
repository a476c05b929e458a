"""`mlproject local` in processes of its own: what it prints, its exit codes, and the server that it leaves."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

import embedded_aws as aws
from tests.cli.checkout import Checkout, clients, lay_out

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout whose server, if a test starts one, is stopped at its end."""
    yield lay_out(tmp_path)
    aws.stop(tmp_path / ".mlproject" / "local")


def told(checkout: Checkout, *arguments: str) -> Any:
    """What `mlproject local ... --json` prints."""
    done = checkout.run("local", *arguments, "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    process.wait(30)


def test_up_says_where_it_is_that_its_state_goes_and_with_details_what_stands_in_for_moto(checkout: Checkout) -> None:
    done = checkout.run("local", "up")

    assert (done.returncode, done.stderr) == (0, "")
    server = aws.status(checkout.root / ".mlproject" / "local")
    assert server is not None
    lines = done.stdout.splitlines()
    assert lines[0] == f"The embedded AWS is running at {server.endpoint}"
    assert f"process {server.pid}, log {server.log}" in lines[1]
    assert "in memory" in lines[2]
    assert lines[4:7] == ["  dev    111111111111", f"  kept   {aws.ACCOUNT}", f"  local  {aws.ACCOUNT}"]
    additions = aws.moto_additions()
    remark = (
        f"{len(additions)} operations are added to moto or replaced. To list them, run `mlproject local up --details`."
    )
    assert lines[7:] == [remark]
    assert "\x1b" not in done.stdout
    detailed = checkout.run("local", "up", "--details").stdout.splitlines()
    assert detailed[7] == "Added to moto or replaced:"
    assert detailed[8:] == [f"  {each.service}: {each.what} ({each.why})" for each in additions]


def test_its_life_as_json(checkout: Checkout) -> None:
    assert told(checkout, "status") == {"running": False, "state_lost": False}

    up = told(checkout, "up")
    assert (up["started"], up["state_lost"]) == (True, False)
    assert told(checkout, "up") | {"stand_ins": []} == up | {"started": False, "stand_ins": []}
    facts = {name: up[name] for name in ("endpoint", "port", "pid", "log")}
    assert told(checkout, "status") == {"running": True, "answers": True, **facts}
    assert told(checkout, "env")["AWS_ENDPOINT_URL"] == up["endpoint"]

    assert told(checkout, "down") == {"stopped": True, "state_lost": False}
    assert told(checkout, "down") == {"stopped": False, "state_lost": False}


def test_two_ups_at_once_start_one_server(checkout: Checkout) -> None:
    command = [sys.executable, "-m", "mlproject.cli.main", "local", "up", "--json"]
    both = [
        subprocess.Popen(command, cwd=checkout.root, env=checkout.environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    first, second = (json.loads(process.communicate()[0]) for process in both)

    assert first["pid"] == second["pid"]
    assert {first["started"], second["started"]} == {True, False}


def test_status_exits_with_3_when_it_does_not_run(checkout: Checkout) -> None:
    done = checkout.run("local", "status")
    assert done.returncode == 3
    assert done.stdout == "The embedded AWS is not running. To start it, run `mlproject local up`.\n"


def test_down_when_it_does_not_run_says_so_and_succeeds(checkout: Checkout) -> None:
    done = checkout.run("local", "down")
    assert (done.returncode, done.stdout) == (0, "The embedded AWS is not running.\n")


@pytest.mark.parametrize("command", ["status", "down", "up"])
def test_whatever_comes_after_a_kill_says_that_the_state_is_lost(checkout: Checkout, command: str) -> None:
    killed = aws.start(checkout.root / ".mlproject" / "local")
    kill(killed.pid)

    done = checkout.run("local", command)

    assert done.returncode == {"status": 3, "down": 0, "up": 0}[command]
    lost = f"The embedded AWS (process {killed.pid}) ended without being stopped: what was deployed in it is lost"
    assert done.stdout.startswith(lost)
    assert (f"running at {killed.endpoint}\n" in done.stdout) == (command == "up")


def test_reset_leaves_an_empty_server_on_the_same_port_that_takes_the_same_keys(checkout: Checkout) -> None:
    before = aws.start(checkout.root / ".mlproject" / "local")
    clients(before, "us-east-1")("s3").create_bucket(Bucket="forgotten")

    after = told(checkout, "reset")

    assert after["endpoint"] == before.endpoint
    assert after["pid"] != before.pid
    assert clients(before, "us-east-1")("s3").list_buckets()["Buckets"] == []


def test_the_exports_lead_a_shell_with_other_settings_to_it(checkout: Checkout) -> None:
    server = aws.start(checkout.root / ".mlproject" / "local")
    printed = checkout.run("local", "env", "-e", "local").stdout
    script = f"""
        export AWS_PROFILE=missing AWS_SESSION_TOKEN=old HTTP_PROXY=http://localhost:1 http_proxy=http://localhost:1
        {printed}
        {sys.executable} -c 'import boto3; s = boto3.Session(); sts = s.client("sts"); print(
            s.region_name, sts.meta.endpoint_url, sts.get_caller_identity()["Account"])'
    """
    done = subprocess.run(
        ["bash", "-euc", script], env=checkout.environment(), capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", f"eu-south-2 {server.endpoint} {aws.ACCOUNT}\n")


def test_the_exports_are_quoted_for_the_shell(tmp_path: Path, checkout: Checkout) -> None:
    server = aws.start(checkout.root / ".mlproject" / "local")
    hosts = f"a host,$(touch {tmp_path}/broken),`id`,it's"
    careful = Checkout(root=checkout.root, project=checkout.project, variables={"NO_PROXY": hosts})
    printed = careful.run("local", "env").stdout

    done = subprocess.run(
        ["bash", "-euc", f'{printed}\nprintf %s "$NO_PROXY"'], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{hosts},localhost,127.0.0.1"
    assert not (tmp_path / "broken").exists()
    assert server.endpoint in printed


def test_env_when_it_does_not_run_names_the_command_that_starts_it(checkout: Checkout) -> None:
    done = checkout.run("local", "env")
    assert done.returncode == 3
    assert done.stderr == "error: the embedded AWS is not running. To start it, run `mlproject local up`.\n"


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize(
    "arguments",
    ["", "--no-such-option", "--environment locl"],
    ids=["not running", "unknown option", "unknown environment"],
)
def test_when_env_fails_the_eval_fails_and_the_shell_reaches_no_aws(
    shell: str, arguments: str, checkout: Checkout
) -> None:
    if arguments:
        aws.start(checkout.root / ".mlproject" / "local")
    ask = 'import boto3; boto3.client("sts").get_caller_identity()'
    script = f"""
        export AWS_ACCESS_KEY_ID=real AWS_SECRET_ACCESS_KEY=real AWS_PROFILE=work
        export AWS_DEFAULT_REGION=eu-west-1 AWS_MAX_ATTEMPTS=1
        export AWS_ENDPOINT_URL_STS=http://localhost:1
        eval "$({sys.executable} -m mlproject.cli.main local env {arguments})"
        echo "eval: $?"
        {sys.executable} -c '{ask}'
    """
    done = subprocess.run(
        [shell, "-c", script],
        cwd=checkout.root,
        env=checkout.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "eval: 1\n"
    assert done.stderr.startswith("error: ")
    assert "the-embedded-aws-does-not-run.invalid" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("wrong", ["projects/tiny/project.yaml", "environments.yaml"])
def test_mistakes_in_the_parameters_keep_nobody_from_the_embedded_aws(wrong: str, checkout: Checkout) -> None:
    server = aws.start(checkout.root / ".mlproject" / "local")
    (checkout.root / wrong).write_text("name: [")
    done = checkout.run("local", "env")
    assert done.returncode == 0
    assert f"export AWS_ENDPOINT_URL={server.endpoint}\n" in done.stdout
    assert ("Warning: the region is eu-west-1, because of an error: environments.yaml" in done.stderr) == (
        wrong[0] == "e"
    )


def test_an_endpoint_of_one_service_does_not_lead_past_it(checkout: Checkout) -> None:
    server = aws.start(checkout.root / ".mlproject" / "local")
    variables = {"AWS_ENDPOINT_URL_STS": "http://localhost:1"}
    printed = Checkout(root=checkout.root, project=checkout.project, variables=variables).run("local", "env").stdout
    ask = 'import boto3; print(boto3.client("sts").meta.endpoint_url)'
    done = subprocess.run(
        ["bash", "-euc", f"{printed}\n{sys.executable} -c '{ask}'"],
        env={**checkout.environment(), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{server.endpoint}\n"


def test_env_of_an_environment_that_environments_yaml_does_not_have_is_refused(checkout: Checkout) -> None:
    aws.start(checkout.root / ".mlproject" / "local")
    done = checkout.run("local", "env", "-e", "locl")
    assert done.returncode == 2
    assert "export AWS_ACCESS_KEY_ID" not in done.stdout
    assert "Did you mean local?" in done.stderr


def test_env_of_an_environment_leads_to_its_account_and_to_no_other(checkout: Checkout) -> None:
    aws.start(checkout.root / ".mlproject" / "local")
    exports = json.loads(checkout.run("local", "env", "-e", "dev", "--json").stdout)
    in_dev = replace(checkout, variables=exports)
    report = in_dev.run("preflight", "-e", "dev").stdout
    assert report.splitlines()[0] == "dev: account 111111111111, eu-west-1 (the embedded AWS)"
    refused = in_dev.run("preflight", "-e", "kept")
    assert refused.returncode == 2
    assert refused.stderr == (
        f"error: environment kept is account {aws.ACCOUNT}, but the credentials belong to account 111111111111 "
        "(arn:aws:iam::111111111111:user/administrator); use credentials of the environment's account: "
        'eval "$(mlproject local env -e kept)".\n'
    )


def test_up_on_a_taken_port_names_it_and_what_to_do(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = checkout.run("local", "up", "--port", str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: port {port} is taken")
    assert "give another with --port" in done.stderr
    assert checkout.run("local", "status").returncode == 3


def test_outside_a_checkout_it_says_what_it_misses(tmp_path: Path) -> None:
    done = Checkout(root=tmp_path, project="none").run("local", "up")
    assert done.returncode == 2
    assert "no environments.yaml here or in a parent folder" in done.stderr
