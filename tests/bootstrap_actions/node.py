"""A sandboxed EMR node that runs the bootstrap action, with a list of libraries in S3."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_aws as aws
from mlproject.libraries import LibraryList, Lock, Pin, Wheel
from mlproject.node_scripts import BOOTSTRAP_ACTION, node_archive
from tests.libraries.project import REGION, client
from tests.libraries.registry import Registry, sha256
from tests.node_scripts.machine import Machine, python_like, running

LIST = "libraries/emr/spark/requirements.txt"
CLUSTER = "j-2AXXXXXXGAPLF"
FOLDERS = "/opt/mlproject/libraries"
# The user of EMR can become root. The sandbox already runs as root, and has another user for what does not.
USER = "ec2-user"
ID = f"#!/bin/sh\necho {USER}\n"
SUDO = '#!/bin/sh\nexec "$@"\n'
PYTHON = f'export LD_LIBRARY_PATH={python_like("3.9")[0]}/lib\nexec /opt/python/bin/python3 "$@"\n'


def node_python(folder: Path) -> Path:
    """Create the Python of a node, a copy with pip and without the libraries of this machine."""
    base, _ = python_like("3.9")
    (folder / "bin").mkdir(parents=True)
    library = next((base / "lib").glob("python3.*"))
    target = folder / "lib" / library.name
    target.mkdir(parents=True)
    for path in library.iterdir():
        if path.name != "site-packages":
            (target / path.name).symlink_to(path)
    (target / "site-packages").mkdir()
    for path in (library / "site-packages").glob("pip*"):
        (target / "site-packages" / path.name).symlink_to(path)
    shutil.copy((base / "bin" / "python3").resolve(), folder / "bin" / "python3")
    return folder


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node, its libraries and its bucket.

    Args:
        folder: an empty folder.
        registry: wheels that can be published.
        server: the embedded AWS that the node reaches.
        bucket: artifacts bucket.
        programs: text of programs that replace those of the node, by name.
        binds: target of additional bind mounts, by source.
        credentials: environment variables with the credentials of its role. Defaults to the administrator.
    """

    folder: Path
    registry: Registry
    server: aws.Server
    bucket: str
    programs: dict[str, str] = field(default_factory=dict)
    binds: dict[Path, str] = field(default_factory=dict)
    credentials: dict[str, str] | None = None

    @contextlib.contextmanager
    def started(self) -> Iterator[Machine]:
        """Start the node."""
        base, _ = python_like("3.9")
        python = self.folder / "python"
        if not python.exists():
            node_python(python)
        with running(
            server=self.server,
            binds={python: "/opt/python", BOOTSTRAP_ACTION.parent: "/opt/actions", **self.binds},
            same=[base],
            programs={"sudo": SUDO, "id": ID, "python3": f"#!/bin/sh\n{PYTHON}", **self.programs},
            credentials=self.credentials,
        ) as machine:
            # https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-bootstrap.html
            info = machine.file("/mnt/var/lib/info")
            info.mkdir(parents=True)
            (info / "job-flow.json").write_text(f'{{"jobFlowId": "{CLUSTER}"}}')
            yield machine

    def run_action(self, machine: Machine, **changes: str) -> tuple[int, str]:
        """Run the action like EMR, and return its exit code and output."""
        done = machine.run(*self.action(**changes), folder="/tmp")
        return done.returncode, done.stdout + done.stderr

    def action(self, **changes: str) -> list[str]:
        """Return the command of the action, whose program is in S3.

        Args:
            changes: arguments other than those for wheels in S3.
        """
        archive = node_archive()
        digest = hashlib.sha256(archive).hexdigest()
        client(self.server, "s3").put_object(Bucket=self.bucket, Key=f"{digest}.gz", Body=archive)
        arguments = {
            "region": REGION,
            "archive": f"s3://{self.bucket}/{digest}.gz",
            "sha256": digest,
            "libraries": f"s3://{self.bucket}/libraries",
            "reports": f"s3://{self.bucket}/emr-logs",
            "list": "spark",
            "index": "",
            **changes,
        }
        return [f"/opt/actions/{BOOTSTRAP_ACTION.name}", *arguments.values()]

    def publish(self, *libraries: str, **changes: Any) -> Lock:
        """Upload wheels of the registry and their list like `mlproject libraries push`.

        Args:
            libraries: name and version of each, such as `tiny-spark==3.0`.
            changes: other fields of the lock.
        """
        pins, wheels = [], []
        for library in libraries:
            name, _, version = library.partition("==")
            (path,) = self.registry.wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl")
            wheels.append(self._upload(path))
            pins.append(Pin(name=name, version=version, hashes=frozenset({wheels[-1].sha256})))
        (program,) = self.registry.wheels.glob("uv-*.whl")
        values = {"pins": tuple(pins), "wheels": tuple(wheels), "uv": self._upload(program), **changes}
        lock = Lock(**values)
        library_list = LibraryList(target="emr", stem="spark", path=Path("spark.txt"), requirements=tuple(libraries))
        self.write_list(lock.text(library_list).encode())
        return lock

    def write_list(self, content: bytes) -> None:
        """Upload a list."""
        client(self.server, "s3").put_object(Bucket=self.bucket, Key=LIST, Body=content)

    def reports(self) -> dict[str, str]:
        """Return the reports of the nodes by key."""
        s3 = client(self.server, "s3")
        found = s3.list_objects_v2(Bucket=self.bucket, Prefix=f"emr-logs/{CLUSTER}/").get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read().decode() for each in found
        }

    def _upload(self, path: Path) -> Wheel:
        wheel = Wheel(file=path.name, sha256=sha256(path))
        client(self.server, "s3").put_object(Bucket=self.bucket, Key=wheel.key, Body=path.read_bytes())
        return wheel


def imported(machine: Machine, module: str) -> str:
    """Return the version of a library as Spark's Python imports it; "" if it cannot."""
    return machine.run("python3", "-c", f"import {module}; print({module}.VERSION)").stdout.strip()


def installed(machine: Machine) -> Sequence[str]:
    """Return the folders of libraries."""
    folder = machine.file(FOLDERS)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
