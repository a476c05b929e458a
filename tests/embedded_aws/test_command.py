"""`python -m embedded_aws`, as somebody with another CDK app uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import embedded_aws as aws

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
OTHER = "111111111111"


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "embedded_aws", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    aws.stop(tmp_path / ".embedded-aws")


def test_it_starts_leads_a_shell_to_an_account_and_stops(folder: Path) -> None:
    started = command(folder, "up", "--account", OTHER)
    assert started.stdout.startswith("The embedded AWS runs at http://localhost:")
    assert f"accounts: {aws.ACCOUNT}, {OTHER}" in started.stdout
    assert command(folder, "up").stdout.startswith("The embedded AWS already runs at ")

    exports = command(folder, "env", OTHER, "--region", "eu-west-1").stdout
    script = f"{exports}\naws sts get-caller-identity --query Arn --output text; echo $AWS_REGION"
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"arn:aws:iam::{OTHER}:user/administrator", "eu-west-1"]

    assert command(folder, "down").stdout == "The embedded AWS is stopped.\n"
    assert command(folder, "down").stdout == "The embedded AWS does not run.\n"


@pytest.mark.parametrize("arguments", ["", "--region", "12 --folder ."])
def test_when_env_fails_the_eval_fails_and_the_shell_reaches_no_aws(folder: Path, arguments: str) -> None:
    script = f"""
        export AWS_PROFILE=real AWS_ENDPOINT_URL_STS=http://localhost:1
        eval "$({sys.executable} -m embedded_aws env {arguments})"
        echo "eval: $?, $AWS_ENDPOINT_URL, ${{AWS_PROFILE-}}${{AWS_ENDPOINT_URL_STS-}}"
    """
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "eval: 1, http://the-embedded-aws-does-not-run.invalid, \n"
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("env",), "error: the embedded AWS does not run: python -m embedded_aws up\n"),
        (("up", "--account", "12"), "error: account '12' is not an account id; use twelve digits.\n"),
    ],
)
def test_a_mistake_is_one_sentence_and_an_exit_code(folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = command(folder, *arguments)
    assert done.returncode != 0
    exports = f"{aws.failing_exports()}\n" if arguments[0] == "env" else ""
    assert (done.stdout, done.stderr) == (exports, sentence)


def test_an_account_that_it_does_not_have_is_refused_by_name(folder: Path) -> None:
    command(folder, "up")
    done = command(folder, "env", OTHER)
    sentence = f"error: the embedded AWS does not have account {OTHER}; it has {aws.ACCOUNT}. Add it first.\n"
    assert done.stderr == sentence


def test_a_file_without_the_markers_of_the_tables_stays_as_it_is(folder: Path) -> None:
    page = folder / "page.md"
    page.write_text("# Mine\n<!-- types -->\n")
    done = command(folder, "tables", "--write", "page.md")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: page.md: lacks the lines <!-- types --> and <!-- end of types -->; nothing was changed.\n"
    )
    assert page.read_text() == "# Mine\n<!-- types -->\n"
    missing = command(folder, "tables", "--write", "missing.md")
    assert missing.stderr == "error: missing.md: cannot be read or written (No such file or directory).\n"


def test_a_server_that_was_killed_is_reported_when_the_next_one_starts(folder: Path) -> None:
    command(folder, "up")
    server = aws.status(folder / ".embedded-aws")
    assert server is not None
    process = psutil.Process(server.pid)
    process.kill()
    process.wait(timeout=60)
    first, second, *_ = command(folder, "up").stdout.splitlines()
    assert first == server.loss
    assert second.startswith("The embedded AWS runs at ")


def test_the_keys_of_an_issuer_are_registered_from_a_file(folder: Path) -> None:
    (folder / "keys.json").write_text('{"keys": []}')
    done = command(folder, "issuer", "https://gitlab.example.com", "--keys", "keys.json", "--folder", "aws")
    assert (done.returncode, done.stdout) == (
        0, "Tokens of https://gitlab.example.com are verified with the keys of keys.json.\n",
    )  # fmt: skip
    assert aws.Issuers(folder / "aws").key_set("https://gitlab.example.com") == {"keys": []}
    failed = command(folder, "issuer", "https://gitlab.example.com", "--keys", "none.json")
    assert (failed.returncode, failed.stderr.startswith("error: none.json: cannot be read")) == (2, True)


def test_a_system_that_events_may_reach_is_registered(folder: Path) -> None:
    url = "https://gitlab.example.com"
    done = command(folder, "destination", url, "--address", "http://localhost:4711", "--folder", "aws")
    assert (done.returncode, done.stdout) == (
        0, f"Events for API destinations of {url} are sent to http://localhost:4711.\n",
    )  # fmt: skip
    assert aws.Addresses(folder / "aws").locate(f"{url}/api/v4") == "http://localhost:4711/api/v4"
    failed = command(folder, "destination", url, "--address", "http://gitlab.example.com")
    assert (failed.returncode, failed.stderr.startswith("error: 'http://gitlab.example.com' is not an address")) == (
        2, True,
    )  # fmt: skip
