"""What a person sees on an instance: START HERE, the kernel's variables, their account, and the log in CloudWatch."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.parameters import Deployment, Emr, Environment, GitIdentity, NewNetwork, Notebook
from tests.libraries.project import REGION, client
from tests.lifecycle_scripts.certificates import self_signed_certificate
from tests.lifecycle_scripts.instance import Instance, Sandbox, new_instance, upload_tools
from tests.node_scripts.machine import Machine, wait_until
from tests.stacks.examples import PLAIN, deployment

GROUP = "/aws/sagemaker/NotebookInstances"
SCRIPT = 'echo "the team was here"; touch "$HOME/SageMaker/by-the-team"\n'
HOME = "/home/ec2-user"
# Prints the variables of its process, like a kernel.
PRINT_VARIABLES = "import json, os; print(json.dumps(dict(os.environ)))"


# Polled, and a client takes longer to create than to call.
cached_client = functools.lru_cache(client)


def project(name: str, *, emr: Emr | None = None, proxy: str | None = None, **notebook: Any) -> Deployment:
    environment = Environment(
        name="local",
        account=aws.ACCOUNT,
        region=REGION,
        network=NewNetwork(cidr="10.20.0.0/16", zones=("eu-south-2a", "eu-south-2b")),
        bootstrap_qualifier="hnb659fds",
        permissions_boundary=None,
        role_path="/",
        tags={},
        retain_data=False,
        proxy=proxy,
        ca_certificates=self_signed_certificate() if proxy else None,
    )
    explore = Notebook(name="explore", instance_type="ml.t3.medium", libraries="science", **notebook)
    return deployment(name, environment, notebooks=(explore,), emr=emr)


def described(sandbox: Sandbox, given: Deployment, folder: Path, **settings: Any) -> Instance:
    """Return an instance whose tools describe the only notebook of a project."""
    folder.mkdir()
    made = new_instance(folder, sandbox.server, sandbox.bucket, **settings)
    tools = upload_tools(sandbox.server, sandbox.bucket, deployment=given)
    made.settings = dataclasses.replace(
        made.settings, tools=tools, notebook=f"{given.project}-local-explore", kernel_title=f"Python ({given.project})"
    )
    return made


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def text(path: Path) -> str:
    """Return the sources of all cells of a notebook."""
    return "\n".join("".join(cell["source"]) for cell in document(path).get("cells", []))


def sent(sandbox: Sandbox, instance: Instance) -> list[str]:
    """Return the lines of the instance in CloudWatch."""
    logs = cached_client(sandbox.server, "logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    if not groups:
        return []
    name = f"{instance.settings.notebook}/mlproject"
    found = logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix=name)["events"]
    return [each["message"] for each in found]


def failures(sandbox: Sandbox, namespace: str) -> float:
    """Return the number of failed installations that were counted."""
    now = datetime.datetime.now(datetime.UTC)
    points = cached_client(sandbox.server, "cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName="FailedInstallations",
        StartTime=now - datetime.timedelta(hours=1),
        EndTime=now + datetime.timedelta(hours=1),
        Period=3600 * 2,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def kernel_environment(instance: Instance, machine: Machine) -> dict[str, str]:
    """Return the variables of a process that is started like a kernel of the project."""
    kernel = instance.kernel(machine)
    values = [f"{name}={value}" for name, value in kernel["env"].items()]
    done = machine.run("/usr/bin/env", *values, kernel["argv"][0], "-c", PRINT_VARIABLES, user="ec2-user")
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_a_start_shows_the_status_sets_up_the_account_and_sends_the_log(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    given = project(
        "seen",
        emr=PLAIN,
        proxy="http://proxy.example.com:3128",
        git_identity=GitIdentity(name="Ana Núñez", email="ana@example.com"),
        start_script="notebooks/start.sh",
        start_script_text=SCRIPT,
    )
    ssm = client(sandbox.server, "ssm")
    parameter = given.names.parameter("livy-address")
    # A cluster whose Livy does not answer.
    ssm.put_parameter(Name=parameter, Value="http://127.0.0.1:1", Type="String", Overwrite=True)
    instance = described(sandbox, given, tmp_path / "seen", livy_parameter=parameter)
    start_here = instance.volume / "START HERE.ipynb"
    with instance.started(binds={Path("/etc/ssl"): "/etc/ssl"}) as machine:
        instance.wait_installed()
        wait_until(lambda: "`notebooks/start.sh` succeeded" in text(start_here))
        wait_until(lambda: "Livy does not answer at http://127.0.0.1:1" in text(start_here))
        wait_until(lambda: 'the kernel "Python (seen)" has 2 libraries' in text(start_here))
        shown = text(start_here)
        for expected in (
            "after 60 minutes",
            "no price of ml.t3.medium",
            f"s3://seen-local-data-{aws.ACCOUNT}-{REGION}/",
        ):
            assert expected in shown
        assert "SparkMagic kernel was found" in shown
        assert (instance.volume / "by-the-team").exists()

        variables = kernel_environment(instance, machine)
        assert variables["MLPROJECT_PROJECT"] == "seen"
        assert variables["MLPROJECT_DATA_BUCKET"] == f"seen-local-data-{aws.ACCOUNT}-{REGION}"
        assert variables["https_proxy"] == "http://proxy.example.com:3128"
        bundle = machine.file(variables["AWS_CA_BUNDLE"]).read_text()
        assert bundle.endswith(given.environment.ca_certificates or "never")
        assert bundle.count("BEGIN CERTIFICATE") > 1
        assert variables["REQUESTS_CA_BUNDLE"] == variables["PIP_CERT"] == variables["AWS_CA_BUNDLE"]
        git = machine.run("/usr/bin/env", f"HOME={HOME}", "git", "config", "--global", "--list", user="ec2-user").stdout
        assert {"user.name=Ana Núñez", "user.email=ana@example.com"} < set(git.splitlines())
        assert "http.proxy=http://proxy.example.com:3128" in git.splitlines()

        wait_until(lambda: any("the team was here" in line for line in sent(sandbox, instance)))
        wait_until(
            lambda: any(line.startswith("libraries: ") and "installed: " in line for line in sent(sandbox, instance))
        )
    assert failures(sandbox, "mlproject/seen-local") == 0


@pytest.mark.slow
def test_a_failure_is_explained_and_counted_once_and_an_edited_start_here_is_left_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    given = project("visto", language="es", start_script="slow.sh", start_script_text="sleep 7654321\n")
    instance = described(sandbox, given, tmp_path / "visto")
    start_here = instance.volume / "EMPIECE AQUÍ.ipynb"
    beside = instance.volume / "EMPIECE AQUÍ 2.ipynb"
    with instance.started(python=Path("/usr")) as machine:
        instance.wait_failed()  # The machine has no conda.
        wait_until(lambda: "mlproject libraries push visto --environment local" in text(start_here))
        wait_until(lambda: "se detuvo tras 0.02 minutos" in text(start_here))
        wait_until(lambda: failures(sandbox, "mlproject/visto-local") == 1)
        wait_until(lambda: not machine.processes("sleep 7654321"))
        edited = document(start_here)
        edited["cells"][0]["source"] += "\nA note of mine."
        start_here.write_text(json.dumps(edited))
    before = start_here.read_bytes()
    with instance.started(python=Path("/usr")):
        # The failure of the second start is another one.
        instance.wait_failed()
        wait_until(lambda: failures(sandbox, "mlproject/visto-local") == 2)
        wait_until(lambda: "mlproject libraries push visto --environment local" in text(beside))
        assert start_here.read_bytes() == before
        # A start that ends while the log is being sent sends it again, so that no line is lost.
        wait_until(lambda: len([line for line in sent(sandbox, instance) if "Z failed: cannot" in line]) >= 2)
    assert failures(sandbox, "mlproject/visto-local") == 2
