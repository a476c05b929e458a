"""The Python interpreters that run the scripts of steps: the own one, or one that the user chose for an image."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.definition.scripts.distributions import distribution_of
from mlproject.errors import UserError
from mlproject.runner.container.isolation import step_path

# Prints what determines the results of an interpreter, and whether it has pip.
_INSPECT = """\
import importlib.util, json, os, sys
folders = [folder for folder in sys.path if folder and os.path.isdir(folder)]
names = {name for folder in folders for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))}
print(json.dumps({"packages": [sys.version, *sorted(names)], "has_pip": importlib.util.find_spec("pip") is not None}))
"""
_TIMEOUT = 60.0  # seconds for a Python on a slow disk to start


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python interpreter.

    Args:
        path: the executable; that of a virtual environment is a symbolic link, which must not be resolved.
        packages: its version and its installed distributions; empty for the interpreter of this process, which is
            part of every cache key.
        has_pip: whether it can install packages with pip.
    """

    path: Path
    packages: tuple[str, ...] = ()
    has_pip: bool = False

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables with which a step's shell script finds this Python."""
        return {"PATH": _search_path(self.path.parent)}

    def install_command(self, package: str) -> str:
        """Return the command that installs a package for this Python."""
        if self.has_pip:
            return f"{self.path} -m pip install {package}"
        return f"uv pip install --python {self.path} {package}"

    def missing_module(self, module: str) -> str:
        """Return the sentences about a module that a script imports and that is not installed."""
        command = self.install_command(distribution_of(module))
        return f"{self.path} has no module {module!r}. If it belongs to a package, install it: {command}"


def _search_path(first: Path) -> str:
    return os.pathsep.join(dict.fromkeys([str(first), *step_path().split(os.pathsep)]))


def own_interpreter() -> Interpreter:
    """Return the interpreter of this process."""
    return Interpreter(path=Path(sys.executable), has_pip=importlib.util.find_spec("pip") is not None)


def read_interpreter(name: str, path: str) -> Interpreter:
    """Inspect the interpreter that the user chose for an image.

    Args:
        name: the image, for messages.
        path: the path of the interpreter.

    Raises:
        UserError: it is not a Python 3 that works.
    """
    where = f"--image {name}={path}"
    executable = Path(path).absolute()
    try:
        done = subprocess.run(
            [executable, "-I", "-c", _INSPECT], capture_output=True, text=True, check=False, timeout=_TIMEOUT
        )
        found = json.loads(done.stdout)
        return Interpreter(path=executable, packages=tuple(found["packages"]), has_pip=found["has_pip"])
    except OSError as error:
        raise UserError(
            f"{where}: {executable} cannot be run ({error.strerror}). {_EXPECTED}", topic="step-interpreter"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"{where}: {executable} did not respond within {_TIMEOUT:.0f} s. {_EXPECTED}", topic="step-interpreter"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        said = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise UserError(
            f"{where}: {executable} is not a Python 3 interpreter ({said}). {_EXPECTED}", topic="step-interpreter"
        ) from error


_EXPECTED = "Name an interpreter with the image's packages, such as .venv/bin/python."


def interpreter_for(image: object, interpreters: Mapping[str, Interpreter]) -> Interpreter | None:
    """Return the interpreter that the user chose for an image; None if there is none.

    Args:
        image: the URI; a value that is not known before the run has no interpreter.
        interpreters: by the image's name, as in `image_names`.
    """
    names = image_names(image) if isinstance(image, str) else ()
    return next((interpreters[name] for name in names if name in interpreters), None)


def image_names(image: str) -> tuple[str, ...]:
    """Return the names by which the user can refer to an image, the most specific first.

    `1.dkr.ecr.eu-west-1.amazonaws.com/team/mine:2` is also `team/mine:2`, `mine:2`, `team/mine` and `mine`.
    """
    path = container_name(image)
    tagged = (image, path, path.rpartition("/")[2])
    return tuple(dict.fromkeys([*tagged, *(_without_tag(name) for name in tagged)]))


def container_name(image: str) -> str:
    """Return repository and tag of an image, without its registry, such as `team/mine:2`."""
    registry, _, path = image.partition("/")
    return path if path and ("." in registry or ":" in registry) else image


def option_name(image: str) -> str:
    """Return the name of an image for `--image NAME=PYTHON`: its repository, such as `team/mine`."""
    return _without_tag(container_name(image))


def _without_tag(name: str) -> str:
    folder, slash, last = name.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"
