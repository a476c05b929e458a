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
from mlproject.translation import Message, joined

_SECONDS = 60
_REMEDY = Message(
    "Install a JDK {java} (on Debian, apt-get install openjdk-{java}-jdk-headless), or set JAVA_HOME to one", java=JAVA
)


class MissingProgramError(UserError):
    """A program that local Spark needs is missing or unsuitable.

    Args:
        problem: the problem, without the final period.
        remedy: what to install, without the final period.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(joined("", (problem, ". ", remedy, ".")), exit_code=1, topic="java-missing")
        self.problem = problem
        self.remedy = remedy


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
        fails = Message("local Spark needs Java {java}, but {program} -version fails", java=JAVA, program=program)
        raise MissingProgramError(fails, _REMEDY)
    if int(major[1]) != JAVA:
        other = Message(
            "local Spark needs Java {java}, but {program} is version {version}, which is {age}",
            java=JAVA,
            program=program,
            version=version,
            age=Message("too old") if int(major[1]) < JAVA else Message("not supported by Spark 3.5"),
        )
        raise MissingProgramError(other, _REMEDY)
    java = Java(home=Path(properties["java.home"]), version=version)
    if not java.compiler.exists():
        no_compiler = Message("local Spark needs javac, which {folder} does not have", folder=java.home)
        raise MissingProgramError(no_compiler, _REMEDY)
    return java


def find_maven() -> Path:
    """Return the program `mvn`.

    Raises:
        UserError: it is not on PATH.
    """
    found = shutil.which("mvn")
    if found is None:
        raise MissingProgramError(
            Message("local Spark needs Maven to download Livy, but there is no mvn on PATH"),
            Message("Install it (on Debian, apt-get install maven)"),
        )
    return Path(found)


def _java_program() -> Path:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")
    if found is None:
        empty = Message("JAVA_HOME is {home}, which contains no bin/java", home=home)
        where = empty if home else Message("there is no java on PATH")
        raise MissingProgramError(
            Message("local Spark needs Java {java}, but {where}", java=JAVA, where=where), _REMEDY
        )
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
