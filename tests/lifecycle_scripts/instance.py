"""A notebook instance whose volume survives its stops, and the lists of libraries that it finds in S3."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_aws as aws
from mlproject.libraries import Lock, Pin, Wanted, Wheel
from mlproject.node_scripts import Hook, NotebookSettings, lifecycle_script
from tests.libraries.project import REGION, client
from tests.libraries.registry import Registry, sha256
from tests.node_scripts.machine import UID, Machine, python_like, running, until

VOLUME = "/home/ec2-user/SageMaker"
BASE = "/home/ec2-user/anaconda3/envs/python3"
KERNELS = "/home/ec2-user/.local/share/jupyter/kernels"
# What the scripts need of the real one.
KERNEL = {"ipykernel/__init__.py": "", "ipykernel_launcher.py": "print('a kernel')\n"}


@dataclass(kw_only=True)
class Instance:
    """A notebook instance; stopped until it is started.

    Args:
        volume: what survives.
        settings: what its scripts are told.
        server: the embedded AWS; None for one that is out of reach.
        credentials: the variables of its role; by default the administrator's.
        is_new: its next start is its first.
    """

    volume: Path
    settings: NotebookSettings
    server: aws.Server | None
    credentials: Mapping[str, str] | None = None
    is_new: bool = True
    _outcomes_then: int = field(init=False, default=0)

    @contextlib.contextmanager
    def started(
        self,
        *,
        python: Path | None = None,
        programs: Mapping[str, str] | None = None,
        binds: Mapping[Path, str] | None = None,
        first: Sequence[str] = (),
    ) -> Iterator[Machine]:
        """Start it as SageMaker does: on_create if it is new, then on_start, both as root from /.

        Args:
            python: the base environment; by default the one of the real machine, if it is here.
            programs: more programs for it, name to text.
            binds: more folders for it.
            first: programs that it runs before.
        """
        base = python or python_like("3.10")[0]
        all_binds = {base: BASE, self.volume: VOLUME, **(binds or {})}
        with running(
            server=self.server, binds=all_binds, same=[base], programs=programs, credentials=self.credentials
        ) as machine:
            for program in first:
                machine.spawn(program)
            hooks: tuple[Hook, ...] = ("on_create", "on_start") if self.is_new else ("on_start",)
            self._outcomes_then = len(self._outcomes()) + len(hooks)
            for hook in hooks:
                # The scripts' background must not hold their output, or this would wait for it.
                done = machine.script(lifecycle_script(hook, self.settings))
                assert (done.returncode, done.stderr) == (0, "")
            self.is_new = False
            yield machine

    @property
    def status(self) -> str:
        """The line that a person reads."""
        path = self.volume / "mlproject-status.txt"
        return path.read_text().splitlines()[0] if path.exists() else ""

    @property
    def log(self) -> str:
        path = self.volume / ".mlproject" / "libraries.log"
        return path.read_text() if path.exists() else ""

    def installed(self) -> None:
        """Wait until what this start began is done, and the libraries are there."""
        until(lambda: len(self._outcomes()) == self._outcomes_then)
        assert self.status.startswith("installed"), self.log

    def failed(self) -> str:
        """Wait until what this start began is done, and has failed; what the status says."""
        until(lambda: len(self._outcomes()) == self._outcomes_then)
        assert self.status.startswith("failed: "), self.log
        return self.status

    def kernel(self, machine: Machine) -> dict[str, Any]:
        """The kernel that Jupyter shows; empty if there is none."""
        path = machine.file(f"{KERNELS}/mlproject-{self.settings.libraries}/kernel.json")
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _outcomes(self) -> list[str]:
        return re.findall(r"^\S+Z (installed|failed): ", self.log, flags=re.MULTILINE)

    @property
    def environments(self) -> list[str]:
        return sorted(path.name for path in (self.volume / ".mlproject" / "environments").iterdir())

    def with_settings(self, **changes: Any) -> None:
        self.settings = dataclasses.replace(self.settings, **changes)


def new_instance(folder: Path, server: aws.Server | None, bucket: str, **settings: Any) -> Instance:
    """A new instance that idles for ever and saves nothing, unless the settings say so."""
    volume = folder / "volume"
    volume.mkdir()
    os.chown(volume, UID, UID)
    defaults: dict[str, Any] = {
        "notebook": "tiny-local-explore",
        "region": REGION,
        "artifacts_bucket": bucket,
        "libraries": "science",
        "library_index": None,
        "kernel_title": "tiny (science)",
        "idle_minutes": 100_000,
        "work": None,
        "livy_parameter": None,
    }
    return Instance(volume=volume, settings=NotebookSettings(**{**defaults, **settings}), server=server)


def publish(
    server: aws.Server, bucket: str, registry: Registry, *libraries: str, stem: str = "science", region: str = REGION
) -> None:
    """Put wheels and a list of them where `mlproject libraries push` puts them.

    Args:
        libraries: name and version, such as `tiny-science==1.0`, of wheels of the registry.
    """
    s3 = client(server, "s3", region=region)
    pins, wheels = [], []
    for library in libraries:
        name, _, version = library.partition("==")
        path = registry.wheels / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        wheels.append(Wheel(file=path.name, sha256=sha256(path)))
        pins.append(Pin(name=name, version=version, hashes=frozenset({wheels[-1].sha256})))
        s3.put_object(Bucket=bucket, Key=wheels[-1].key, Body=path.read_bytes())
    wanted = Wanted(target="notebook", stem=stem, path=Path(f"{stem}.txt"), requirements=tuple(libraries))
    text = Lock(pins=tuple(pins)).with_wheels(wheels).text(wanted)
    s3.put_object(Bucket=bucket, Key=wanted.key, Body=text.encode())


def kernel(machine: Machine) -> dict[str, Any]:
    """The kernel of the list `science`; empty if there is none."""
    path = machine.file(f"{KERNELS}/mlproject-science/kernel.json")
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def in_kernel(machine: Machine, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python as the kernel's Python, as the notebook's user."""
    return machine.run(kernel(machine)["argv"][0], "-c", code, user="ec2-user")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A bucket and wheels of a test's own.

    Args:
        folder: an empty one.
        registry: the wheels that can be published.
        server: the embedded AWS.
        bucket: the artifacts bucket.
    """

    folder: Path
    registry: Registry
    server: aws.Server
    bucket: str

    def publish(self, *libraries: str) -> None:
        publish(self.server, self.bucket, self.registry, *libraries)

    def instance(self, **settings: Any) -> Instance:
        return new_instance(self.folder, self.server, self.bucket, **settings)
