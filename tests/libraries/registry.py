"""A package index for tests: a folder of tiny wheels that uv and pip use instead of any other index."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Wheels, and the configuration of uv and pip to use only these.

    Args:
        folder: an empty folder.
    """

    folder: Path

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def add(
        self,
        name: str,
        version: str,
        *,
        requires: Sequence[str] = (),
        tag: str = "py3-none-any",
        modules: Mapping[str, str] | None = None,
    ) -> Path:
        """Add a wheel whose module, by default, contains its version."""
        self.wheels.mkdir(parents=True, exist_ok=True)
        path = self.wheels / f"{name.replace('-', '_')}-{version}-{tag}.whl"
        path.write_bytes(_wheel(name, version, requires, tag, modules or {_module(name): f"VERSION = {version!r}\n"}))
        return path

    def add_uv(self) -> Path:
        """Add the wheel of the uv that is installed here, which contains the program."""
        self.wheels.mkdir(parents=True, exist_ok=True)
        program = Path(sys.executable).with_name("uv")
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        path = self.wheels / f"uv-{version}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        path.write_bytes(_wheel("uv", version, (), "py3-none-any", {"uv/__init__.py": ""}))
        with zipfile.ZipFile(path, "a") as archive:
            archive.write(program, f"uv-{version}.data/scripts/uv")
        return path

    def variables(self) -> dict[str, str]:
        """Return the environment variables that make uv and pip use only this registry."""
        self.wheels.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "uv.toml"
        configuration.write_text(f'no-index = true\nfind-links = ["{self.wheels}"]\n')
        return {
            "UV_CONFIG_FILE": str(configuration),
            "UV_CACHE_DIR": str(self.folder / "cache"),
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
        }


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _module(name: str) -> str:
    return f"{name.replace('-', '_')}.py"


def _wheel(name: str, version: str, requires: Sequence[str], tag: str, modules: Mapping[str, str]) -> bytes:
    """The format of https://packaging.python.org/en/latest/specifications/binary-distribution-format/."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    files = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
    return content.getvalue()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
