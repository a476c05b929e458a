"""The lists of libraries that a project uses, with the Python version and platform of each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.aws_rules.emr import NODE_PYTHON
from mlproject.node_scripts import CLUSTER_TARGETS, Target, list_key
from mlproject.parameters import (
    Notebook,
    RequirementLine,
)

# The kernel conda_python3: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html
PYTHON: dict[Target, str] = {"notebook": "3.10", "notebook-gpu": "3.10", "emr": NODE_PYTHON, "emr-arm64": NODE_PYTHON}
# Both run Amazon Linux 2023, whose C library is 2.34 (https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
GLIBC = 34
# Names of the processors in the tags of wheels. SageMaker has no notebook instances with ARM processors.
MACHINES: dict[Target, str] = {**dict.fromkeys(PYTHON, "x86_64"), "emr-arm64": "aarch64"}
# A notebook's libraries become a kernel, which requires this package. EMR nodes have no kernel.
KERNEL = "ipykernel"
LOCKS = "locks"


@dataclass(frozen=True, kw_only=True)
class LibraryList:
    """A list of requirements, and the target on which it is installed.

    Args:
        target: the machines that install it.
        stem: name of the list.
        path: path of the file in the project.
        requirements: the lines without comments and hashes, plus the requirement of a kernel.
        hashes: SHA-256 hashes of the allowed files in a compiled list, by normalised name.
        lines: the lines of the file that apply to the target.
        file: path of the file relative to the checkout, for messages.
        notebooks: the notebooks that install the list, each with the environment of the deployment.
        notes: what an environment file of conda contains that pip ignores, one sentence each.
    """

    target: Target
    stem: str
    path: Path
    requirements: tuple[str, ...]
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lines: tuple[RequirementLine, ...] = ()
    file: str = ""
    notebooks: tuple[tuple[str, Notebook], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def python(self) -> str:
        return PYTHON[self.target]

    @property
    def machine(self) -> str:
        """The processor, as in the tags of wheels: `x86_64` or `aarch64`."""
        return MACHINES[self.target]

    @property
    def has_kernel(self) -> bool:
        """Whether the libraries become a kernel of Jupyter."""
        return self.target not in CLUSTER_TARGETS

    @property
    def platform(self) -> str:
        """The platform, in uv's format."""
        return f"{self.machine}-manylinux_2_{GLIBC}"

    @property
    def key(self) -> str:
        """S3 key of the locked list."""
        return list_key(self.target, self.stem)

    @property
    def lock_path(self) -> Path:
        """Path of the committed lock."""
        return self.path.parent / LOCKS / self.target / f"{self.stem}.txt"

    @property
    def lock_file(self) -> str:
        """Path of the committed lock relative to the checkout, for messages."""
        return f"{Path(self.file).parent.as_posix()}/{LOCKS}/{self.target}/{self.stem}.txt"

    @property
    def project(self) -> str:
        return self.path.parent.parent.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the lock depends on: requirements and target, without comments and order."""
        hashes = [f"{name} {each}" for name, allowed in self.hashes.items() for each in allowed]
        text = "\n".join([self.python, self.platform, *sorted(self.requirements), *sorted(hashes)])
        return hashlib.sha256(text.encode()).hexdigest()

    def line_of(self, name: str) -> RequirementLine | None:
        """Return the line that requires a library; None if only another library does.

        Args:
            name: normalised name.
        """
        return next((line for line in self.lines if requirement_name(line.text) == name), None)

    def __str__(self) -> str:
        return f"libraries/{self.path.name} for {self.target} (Python {self.python}, {self.machine})"


def normalise_name(name: str) -> str:
    """Return the normalised form of a name (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(requirement: str) -> str:
    """Return the normalised name of the library in a requirement."""
    return normalise_name(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
