"""SparkMagic on the Livy endpoint of an application: a statement on Spark, and what people see when it fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from mlproject.notebooks import laptop_variables, spark_kernels, write_kernel
from mlproject.runner import role_credentials
from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, REGION, RIDES, DeployedPlatform
from tests.lifecycle_scripts.certificates import self_signed_certificate_with_key
from tests.spark.application_livy import ROLE_PROPERTY, ApplicationLivy, Caller
from tests.spark.failure_cases import FAILURES
from tests.spark.kernels import PYTHON, SparkKernel
from tests.spark.livy import Livy

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

TOOLS = ROOT / "lifecycle_scripts" / "tools"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{RIDES}-dev-emr-serverless"


def caller(platform: DeployedPlatform, use: str) -> Caller:
    """A session of a role of the project."""
    variables = platform.server.environment(ACCOUNT, REGION)
    administrator = boto3.Session(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
    role = f"arn:aws:iam::{ACCOUNT}:role/{RIDES}-dev-{use}"
    given = role_credentials(
        endpoint=platform.server.endpoint, region=REGION, boto3_session=administrator, role_arn=role
    )
    return Caller(
        role_arn=role,
        access_key_id=given["AccessKeyId"],
        secret=given["SecretAccessKey"],
        token=given["SessionToken"],
    )


@pytest.fixture(scope="module")
def endpoint(
    platform: DeployedPlatform, livy: Livy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApplicationLivy]:
    """The endpoint of the deployed application, which runs."""
    (application,) = platform.physical_ids(f"{RIDES}-dev-emr-serverless", "AWS::EMRServerless::Application")
    started = platform.mlproject("application", "start", RIDES, "-e", "dev")
    assert started.returncode == 0, started.stderr
    certificate = tmp_path_factory.mktemp("endpoint") / "certificate.pem"
    certificate.write_text(self_signed_certificate_with_key(f"*.livy.emr-serverless-services.{REGION}.amazonaws.com"))
    with ApplicationLivy(
        application_arn=f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{application}",
        client=platform.client,
        livy=livy.url,
        certificate=certificate,
    ) as endpoint:
        yield endpoint


def kernel_variables(folder: Path, endpoint: ApplicationLivy, address: str, credentials: Caller) -> dict[str, str]:
    """Write the configuration as a notebook instance does, and return the variables of a Jupyter with the kernels."""
    configuration = folder / "sparkmagic"
    done = subprocess.run(
        [sys.executable, "-B", str(TOOLS / "sparkmagic.py"), address, JOB_ROLE],
        env={"SPARKMAGIC_CONF_DIR": str(configuration)},
        check=False,
    )
    assert done.returncode == 0
    keys = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret,
        "AWS_SESSION_TOKEN": credentials.token,
    }
    found = laptop_variables(endpoint="http://localhost:9", region=REGION, credentials=keys, folder=folder)
    given = {"PYTHONPATH": str(TOOLS / "authenticator"), **endpoint.variables}
    for kernel in spark_kernels(python=PYTHON, variables=given, configuration=configuration):
        write_kernel(kernel, Path(found["JUPYTER_DATA_DIR"]))
    return found


def deployed_address(platform: DeployedPlatform) -> str:
    """The address that notebook instances read."""
    name = platform.deployment(RIDES).names.livy_parameter("emr_serverless")
    return str(platform.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_a_cell_runs_on_spark_with_the_role_of_the_jobs_through_signed_requests(
    platform: DeployedPlatform, endpoint: ApplicationLivy, tmp_path: Path
) -> None:
    person = caller(platform, "notebooks")
    endpoint.callers.append(person)
    variables = kernel_variables(tmp_path, endpoint, deployed_address(platform), person)
    with SparkKernel("pysparkkernel", variables) as kernel:
        shown = kernel.run("sum(range(101))")
        assert (shown.error, shown.text.endswith("5050")) == ("", True)
    with SparkKernel("sparkmagic", variables) as kernel:
        kernel.run("%load_ext sparkmagic.magics")
        added = kernel.run(f"%spark add -s mine -l python -u {deployed_address(platform)} -t EMR_Serverless")
        assert added.errors + added.error == ""
        assert "4950" in kernel.run("%%spark\nprint(sum(range(100)))").text
    created = [body for body in endpoint.bodies if body and body.get("kind") == "pyspark"]
    assert [body["conf"] for body in created] == [{ROLE_PROPERTY: JOB_ROLE}] * 2
    assert {key for _, _, key in endpoint.accepted} == {person.access_key_id}
    assert [method for method, _, _ in endpoint.accepted].count("DELETE") == 2


@pytest.mark.provokes_denials
def test_a_role_without_the_permission_is_refused_and_the_message_names_it(
    platform: DeployedPlatform, endpoint: ApplicationLivy, tmp_path: Path
) -> None:
    stranger = caller(platform, "pipeline")
    endpoint.callers.append(stranger)
    before = len(endpoint.accepted)
    with SparkKernel(
        "pysparkkernel", kernel_variables(tmp_path, endpoint, deployed_address(platform), stranger)
    ) as kernel:
        shown = kernel.run("1 + 1")
    assert shown.errors.startswith(FAILURES["down"])
    assert FAILURES["denied"] in shown.errors
    assert endpoint.application_arn in shown.errors
    assert len(endpoint.accepted) == before


@pytest.mark.provokes_denials
def test_a_session_with_another_role_is_refused(
    platform: DeployedPlatform, endpoint: ApplicationLivy, tmp_path: Path
) -> None:
    person = caller(platform, "notebooks")
    endpoint.callers.append(person)
    other = JOB_ROLE.replace("emr-serverless", "pipeline")
    with SparkKernel(
        "pysparkkernel", kernel_variables(tmp_path, endpoint, deployed_address(platform), person)
    ) as kernel:
        kernel.run(f'%%configure -f\n{{"conf": {{"{ROLE_PROPERTY}": "{other}"}}}}')
        shown = kernel.run("1 + 1")
    assert f"is not authorized to perform: iam:PassRole on resource: {other}" in shown.errors


def test_a_stopped_application_is_told_with_the_command_that_starts_it(
    platform: DeployedPlatform, endpoint: ApplicationLivy, tmp_path: Path
) -> None:
    person = caller(platform, "notebooks")
    endpoint.callers.append(person)
    stopped = platform.mlproject("application", "stop", RIDES, "-e", "dev")
    assert stopped.returncode == 0, stopped.stderr
    variables = kernel_variables(tmp_path, endpoint, deployed_address(platform), person)
    with SparkKernel("pysparkkernel", variables) as kernel:
        shown = kernel.run("1 + 1")
    assert "is in state STOPPED" in shown.errors
    assert FAILURES["stopped"] in shown.errors
    assert "`mlproject application status PROJECT -e ENVIRONMENT`" in shown.errors
    assert platform.mlproject("application", "start", RIDES, "-e", "dev").returncode == 0
    with SparkKernel("pysparkkernel", variables) as kernel:
        assert kernel.run("%%info").error == ""


def test_the_address_of_another_region_is_not_reached(
    platform: DeployedPlatform, endpoint: ApplicationLivy, tmp_path: Path
) -> None:
    person = caller(platform, "notebooks")
    elsewhere = deployed_address(platform).replace(REGION, "eu-central-1")
    with SparkKernel("pysparkkernel", kernel_variables(tmp_path, endpoint, elsewhere, person)) as kernel:
        assert FAILURES["replaced"] in kernel.run("1 + 1").errors
