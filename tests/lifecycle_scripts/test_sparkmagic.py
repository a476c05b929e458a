"""The configuration of SparkMagic that the tools write: complete, valid for SparkMagic, and kind to a person's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.notebooks import configure_sparkmagic
from tests.checkouts import ROOT
from tests.spark.failure_cases import FAILURES

PYTHON = ROOT / ".venv-notebooks" / "bin" / "python"
URL = "http://10.0.0.5:8998"
# Memory in MB that YARN gives away on the smallest nodes for which the sizes are meant: m1.large, c4.xlarge, m4.large.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html
SMALLEST_NODES_MB = (5120, 5632, 6144)
# Spark's own, https://spark.apache.org/docs/3.5.6/configuration.html (spark.driver.memoryOverhead)
OVERHEAD_MB = 384


def configured(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return found


def invalid(folder: Path) -> list[str]:
    return [path.read_text() for path in sorted(folder.glob("config.invalid-*.json"))]


def test_a_driver_and_an_executor_fit_on_the_smallest_core_node(tmp_path: Path) -> None:
    configure_sparkmagic(tmp_path, url=URL)
    sizes = configured(tmp_path)["session_configs_defaults"]
    needed = sum(int(sizes[name].removesuffix("g")) * 1024 + OVERHEAD_MB for name in ("driverMemory", "executorMemory"))
    assert needed <= min(SMALLEST_NODES_MB)


def test_the_address_changes_and_what_a_person_has_set_stays(tmp_path: Path) -> None:
    own = {
        "heartbeat_refresh_seconds": 1,
        "session_configs": {"driverMemory": "8g"},
        "kernel_python_credentials": {"auth": "Basic_Access", "username": "ana", "url": "http://old:8998"},
        "something_new": [1],
    }
    (tmp_path / "config.json").write_text(json.dumps(own))
    for url in (URL, "http://10.0.0.77:8998"):
        assert configure_sparkmagic(tmp_path, url=url) == ""
        found = configured(tmp_path)
        assert {each["url"] for name, each in found.items() if name.endswith("_credentials")} == {url}
        assert found["kernel_python_credentials"]["username"] == "ana"
        kept = ("heartbeat_refresh_seconds", "session_configs", "something_new")
        assert {name: found[name] for name in kept} == {name: own[name] for name in kept}
    before = (tmp_path / "config.json").stat()
    configure_sparkmagic(tmp_path, url=url)
    assert (tmp_path / "config.json").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"heartbeat_refresh_seconds": 1,}', "it is not valid JSON ("),
        ("[]", "it is not a JSON object"),
        ('{"kernel_python_credentials": "http://old:8998"}', "kernel_python_credentials is not a JSON object"),
        ('{"session_configs": []}', "session_configs is not a JSON object"),
        ("\ufeff{}", "it is not valid JSON ("),
        ('{"authenticators": []}', "authenticators is not a JSON object"),
        ('{"session_configs_defaults": {"conf": []}}', "session_configs_defaults.conf is not a JSON object"),
    ],
)
def test_a_file_that_sparkmagic_cannot_read_is_moved_aside_and_named(tmp_path: Path, content: str, reason: str) -> None:
    for number in (1, 2):  # a second one does not replace the first
        (tmp_path / "config.json").write_text(f"{content}{' ' * number}")
        message = configure_sparkmagic(tmp_path, url=URL)
        assert message.startswith(f"{tmp_path}/config.json: {FAILURES['invalid']} {reason}")
        assert f"It is now config.invalid-{number}.json" in message
        assert configured(tmp_path)["kernel_python_credentials"]["url"] == URL
    assert invalid(tmp_path) == [f"{content} ", f"{content}  "]


def test_an_empty_file_is_completed_and_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("")
    assert configure_sparkmagic(tmp_path, url=URL) == ""
    assert configured(tmp_path)["all_errors_are_fatal"] is True
    folder = tmp_path / "other"
    (folder / "config.json").mkdir(parents=True)
    with pytest.raises(UserError) as caught:
        configure_sparkmagic(folder, url=URL)
    expected = f"{folder}/config.json: the address of Livy cannot be written (Is a directory)."
    assert (str(caught.value), caught.value.exit_code) == (expected, 1)


LIVY = "https://00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com"
ROLE = "arn:aws:iam::111111111111:role/flights-dev-emr-serverless"
ROLE_PROPERTY = "emr-serverless.session.executionRoleArn"


def configure_for_application(folder: Path) -> None:
    """Write the configuration as the tools of a notebook instance that uses an application."""
    script = ROOT / "lifecycle_scripts" / "tools" / "sparkmagic.py"
    done = subprocess.run(
        [sys.executable, "-B", str(script), LIVY, ROLE], env={"SPARKMAGIC_CONF_DIR": str(folder)}, check=False
    )
    assert done.returncode == 0


def test_with_a_role_requests_are_signed_and_sessions_have_the_role_whatever_a_person_has_set(tmp_path: Path) -> None:
    own = {
        "authenticators": {"Mine": "mine.Authenticator"},
        "kernel_python_credentials": {"auth": "None", "url": "http://old:8998"},
        "session_configs_defaults": {"driverMemory": "4g", "conf": {"spark.executor.cores": "2", ROLE_PROPERTY: "old"}},
    }
    (tmp_path / "config.json").write_text(json.dumps(own))
    configure_for_application(tmp_path)
    found = configured(tmp_path)
    credentials = [each for name, each in found.items() if name.endswith("_credentials")]
    assert {(each["url"], each["auth"]) for each in credentials} == {(LIVY, "EMR_Serverless")}
    assert found["authenticators"]["EMR_Serverless"] == "mlproject_authenticator.EmrServerlessAuthenticator"
    assert found["authenticators"]["Mine"] == "mine.Authenticator"
    conf = {"spark.executor.cores": "2", ROLE_PROPERTY: ROLE}
    assert found["session_configs_defaults"] == {"driverMemory": "4g", "conf": conf}


def test_a_session_on_an_application_has_the_sizes_of_emr_serverless_and_time_to_start(tmp_path: Path) -> None:
    configure_for_application(tmp_path)
    found = configured(tmp_path)
    assert found["session_configs_defaults"] == {"conf": {ROLE_PROPERTY: ROLE}}
    assert found["livy_session_startup_timeout_seconds"] == 600
    assert FAILURES["stopped"] in found["fatal_error_suggestion"]
    configure_sparkmagic(tmp_path / "cluster", url=URL)
    cluster = configured(tmp_path / "cluster")
    different = ("session_configs_defaults", "livy_session_startup_timeout_seconds", "fatal_error_suggestion")
    same = {name: value for name, value in cluster.items() if name not in different and "credentials" not in name}
    assert {name: found[name] for name in same} == same
    assert "authenticators" not in cluster


# Prints what SparkMagic uses: each setting by its own function, and those of ours that have none.
READ = """
import json, sys
import sparkmagic.utils.configuration as configuration
from sparkmagic.livyclientlib.livyreliablehttpclient import LivyReliableHttpClient
names = json.loads(sys.stdin.read())
found = {name: getattr(configuration, name)() for name in names if hasattr(configuration, name)}
found["properties"] = configuration.get_session_properties("python")
configuration.override("session_configs", {"executorMemory": "4g"})
found["configured"] = configuration.get_session_properties("python")
policy = LivyReliableHttpClient._get_retry_policy()
found["retries"] = [policy.seconds_to_sleep(number) for number in range(policy.max_retries + 1)]
found["message"] = configuration.fatal_error_suggestion().format("REASON")
print(json.dumps(found))
"""


@pytest.mark.notebooks
def test_sparkmagic_reads_every_setting_of_the_file(tmp_path: Path) -> None:
    configure_sparkmagic(tmp_path, url=URL)
    written = configured(tmp_path)
    done = subprocess.run(
        [str(PYTHON), "-c", READ],
        env={"SPARKMAGIC_CONF_DIR": str(tmp_path)},
        input=json.dumps(list(written)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert {name: read.get(name) for name in written} == written
    assert read["properties"] == {"kind": "pyspark", **written["session_configs_defaults"]}
    assert read["configured"] == {**read["properties"], "executorMemory": "4g"}
    assert sum(read["retries"]) == pytest.approx(24.9)
    assert "\tREASON\n" in read["message"]


# Prints the properties of a session, and those after `%%configure` with another one, as SparkMagic sends them.
READ_SESSION = """
import json
import sparkmagic.utils.configuration as configuration
found = [configuration.get_session_properties("python")]
configuration.override("session_configs", {"conf": {"spark.executor.cores": "8"}})
print(json.dumps([*found, configuration.get_session_properties("python"), configuration.authenticators()]))
"""


@pytest.mark.notebooks
def test_configure_keeps_the_role_of_the_sessions_and_sparkmagic_keeps_its_own_authenticators(tmp_path: Path) -> None:
    configure_for_application(tmp_path)
    done = subprocess.run(
        [str(PYTHON), "-c", READ_SESSION],
        env={"SPARKMAGIC_CONF_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    plain, changed, authenticators = json.loads(done.stdout)
    assert plain == {"kind": "pyspark", "conf": {ROLE_PROPERTY: ROLE}}
    assert changed["conf"] == {ROLE_PROPERTY: ROLE, "spark.executor.cores": "8"}
    assert {"None", "Basic_Access", "Kerberos"} < authenticators.keys()
