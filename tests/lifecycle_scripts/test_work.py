"""Backup and restore of work, and the update of SparkMagic's configuration."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlproject.aws_rules.endpoints import S3
from mlproject.aws_rules.network_requirements import interfaces
from mlproject.files import write_atomically
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import Instance, Sandbox, new_instance
from tests.node_scripts.machine import UID, wait_until

pytestmark = pytest.mark.slow

CONFIG = "/home/ec2-user/.sparkmagic/config.json"


@pytest.fixture
def data(sandbox: Sandbox) -> str:
    return make_bucket(client(sandbox.server, "s3"), f"data-{sandbox.bucket[-20:]}")


def saving_instance(sandbox: Sandbox, folder: Path, data: str) -> Instance:
    folder.mkdir()
    return new_instance(
        folder,
        sandbox.server,
        sandbox.bucket,
        libraries=None,
        work=f"s3://{data}/notebooks/explore/",
        work_seconds=0.1,
    )


def write(instance: Instance, path: str, text: str) -> None:
    """Write a file of the notebook's user."""
    file = instance.volume / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def saved_objects(sandbox: Sandbox, data: str) -> dict[str, str]:
    s3 = client(sandbox.server, "s3")
    found = s3.list_objects_v2(Bucket=data).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=data, Key=each["Key"])["Body"].read().decode() for each in found}


@pytest.mark.slow
def test_rule_22_work_is_saved_and_comes_back_into_the_volume_of_a_new_instance(
    sandbox: Sandbox, tmp_path: Path, data: str
) -> None:
    first = saving_instance(sandbox, tmp_path / "first", data)
    write(first, "models/one.ipynb", "{}")
    for cache in (".venv/lib/x.py", "models/__pycache__/x.pyc", "node_modules/x.js", ".ipynb_checkpoints/one.ipynb"):
        write(first, cache, "created again when needed")
    (first.volume / "link").symlink_to("/etc/passwd")
    with first.started(python=Path("/usr")):
        wait_until(lambda: bool(saved_objects(sandbox, data)))
        write(first, "late.py", "print(1)\n")
        wait_until(lambda: len(saved_objects(sandbox, data)) == 2)
    assert saved_objects(sandbox, data) == {
        "notebooks/explore/models/one.ipynb": "{}",
        "notebooks/explore/late.py": "print(1)\n",
    }

    # Files deleted in the notebook stay in S3, and a new instance restores them.
    second = saving_instance(sandbox, tmp_path / "second", data)
    with second.started(python=Path("/usr")):
        wait_until((second.volume / "late.py").exists)
        wait_until((second.volume / "models" / "one.ipynb").exists)
        wait_until(lambda: not (second.volume / ".mlproject" / "new").exists())
        assert (second.volume / "late.py").stat().st_uid == UID
        (second.volume / "late.py").unlink()
    with second.started(python=Path("/usr")) as machine:
        wait_until(lambda: bool(machine.processes("work.sh")))
        write(second, "third.py", "")
        wait_until(lambda: len(saved_objects(sandbox, data)) == 3)
        assert not (second.volume / "late.py").exists()


def test_sparkmagic_follows_the_cluster_and_keeps_what_else_is_configured(sandbox: Sandbox) -> None:
    ssm = client(sandbox.server, "ssm")
    name = f"/mlproject/local/{sandbox.bucket}/livy-address"
    instance = sandbox.instance(libraries=None, livy_parameter=name, work_seconds=0.1)
    with instance.started(python=Path("/usr")) as machine:
        # Without a cluster, nothing is configured and nothing fails.
        log = instance.volume / ".mlproject" / "work.log"
        wait_until(lambda: log.exists() and "ParameterNotFound" in log.read_text())
        assert not machine.file(CONFIG).exists()
        for url in ("http://10.0.0.5:8998", "http://10.0.0.77:8998"):
            ssm.put_parameter(Name=name, Value=url, Type="String", Overwrite=True)
            wait_until(lambda url=url: urls(configured(machine.file(CONFIG))) == {url})  # type: ignore[misc]
            own = configured(machine.file(CONFIG))
            assert own["kernel_python_credentials"]["auth"] == "None"
            write_atomically(machine.file(CONFIG), json.dumps({**own, "http_session_config": {"retry": 7}}))
        wait_until(lambda: configured(machine.file(CONFIG)).get("http_session_config") == {"retry": 7})


def configured(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def urls(config: dict[str, Any]) -> set[str]:
    return {value["url"] for name, value in config.items() if name.endswith("_credentials")}


def test_rule_17_every_service_that_the_scripts_were_seen_to_call_has_an_endpoint(sandbox: Sandbox, data: str) -> None:
    """Reads the request log of the embedded AWS for a start with libraries, a cluster and work."""
    ssm = client(sandbox.server, "ssm")
    name = f"/mlproject/local/{sandbox.bucket}/livy-address"
    ssm.put_parameter(Name=name, Value="http://10.0.0.5:8998", Type="String")
    before = len(sandbox.server.log.read_text())
    instance = sandbox.instance(livy_parameter=name, work=f"s3://{data}/notebooks/explore/", work_seconds=0.1)
    write(instance, "one.py", "")
    with instance.started() as machine:
        wait_until(lambda: machine.file(CONFIG).exists())
        wait_until(lambda: "/notebooks/explore/one.py" in sandbox.server.log.read_text()[before:])
        instance.wait_failed()  # S3 contains no list
    called = services(sandbox.server.log.read_text()[before:])
    assert {"s3", "ssm"} <= called
    deployment = load_parameters(EXAMPLE).deployment("flights", "pre")
    assert deployment.emr
    offered = {S3.service, *(endpoint.service for endpoint in interfaces([deployment]))}
    # This start does not stop an idle instance, see test_idle.py.
    assert {{"sagemaker": "sagemaker.api"}.get(service, service) for service in called | {"sagemaker"}} <= offered


def services(log: str) -> set[str]:
    """Return the services in the request log of the embedded AWS."""
    return {name.lower() for name in re.findall(r"embedded_aws \S+ \S+ (\w+)\S* \d{3} ", log)}
