"""While a notebook runs: its work is saved, comes back into a new volume, and SparkMagic follows the cluster."""

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
from tests.lifecycle_scripts.instance import Ground, Instance, new_instance
from tests.node_scripts.machine import UID, until

CONFIG = "/home/ec2-user/.sparkmagic/config.json"


@pytest.fixture
def data(ground: Ground) -> str:
    return make_bucket(client(ground.server, "s3"), f"data-{ground.bucket[-20:]}")


def saving(ground: Ground, folder: Path, data: str) -> Instance:
    folder.mkdir()
    return new_instance(
        folder,
        ground.server,
        ground.bucket,
        libraries=None,
        work=f"s3://{data}/notebooks/explore/",
        work_seconds=0.1,
    )


def write(instance: Instance, path: str, text: str) -> None:
    """A file of the notebook's user."""
    file = instance.volume / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def saved(ground: Ground, data: str) -> dict[str, str]:
    s3 = client(ground.server, "s3")
    found = s3.list_objects_v2(Bucket=data).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=data, Key=each["Key"])["Body"].read().decode() for each in found}


def test_rule_22_work_is_saved_and_comes_back_into_the_volume_of_a_new_instance(
    ground: Ground, tmp_path: Path, data: str
) -> None:
    first = saving(ground, tmp_path / "first", data)
    write(first, "models/one.ipynb", "{}")
    for cache in (".venv/lib/x.py", "models/__pycache__/x.pyc", "node_modules/x.js", ".ipynb_checkpoints/one.ipynb"):
        write(first, cache, "made again by whoever needs it")
    (first.volume / "link").symlink_to("/etc/passwd")
    with first.started(python=Path("/usr")):
        until(lambda: bool(saved(ground, data)))
        write(first, "late.py", "print(1)\n")
        until(lambda: len(saved(ground, data)) == 2)
    assert saved(ground, data) == {
        "notebooks/explore/models/one.ipynb": "{}",
        "notebooks/explore/late.py": "print(1)\n",
    }

    # What is deleted in the notebook stays saved; S3 is what brings it back.
    second = saving(ground, tmp_path / "second", data)
    with second.started(python=Path("/usr")):
        until((second.volume / "late.py").exists)
        until((second.volume / "models" / "one.ipynb").exists)
        until(lambda: not (second.volume / ".mlproject" / "new").exists())
        assert (second.volume / "late.py").stat().st_uid == UID
        (second.volume / "late.py").unlink()
    with second.started(python=Path("/usr")) as machine:
        until(lambda: bool(machine.processes("work.sh")))
        write(second, "third.py", "")
        until(lambda: len(saved(ground, data)) == 3)
        assert not (second.volume / "late.py").exists()


def test_sparkmagic_follows_the_cluster_and_keeps_what_else_is_configured(ground: Ground) -> None:
    ssm = client(ground.server, "ssm")
    name = f"/mlproject/local/{ground.bucket}/livy-address"
    instance = ground.instance(libraries=None, livy_parameter=name, work_seconds=0.1)
    with instance.started(python=Path("/usr")) as machine:
        # No cluster yet: nothing is configured, nothing fails.
        log = instance.volume / ".mlproject" / "work.log"
        until(lambda: log.exists() and "ParameterNotFound" in log.read_text())
        assert not machine.file(CONFIG).exists()
        for address in ("http://10.0.0.5:8998", "http://10.0.0.77:8998"):
            ssm.put_parameter(Name=name, Value=address, Type="String", Overwrite=True)
            until(lambda address=address: urls(configured(machine.file(CONFIG))) == {address})  # type: ignore[misc]
            own = configured(machine.file(CONFIG))
            assert own["kernel_python_credentials"]["auth"] == "None"
            write_atomically(machine.file(CONFIG), json.dumps({**own, "http_session_config": {"retry": 7}}))
        until(lambda: configured(machine.file(CONFIG)).get("http_session_config") == {"retry": 7})


def configured(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def urls(config: dict[str, Any]) -> set[str]:
    return {value["url"] for name, value in config.items() if name.endswith("_credentials")}


def test_rule_17_every_service_that_the_scripts_were_seen_to_call_has_an_endpoint(ground: Ground, data: str) -> None:
    """The embedded AWS's own record of a start with everything: libraries, cluster, work."""
    ssm = client(ground.server, "ssm")
    name = f"/mlproject/local/{ground.bucket}/livy-address"
    ssm.put_parameter(Name=name, Value="http://10.0.0.5:8998", Type="String")
    before = len(ground.server.log.read_text())
    instance = ground.instance(livy_parameter=name, work=f"s3://{data}/notebooks/explore/", work_seconds=0.1)
    write(instance, "one.py", "")
    with instance.started() as machine:
        until(lambda: machine.file(CONFIG).exists())
        until(lambda: "/notebooks/explore/one.py" in ground.server.log.read_text()[before:])
        instance.failed()  # there is no list, which it found out from S3
    called = services(ground.server.log.read_text()[before:])
    assert {"s3", "ssm"} <= called
    deployment = load_parameters(EXAMPLE).deployment("flights", "pre")
    assert deployment.emr
    offered = {S3.service, *(endpoint.service for endpoint in interfaces([deployment]))}
    # Stopping an idle instance is the one call that this start did not make; see test_idle.py.
    assert {{"sagemaker": "sagemaker.api"}.get(service, service) for service in called | {"sagemaker"}} <= offered


def services(log: str) -> set[str]:
    """The services in the embedded AWS's log of requests."""
    return {name.lower() for name in re.findall(r"embedded_aws \S+ \S+ (\w+)\S* \d{3} ", log)}
