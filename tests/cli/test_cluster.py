"""`mlproject cluster` on the embedded AWS: how a cluster is, its end after a question, its way back."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.cli import main
from mlproject.names import named_cluster_id
from tests.cli.checkout import Checkout, lay_out, make_bucket
from tests.cluster.cluster_stack import Client, clients, cluster_id, deploy, restarts
from tests.mlproject_command import without_reference

pytestmark = pytest.mark.slow

EMR = """\
emr:
  primary_instance_type: m5.xlarge
  core_instance_type: m5.xlarge
"""


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


def checkout_of(root: Path, project: str, server: aws.Server, *, parameters: str = EMR) -> Checkout:
    """A checkout with one project that defines a cluster."""
    checkout = lay_out(root, project=project, server=server)
    file = root / "projects" / project / "project.yaml"
    file.write_text(file.read_text() + parameters)
    return checkout


def state(client: Client, cluster: str) -> str:
    """State of a cluster in EMR."""
    found: str = client("emr").describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"]
    return found


def run(checkout: Checkout, verb: str, *options: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    """`mlproject cluster VERB ...` in this process, which has imported already what the command needs."""
    arguments = ["mlproject", "cluster", verb, checkout.project, "--environment", "local", *options]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(checkout.root)
        for name, value in checkout.variables.items():
            patch.setenv(name, value)
        patch.setattr("sys.argv", arguments)
        patch.setattr("sys.stdin", io.StringIO(answer))
        with pytest.raises(SystemExit) as ended:
            main.main()
    return subprocess.CompletedProcess(
        arguments, int(ended.value.code or 0), out.getvalue(), without_reference(err.getvalue())
    )


def test_a_cluster_is_shown_ended_and_brought_back(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "life", embedded_aws)
    heading = f"life-local, account {aws.ACCOUNT}, eu-south-2:\n"
    nowhere = run(checkout, "status")
    assert (nowhere.returncode, nowhere.stderr) == (0, "")
    assert nowhere.stdout == (
        heading + "  stack life-local-emr: not deployed; to create the cluster, run `cdk deploy 'local/life/emr'`\n"
    )

    first = deploy(client, checkout.names())
    lines = run(checkout, "status").stdout.splitlines()
    assert lines[1] == "  stack life-local-emr: CREATE_COMPLETE"
    assert lines[2].startswith(f"  cluster {first} (life-local-1-0, emr-7.13.0): WAITING since 20")
    assert lines[2].endswith(" UTC")
    assert lines[3] == "  nodes: 1 primary m5.xlarge, 2 core m5.xlarge"
    assert lines[4].startswith("  Livy: http://")
    assert lines[5] == "  terminates after 60 idle minutes; AWS does not report how many have passed"

    ended = run(checkout, "down", answer="y\n")
    assert (ended.returncode, ended.stderr) == (0, f"cluster {first}: TERMINATED\n")
    assert ended.stdout.splitlines()[-2:] == [
        "  reason: Terminated by user request",
        "  to recreate it: mlproject cluster up life --environment local",
    ]

    back = run(checkout, "up")
    assert back.returncode == 0, back.stderr
    assert "stack life-local-emr: UPDATE_COMPLETE\n" in back.stderr
    assert "(life-local-1-1, emr-7.13.0): WAITING since" in back.stdout
    assert restarts(client, checkout.names()) == "1"

    again = run(checkout, "up")
    assert again.returncode == 0
    assert again.stderr.endswith("is already WAITING.\n")
    assert restarts(client, checkout.names()) == "1"


def test_the_status_is_available_as_json(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "program", embedded_aws)
    first = deploy(client, checkout.names())
    found: dict[str, Any] = json.loads(run(checkout, "status", "--json").stdout)
    assert found.pop("since").endswith("+00:00")
    assert found.pop("livy").startswith("http://")
    group = {"instance_type": "m5.xlarge", "spot": 0, "is_fleet": False}
    assert found == {
        "project": "program",
        "environment": "local",
        "stack": "program-local-emr",
        "cluster": "main",
        "stack_status": "CREATE_COMPLETE",
        "cluster_id": first,
        "name": "program-local-1-0",
        "release": "emr-7.13.0",
        "state": "WAITING",
        "reason": None,
        "is_protected": False,
        "nodes": [
            {"role": "primary", "running": 1, "requested": 1, **group},
            {"role": "core", "running": 2, "requested": 2, **group},
        ],
        "idle_minutes": 60,
        "library_failures": [],
        "is_alive": True,
        "clusters": {},
    }
    done = run(checkout, "down", "--yes", "--json")
    assert json.loads(done.stdout)["is_alive"] is False
    assert run(checkout, "down", "--yes").stderr == "no cluster is running.\n"


def test_the_reason_why_nodes_have_no_libraries_is_shown(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "reports", embedded_aws)
    first = deploy(client, checkout.names())
    bucket = make_bucket(client("s3"), checkout.names().bucket("artifacts"))
    reports = {
        **{f"ip-10-0-0-{number}": "failed 2026-11-30T04:00:00Z tiny-spark: no wheel\x1b[2J" for number in range(5)},
        "ip-10-0-1-1": "failed 2026-11-30T04:00:01Z the instance ran out of memory",
        "ip-10-0-1-2": "installed 2026-11-30T04:00:02Z 12 libraries from S3, without an index",
    }
    for host, text in reports.items():
        for cluster, content in ((first, text), ("j-ANOTHER", "failed 2026-11-30T04:00:00Z another cluster")):
            client("s3").put_object(
                Bucket=bucket, Key=f"emr-logs/{cluster}/libraries/{host}.txt", Body=content.encode()
            )
    client("emr").terminate_job_flows(JobFlowIds=[first])
    lines = run(checkout, "status").stdout.splitlines()
    assert [line for line in lines if "libraries" in line] == [
        "  libraries not installed on ip-10-0-1-1: the instance ran out of memory",
        "  libraries not installed on ip-10-0-0-0, ip-10-0-0-1, ip-10-0-0-2 and 2 more: tiny-spark: no wheel[2J",
    ]
    found = json.loads(run(checkout, "status", "--json").stdout)["library_failures"]
    assert [len(each["hosts"]) for each in found] == [1, 5]


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [("n\n", 1, "the cluster was not terminated"), ("", 2, "repeat the command with --yes")],
    ids=["no", "nobody"],
)
def test_without_confirmation_the_cluster_is_not_terminated(
    tmp_path: Path, embedded_aws: aws.Server, *, answer: str, code: int, words: str
) -> None:
    checkout, client = checkout_of(tmp_path, f"asked{code}", embedded_aws), clients(embedded_aws)
    first = deploy(client, checkout.names())
    done = run(checkout, "down", answer=answer)
    assert done.returncode == code
    assert words in done.stderr
    assert client("emr").describe_cluster(ClusterId=first)["Cluster"]["Status"]["State"] == "WAITING"


def test_a_protected_cluster_is_terminated_on_purpose_only(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "protected", embedded_aws)
    first = deploy(client, checkout.names())
    client("emr").set_termination_protection(JobFlowIds=[first], TerminationProtected=True)
    assert "  protected against termination: `mlproject cluster down protected --environment local " in (
        run(checkout, "status").stdout
    )
    assert json.loads(run(checkout, "status", "--json").stdout)["is_protected"] is True

    refused = run(checkout, "down", "--yes")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"error: cluster {first} is protected against termination, so nothing was terminated. To turn the protection "
        "off and terminate it, run the command again with --i-know-this-is-protected.\n"
    )
    assert state(client, first) == "WAITING"

    declined = run(checkout, "down", "--i-know-this-is-protected", answer="n\n")
    assert declined.returncode == 1
    assert json.loads(run(checkout, "status", "--json").stdout)["is_protected"] is True

    done = run(checkout, "down", "--yes", "--i-know-this-is-protected", "--json")
    assert (json.loads(done.stdout)["state"], json.loads(done.stdout)["is_protected"]) == ("TERMINATED", False)
    assert run(checkout, "up").returncode == 0


def test_a_protected_cluster_is_destroyed_with_its_stack_on_purpose_only(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "guarded", embedded_aws)
    first = deploy(client, checkout.names())
    client("emr").set_termination_protection(JobFlowIds=[first], TerminationProtected=True)
    destroy = ("destroy", "guarded", "--environment", "local", "--yes")
    refused = checkout.run(*destroy)
    assert refused.returncode == 2
    assert f"cluster {first} of guarded is protected against termination, so nothing was deleted" in refused.stderr
    assert state(client, first) == "WAITING"

    done = checkout.run(*destroy, "--i-know-this-is-protected")
    assert done.returncode == 0, done.stderr
    assert f"  cluster {first}: protected against termination\n" in done.stdout
    assert "  deleted guarded-local-emr\n" in done.stdout
    assert state(client, first) == "TERMINATED"


def test_a_project_without_a_cluster_is_told_how_it_gets_one(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = checkout_of(tmp_path, "without", embedded_aws, parameters="")
    done = checkout.run("cluster", "up", "without", "--environment", "local")
    assert done.returncode == 2
    assert done.stderr == (
        "error: without has no cluster in local. To add one, define `emr:` in projects/without/project.yaml "
        "and deploy it.\n"
    )


def test_what_a_project_no_longer_asks_for_can_still_be_ended(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "dropped", embedded_aws, parameters="")
    first = deploy(client, checkout.names())
    assert run(checkout, "down", "--yes").returncode == 0
    assert client("emr").describe_cluster(ClusterId=first)["Cluster"]["Status"]["State"] == "TERMINATED"


SEVERAL = f"""\
{EMR}\
  clusters:
    large: {{core_count: 4, maximum_count: 10}}
    planned: {{}}
