"""What prevents local Spark is said in one sentence: programs, versions, jars, and projects without a cluster."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlproject.cli.common.local_spark import LocalCluster
from mlproject.errors import UserError
from mlproject.parameters import load_parameters
from mlproject.spark import find_java, find_maven
from mlproject.spark.jars import LOCK, POM, read_lock, verify_jars
from mlproject.spark.versions import LIVY, SPARK
from tests.checkouts import ROOT


def jdk(folder: Path, version: str, *, compiler: bool = True) -> Path:
    """A folder with a `java` of some version."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    settings = f"Property settings:\\n    java.home = {folder}\\n    java.version = {version}\\n"
    program.write_text(f"#!/bin/sh\nprintf '{settings}' >&2\n")
    program.chmod(0o755)
    if compiler:
        (folder / "bin" / "javac").touch(mode=0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "compiler", "message"),
    [
        ("11.0.2", True, "is version 11.0.2, which is too old"),
        ("1.8.0_392", True, "is version 1.8.0_392, which is too old"),
        ("21.0.1", True, "is version 21.0.1, which is not supported by Spark 3.5"),
        ("17.0.15", False, "local Spark needs javac, which"),
        ("", True, "-version fails"),
    ],
)
def test_another_java_and_one_without_compiler_are_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, compiler: bool, message: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path / "jdk", version, compiler=compiler)))
    with pytest.raises(UserError) as caught:
        find_java()
    assert message in str(caught.value)
    assert "Install a JDK 17" in str(caught.value)
    assert caught.value.exit_code == 1


def test_java_17_is_found_on_path_and_in_java_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = jdk(tmp_path / "jdk", "17.0.15")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert (find_java().home, find_java().version) == (home, "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="which contains no bin/java"):
        find_java()


def test_missing_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="there is no java on PATH"):
        find_java()
    with pytest.raises(UserError, match="there is no mvn on PATH"):
        find_maven()
    deployment = load_parameters(ROOT).deployment("flights", "local")
    with pytest.raises(UserError, match="Run `make spark`"):
        _ = LocalCluster(root=tmp_path, deployment=deployment).spark_home


def test_a_jar_that_is_missing_unknown_or_other_than_locked_is_named() -> None:
    locked = {"pom.xml": "0", "a.jar": "1", "b.jar": "2"}
    verify_jars({"a.jar": "1", "b.jar": "2"}, locked)
    for found, message in (
        ({"a.jar": "1"}, "b.jar: Maven did not download it"),
        ({"a.jar": "1", "b.jar": "2", "c.jar": "3"}, "c.jar: it is not in mlproject/spark/maven/jars.lock"),
        ({"a.jar": "1", "b.jar": "9"}, "b.jar: its SHA-256 hash is 9, but mlproject/spark/maven/jars.lock has 2"),
    ):
        with pytest.raises(UserError) as caught:
            verify_jars(found, locked)
        assert str(caught.value).startswith(message)


def test_the_lock_is_of_this_pom_and_the_versions_are_those_of_the_locks() -> None:
    locked = read_lock(LOCK.read_text())
    assert locked["pom.xml"] == hashlib.sha256(POM.read_bytes()).hexdigest(), "run python -m mlproject.spark.lock_jars"
    assert f"livy-server-{LIVY}.jar" in locked
    assert f"pyspark=={SPARK} " in (ROOT / "requirements" / "spark.txt").read_text()
    assert "://" not in POM.read_text().replace("http://maven.apache.org/POM/4.0.0", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["digits", "-e", "local"], "digits has no cluster in local, for which local Spark would stand"),
        (["flights", "-e", "dev"], "environment dev is on AWS, and local Spark only works with the embedded AWS"),
        (["flights", "--port", "80"], "'--port'"),
    ],
)
def test_what_cannot_have_local_spark_is_rejected(arguments: list[str], message: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "spark", "local", "up", *arguments],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
