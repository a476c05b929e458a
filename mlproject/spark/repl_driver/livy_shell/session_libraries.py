"""Libraries of one session: the methods that EMR adds to the SparkContext, for the driver and the executors.

They install into a folder of the session, which ends with it. EMR uses a virtual environment of the session on each
node: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-notebooks-installing-libraries-and-kernels.html
"""

from __future__ import annotations

import ensurepip
import importlib
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any


class InstallationError(Exception):
    """pip failed. Its output is printed."""


class SessionLibraries:
    """The libraries that a session has installed.

    Args:
        context: the SparkContext of the session.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        # Spark deletes this folder at the end of the session.
        self._folder = Path(context._temp_dir) / "libraries"

    def add_methods(self) -> None:
        """Give the SparkContext the methods of EMR's."""
        self._context.install_pypi_package = self.install
        self._context.list_packages = self.show
        self._context.uninstall_package = self.uninstall

    def install(self, package: str, repo_url: str | None = None) -> None:
        """Install a library for the driver and the executors, and print the output of pip.

        Libraries that it requires keep the version that the session has.

        Args:
            package: name of the library, with a version if you want, such as `tabulate==0.9.0`.
            repo_url: URL of the package index. Defaults to that of pip's configuration.

        Raises:
            ValueError: the name is an option.
            InstallationError: pip failed.
        """
        if package.startswith("-"):
            raise ValueError(f"'{package}' is not the name of a library, such as tabulate==0.9.0")
        self._folder.mkdir(exist_ok=True)
        requested = _normalised(re.split(r"[^A-Za-z0-9._-]", package, maxsplit=1)[0])
        present = {_normalised(each.metadata["Name"]): each.version for each in metadata.distributions()}
        constraints = self._folder.with_name("constraints.txt")
        lines = [f"{name}=={version}\n" for name, version in present.items() if name != requested]
        constraints.write_text("".join(lines))
        index = ["--index-url", repo_url] if repo_url else []
        target = ("--target", str(self._folder), "--upgrade", "--constraint", str(constraints))
        self._pip("install", *target, "--progress-bar", "off", *index, package)
        if str(self._folder) not in sys.path:
            sys.path.insert(0, str(self._folder))
            # Of the Python processes of the executors.
            self._context.environment["PYTHONPATH"] = str(self._folder)
        importlib.invalidate_caches()

    def show(self) -> None:
        """Print the libraries of the session and their versions, as `pip list` does."""
        self._pip("list")

    def uninstall(self, package: str) -> None:
        """Remove a library that the session has installed. What has been imported stays until the session ends.

        Args:
            package: name of the library.

        Raises:
            ValueError: the session has not installed it. Libraries of the cluster cannot be removed.
        """
        own = metadata.distributions(path=[str(self._folder)])
        found = [each for each in own if _normalised(each.metadata["Name"]) == _normalised(package)]
        if not found:
            raise ValueError(f"{package} was not installed in this session, so it cannot be removed")
        title = f"{found[0].metadata['Name']}-{found[0].version}"
        print(f"Uninstalling {title}:")
        for file in found[0].files or ():
            path = Path(str(found[0].locate_file(file))).resolve()
            if self._folder.resolve() in path.parents:
                path.unlink()
        print(f"  Successfully uninstalled {title}")
        importlib.invalidate_caches()

    def _pip(self, *arguments: str) -> None:
        """Run the pip that Python brings along, since the environment of the session has none."""
        (wheel,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
        paths = [str(wheel), str(self._folder), os.environ.get("PYTHONPATH", "")]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(done.stdout)
        if done.returncode:
            errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
            raise InstallationError(errors[-1] if errors else f"pip ended with exit code {done.returncode}")


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
