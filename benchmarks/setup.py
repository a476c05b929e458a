"""The set-up of a clone in an empty home directory, and again with its caches: time, download, disk, packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.counting_proxy import CountingProxy, counting_proxy
from benchmarks.measurement import ROOT

# In this order, since each target of make needs what the first one installs. The folders are what it creates.
ENVIRONMENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "make install": ("install", (".venv", "node_modules")),
    "before make test": (".venv/.installed-development", (".venv", "node_modules")),
    "make notebooks": ("notebooks", (".venv-notebooks",)),
    "make pipelines": ("pipelines", (".venv-pipelines",)),
    "make spark": ("spark", (".venv-spark",)),
    "before make test-site": ("docs_site/browser/node_modules/.installed", ("docs_site/browser/node_modules",)),
}
# Names of ENVIRONMENTS, separated by commas, to measure only these; `make install` is always one of them.
SELECTION = "SETUP_ENVIRONMENTS"
# Those of this checkout, whose size is told, however they were installed.
INSTALLED = (".venv", "node_modules", ".venv-notebooks", ".venv-pipelines", ".venv-spark")
_LARGEST = 12
_MEGABYTE = 1_000_000
# The rest would bring the caches and the configuration of this machine.
_INHERITED = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What one command installs, in addition to the commands before it.

    Args:
        seconds: wall-clock time.
        download_mb: bytes from the registries, in millions.
        disk_mb: size of what it creates, in millions of bytes.
        packages: number of Python distributions and Node packages.
    """

    seconds: float
    download_mb: float
    disk_mb: float
    packages: int


def measure() -> dict[str, Any]:
    """Install each environment in a clone, then remove all of them, and install them again with the caches.

    Times depend on what else the machine does, which the load tells. Sizes and counts do not.
    """
    load = os.getloadavg()[0]
    chosen = os.environ.get(SELECTION, "")
    selected = [title for title in ENVIRONMENTS if not chosen or title in ("make install", *chosen.split(","))]
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mlproject-setup-", dir=ROOT / "build") as name, counting_proxy() as proxy:
        folder = Path(name)
        clone, home = folder / "clone", folder / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        cold = {title: install(title, clone=clone, home=home, proxy=proxy) for title in selected}
        largest = largest_packages(clone)
        for _, created in ENVIRONMENTS.values():
            for each in created:
                shutil.rmtree(clone / each, ignore_errors=True)
        warm = {title: install(title, clone=clone, home=home, proxy=proxy) for title in selected}
        demo = measured(["make", "demo"], clone=clone, home=home, proxy=proxy)
    first = cold["make install"]
    return {
        "load_at_start": round(load, 1),
        "load_at_end": round(os.getloadavg()[0], 1),
        "cold": {title: asdict(each) for title, each in cold.items()},
        "warm": {title: asdict(each) for title, each in warm.items()},
        "make demo, installed": {"seconds": demo[0], "download_mb": demo[1]},
        "this checkout": {
            name: {"disk_mb": round(size_of(ROOT / name) / _MEGABYTE), "packages": count_packages(ROOT / name)}
            for name in INSTALLED
            if (ROOT / name).exists()
        },
        "largest_mb": largest,
        "goals": {
            "download of make install, MB": {"measured": first.download_mb, "goal": "at most 300"},
            "disk of make install, MB": {"measured": first.disk_mb, "goal": "at most 1000"},
            "make install again, download MB": {"measured": warm["make install"].download_mb, "goal": "at most 5"},
            "make install again, times the first": {
                "measured": round(warm["make install"].seconds / first.seconds, 2),
                "goal": "at most 0.8",
            },
        },
    }


def install(title: str, *, clone: Path, home: Path, proxy: CountingProxy) -> Installation:
    """Install an environment, and compare the clone before and after."""
    target, folders = ENVIRONMENTS[title]
    before = [clone / each for each in folders]
    size, packages = sum(map(size_of, before)), sum(map(count_packages, before))
    seconds, download = measured(["make", target], clone=clone, home=home, proxy=proxy)
    return Installation(
        seconds=seconds,
        download_mb=download,
        disk_mb=round((sum(map(size_of, before)) - size) / _MEGABYTE),
        packages=sum(map(count_packages, before)) - packages,
    )


def measured(command: list[str], *, clone: Path, home: Path, proxy: CountingProxy) -> tuple[float, float]:
    """Run a command in the clone, and return its seconds and the megabytes that it downloaded.

    Raises:
        RuntimeError: the command failed.
    """
    inherited = {name: value for name, value in os.environ.items() if name in _INHERITED}
    environment = {**inherited, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), **proxy.variables}
    received, started = proxy.received, time.perf_counter()
    done = subprocess.run(
        command, cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}")
    return round(seconds, 1), round((proxy.received - received) / _MEGABYTE, 1)


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder, without those behind links."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def count_packages(folder: Path) -> int:
    """Return the number of Python distributions and Node packages in a folder."""
    distributions = folder.glob("lib/*/site-packages/*.dist-info")
    modules = (*folder.glob("*/package.json"), *folder.glob("@*/*/package.json"))
    return sum(1 for _ in distributions) + len(modules)


def largest_packages(clone: Path) -> dict[str, float]:
    """Return the largest parts of `.venv` and `node_modules`, in megabytes by name."""
    (site,) = clone.glob(".venv/lib/*/site-packages")
    sizes = {
        each.name: size_of(each) for each in (*site.iterdir(), *(clone / "node_modules").iterdir()) if each.is_dir()
    }
    largest = sorted(sizes, key=lambda name: -sizes[name])[:_LARGEST]
    return {name: round(sizes[name] / _MEGABYTE, 1) for name in largest}
