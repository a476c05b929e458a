"""Find the programs of other projects that local Spark needs: Java with its compiler, and Maven."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mlproject.errors import UserError
from mlproject.spark.versions import JAVA

_SECONDS = 60
_REMEDY = f"Install a JDK {JAVA} (on Debian, apt-get install openjdk-{JAVA}-jdk-headless), or set JAVA_HOME to one"


@dataclass(frozen=True, kw_only=True)
class Java:
    """A JDK.

    Args:
        home: its folder.
        version: such as `17.0.15`.
    """

    home: Path
    version: str

    @property
    def program(self) -> Path:
        return self.home / "bin" / "java"

    @property
    def compiler(self) -> Path:
        return self.home / "bin" / "javac"


def find_java() -> Java:
    """Return the JDK of JAVA_HOME, or else of PATH.

    Raises:
        UserError: there is none, it is another version, or it has no compiler.
    """
    program = _java_program()
    properties = _properties(program)
    version = properties.get("java.version", "")
    major = re.match(r"(?:1\.)?(\d+)", version)
    if major is None:
        raise UserError(
            f"local Spark needs Java {JAVA}, but {program} -version fails. {_REMEDY}.",
            exit_code=1,
            topic="java-missing",
        )
    if int(major[1]) != JAVA:
        age = "too old" if int(major[1]) < JAVA else "not supported by Spark 3.5"
        raise UserError(
            f"local Spark needs Java {JAVA}, but {program} is version {version}, which is {age}. {_REMEDY}.",
            exit_code=1,
            topic="java-missing",
        )
    java = Java(home=Path(properties["java.home"]), version=version)
    if not java.compiler.exists():
        raise UserError(
            f"local Spark needs javac, which {java.home} does not have. {_REMEDY}.", exit_code=1, topic="java-missing"
        )
    return java


def find_maven() -> Path:
    """Return the program `mvn`.

    Raises:
        UserError: it is not on PATH.
    """
    found = shutil.which("mvn")
    if found is None:
        raise UserError(
            "local Spark needs Maven to download Livy, but there is no mvn on PATH. Install it (on Debian, "
            "apt-get install maven).",
            exit_code=1,
            topic="java-missing",
        )
    return Path(found)


def _java_program() -> Path:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")
    if found is None:
        where = f"JAVA_HOME is {home}, which contains no bin/java" if home else "there is no java on PATH"
        raise UserError(f"local Spark needs Java {JAVA}, but {where}. {_REMEDY}.", exit_code=1, topic="java-missing")
    return Path(found)


def _properties(program: Path) -> dict[str, str]:
    """Return the system properties that Java prints, such as `java.home`; empty if it cannot be run."""
    try:
        shown = subprocess.run(
            [str(program), "-XshowSettings:properties", "-version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(re.findall(r"^\s+([\w.]+) = (.*)$", shown, re.MULTILINE))