"""


def test_a_cluster_of_several_is_chosen_by_its_name(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = checkout_of(tmp_path, "choice", embedded_aws, parameters=SEVERAL)
    names = checkout.names()
    main = deploy(client, names, named=["large", "removed"])
    large = cluster_id(client, names, named_cluster_id("large"))
    removed = cluster_id(client, names, named_cluster_id("removed"))

    lines = run(checkout, "status").stdout.splitlines()
    assert lines[1] == "  stack choice-local-emr: CREATE_COMPLETE"
    assert lines[2].startswith(f"  cluster {main} (choice-local-1-0, ")
    assert lines[6:8] == [
        "  large:", f"    cluster {large} (choice-local.large-1-0, {lines[7].partition(', ')[2]}",
    ]  # fmt: skip
    assert lines[11:14] == [
        "  planned:",
        "    cluster: not created yet; to create it, run `cdk deploy 'local/choice/emr'`",
        "  removed:",
    ]
    document = json.loads(run(checkout, "status", "--json").stdout)
    assert document["cluster_id"] == main
    found = {name: each["cluster_id"] for name, each in document["clusters"].items()}
    assert found == {"large": large, "planned": None, "removed": removed}
    assert json.loads(run(checkout, "status", "--cluster", "large", "--json").stdout)["cluster_id"] == large

    down = run(checkout, "down", "--cluster", "large", "--yes")
    assert down.stderr == f"cluster {large}: TERMINATED\n"
    assert down.stdout.splitlines()[-1] == (
        "    to recreate it: mlproject cluster up choice --environment local --cluster large"
    )
    assert [state(client, each) for each in (main, removed)] == ["WAITING", "WAITING"]
    up = run(checkout, "up", "--cluster", "large")
    assert "(choice-local.large-1-1, emr-7.13.0): WAITING since" in up.stdout
    assert main not in up.stdout
    assert restarts(client, names) == "0"

    unknown = run(checkout, "down", "--cluster", "larg", "--yes")
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "error: choice has no cluster larg in local; its clusters: main, large, planned, removed. To add one, define "
        "it below `emr.clusters` in projects/choice/project.yaml and deploy it.\n",
    )


def test_no_stack_with_a_protected_cluster_among_several_is_destroyed_by_accident(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "fenced", embedded_aws, parameters=SEVERAL)
    main = deploy(client, checkout.names(), named=["large"])
    large = cluster_id(client, checkout.names(), named_cluster_id("large"))
    client("emr").set_termination_protection(JobFlowIds=[large], TerminationProtected=True)
    destroy = ("destroy", "fenced", "--environment", "local", "--yes")
    refused = checkout.run(*destroy)
    assert refused.returncode == 2
    assert f"cluster {large} of fenced is protected against termination, so nothing was deleted" in refused.stderr
    assert checkout.run(*destroy, "--i-know-this-is-protected").returncode == 0
    assert [state(client, each) for each in (main, large)] == ["TERMINATED", "TERMINATED"]


def test_an_interrupted_command_explains_that_aws_continues(
    tmp_path: Path, embedded_aws: aws.Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_of(tmp_path, "stopped", embedded_aws)
    client("emr").terminate_job_flows(JobFlowIds=[deploy(client, checkout.names())])

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlproject.cluster.recreate_cluster", interrupted)
    done = run(checkout, "up")
    assert done.returncode == main.INTERRUPTED
    assert done.stderr == (
        "AWS continues to create the cluster. To see its progress, run "
        "`mlproject cluster status stopped --environment local`.\ninterrupted\n"
    )
