"""A sandboxed notebook instance with a persistent volume, and lists of libraries in S3."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_aws as aws
from mlproject.libraries import LibraryList, Lock, Pin, Wheel, existing_wheels
from mlproject.node_scripts import Hook, NotebookSettings, Tools, lifecycle_script, notebook_files, tools_archive
from mlproject.parameters import Deployment
from tests.libraries.project import REGION, client
from tests.libraries.registry import Registry, sha256
from tests.node_scripts.machine import UID, Machine, python_like, running, wait_until

VOLUME = "/home/ec2-user/SageMaker"
BASE = "/home/ec2-user/anaconda3/envs/python3"
KERNELS = "/home/ec2-user/.local/share/jupyter/kernels"
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
_SCRIPT_SECONDS = 300
# Minimal ipykernel for the scripts.
KERNEL = {"ipykernel/__init__.py": "", "ipykernel_launcher.py": "print('a kernel')\n"}


@dataclass(kw_only=True)
class Instance:
    """A notebook instance, initially stopped.

    Args:
        volume: folder of the persistent volume.
        settings: settings of its scripts.
        server: embedded AWS, or None if AWS is not reachable.
        credentials: environment variables with the credentials of its role. Defaults to the administrator.
        is_new: whether the next start is the first.
    """

    volume: Path
    settings: NotebookSettings
    server: aws.Server | None
    credentials: Mapping[str, str] | None = None
    is_new: bool = True
    _expected_outcomes: int = field(init=False, default=0)

    @contextlib.contextmanager
    def started(
        self,
        *,
        python: Path | None = None,
        programs: Mapping[str, str] | None = None,
        binds: Mapping[Path, str] | None = None,
        first: Sequence[str] = (),
    ) -> Iterator[Machine]:
        """Start the instance like SageMaker: run on_create if it is new, then on_start, both as root in /.

        Args:
            python: base environment. Defaults to the Python version of the real instance, if it is installed.
            programs: text of additional programs, by name.
            binds: target of additional bind mounts, by source.
            first: programs that are started before the scripts.
        """
        base = python or python_like("3.10")[0]
        all_binds = {base: BASE, self.volume: VOLUME, **(binds or {})}
        with running(
            server=self.server, binds=all_binds, same=[base], programs=programs, credentials=self.credentials
        ) as machine:
            for program in first:
                machine.spawn(program)
            hooks: tuple[Hook, ...] = ("on_create", "on_start") if self.is_new else ("on_start",)
            self._expected_outcomes = len(self._outcomes()) + 1
            for hook in hooks:
                # Waits for ever if a background process keeps the output of the script open.
                began = time.monotonic()
                done = machine.script(lifecycle_script(hook, self.settings))
                assert (done.returncode, done.stderr) == (0, "")
                assert time.monotonic() - began < _SCRIPT_SECONDS
            self.is_new = False
            yield machine

    @property
    def status(self) -> str:
        """First line of the status file."""
        path = self.volume / "mlproject-status.txt"
        return path.read_text().splitlines()[0] if path.exists() else ""

    @property
    def outcome(self) -> dict[str, Any]:
        """Content of the state file for other tools, or an empty dictionary if it does not exist."""
        path = self.volume / ".mlproject" / "libraries.json"
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    @property
    def log(self) -> str:
        path = self.volume / ".mlproject" / "libraries.log"
        return path.read_text() if path.exists() else ""

    def wait_installed(self) -> None:
        """Wait until the installations of this start are complete, and check that they succeeded."""
        wait_until(lambda: len(self._outcomes()) == self._expected_outcomes)
        assert self.status.startswith("installed"), self.log

    def wait_failed(self) -> str:
        """Wait until the installations of this start are complete, check that they failed, and return the status."""
        wait_until(lambda: len(self._outcomes()) == self._expected_outcomes)
        assert self.status.startswith("failed: "), self.log
        return self.status

    def kernel(self, machine: Machine) -> dict[str, Any]:
        """Kernel of the list in the settings, or an empty dictionary if it does not exist."""
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
    """Return a new instance that by default never stops itself and does not save its work."""
    volume = folder / "volume"
    volume.mkdir()
    os.chown(volume, UID, UID)
    defaults: dict[str, Any] = {
        "notebook": "tiny-local-explore",
        "region": REGION,
        "tools": upload_tools(server, bucket) if server else Tools(uri="s3://no-bucket/tools", sha256="0" * 64),
        "artifacts_bucket": bucket,
        "libraries": "science",
        "library_index": None,
        "kernel_title": "tiny (science)",
        "idle_minutes": 100_000,
        "work": None,
        "livy_parameter": None,
    }
    return Instance(volume=volume, settings=NotebookSettings(**{**defaults, **settings}), server=server)


def upload_tools(
    server: aws.Server,
    bucket: str,
    *,
    region: str = REGION,
    deployment: Deployment | None = None,
    refresh_seconds: float = 1,
) -> Tools:
    """Upload the archive of the tools, as a deployment does.

    Args:
        deployment: project whose notebooks it describes.
        refresh_seconds: seconds between two refreshes of their files.
    """
    files = notebook_files(deployment, start_script_minutes=0.02, refresh_seconds=refresh_seconds) if deployment else {}
    content = tools_archive(files)
    digest = hashlib.sha256(content).hexdigest()
    client(server, "s3", region=region).put_object(Bucket=bucket, Key=f"{digest}.gz", Body=content)
    return Tools(uri=f"s3://{bucket}/{digest}.gz", sha256=digest)


def publish(
    server: aws.Server, bucket: str, registry: Registry, *libraries: str, stem: str = "science", region: str = REGION
) -> None:
    """Upload wheels and their list like `mlproject libraries push`.

    Args:
        libraries: name and version of wheels in the registry, such as `tiny-science==1.0`.
    """
    s3 = client(server, "s3", region=region)
    pins, wheels = [], []
    for library in libraries:
        name, _, version = library.partition("==")
        path = registry.wheels / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        wheels.append(Wheel(file=path.name, sha256=sha256(path)))
        pins.append(Pin(name=name, version=version, hashes=frozenset({wheels[-1].sha256})))
        s3.put_object(Bucket=bucket, Key=wheels[-1].key, Body=path.read_bytes())
    requested = LibraryList(target="notebook", stem=stem, path=Path(f"{stem}.txt"), requirements=tuple(libraries))
    lock = dataclasses.replace(Lock(pins=tuple(pins)).with_wheels(wheels), uv=_upload_uv(s3, bucket, registry))
    text = lock.text(requested)
    s3.put_object(Bucket=bucket, Key=requested.key, Body=text.encode())


def _upload_uv(s3: Any, bucket: str, registry: Registry) -> Wheel | None:
    """Upload the wheel of uv unless it is there, and return it; None if the registry has none."""
    for path in registry.wheels.glob("uv-*.whl"):
        wheel = Wheel(file=path.name, sha256=sha256(path))
        if not existing_wheels([wheel], s3=s3, bucket=bucket):
            s3.put_object(Bucket=bucket, Key=wheel.key, Body=path.read_bytes())
        return wheel
    return None


def kernel(machine: Machine) -> dict[str, Any]:
    """Kernel of the list `science`, or an empty dictionary if it does not exist."""
    path = machine.file(f"{KERNELS}/mlproject-science/kernel.json")
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def run_in_kernel(machine: Machine, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with the Python of the kernel, as the user of the notebook."""
    return machine.run(kernel(machine)["argv"][0], "-c", code, user="ec2-user")


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """Folder, wheels and bucket of a test.

    Args:
        folder: an empty folder.
        registry: wheels that can be published.
        server: embedded AWS.
        bucket: artifacts bucket.
    """

    folder: Path
    registry: Registry
    server: aws.Server
    bucket: str

    def publish(self, *libraries: str) -> None:
        publish(self.server, self.bucket, self.registry, *libraries)

    def instance(self, **settings: Any) -> Instance:
        return new_instance(self.folder, self.server, self.bucket, **settings)
