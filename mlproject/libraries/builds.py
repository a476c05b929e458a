"""Lines of a list for machines with or without a GPU, and builds for GPUs in a lock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Lock, Pin, read_lock

# NVIDIA's own wheels, the names of builds for CUDA, and the version suffix of PyTorch's wheels.
_GPU_NAME = re.compile(r"(nvidia-|tensorrt|cupy-cuda|jax-cuda)\S*|\S+-(gpu|cu\d\d)$")
_GPU_VERSION = re.compile(r".*\+cu\d+")
_SHOWN = 3
_GIB = 1024**3


def gpu_build_notes(library_list: LibraryList) -> Iterator[str]:
    """Yield a sentence if notebooks without a GPU install builds for GPUs.

    Args:
        library_list: a list with a valid lock.
    """
    if library_list.target != "notebook" or not library_list.notebooks:
        return
    lock = read_lock(library_list.lock_path.read_text(encoding="utf-8"))
    builds = [pin for pin in lock.pins if _GPU_NAME.match(pin.name) or _GPU_VERSION.match(pin.version)]
    if not builds:
        return
    line = next((line for pin in builds if (line := library_list.line_of(pin.name))), None)
    place = f"{library_list.file}:{line.number}" if line else library_list.file
    environment, notebook = library_list.notebooks[0]
    yield (
        f"{place}: the notebook {notebook.name} in {environment} ({notebook.instance_type}) has no GPU, but its lock "
        f"contains builds for GPUs: {_names(builds)}{_size(builds, lock)}. Write a line for each kind of instance, "
        'such as `xgboost-cpu; extra == "cpu"` and `xgboost; extra == "gpu"`, or select an instance type with a GPU.'
    )


def _names(builds: list[Pin]) -> str:
    shown = ", ".join(f"{pin.name} {pin.version}" for pin in builds[:_SHOWN])
    return shown if len(builds) <= _SHOWN else f"{shown} and {len(builds) - _SHOWN} more"


def _size(builds: list[Pin], lock: Lock) -> str:
    installed: Mapping[str, int] = {wheel.distribution: wheel.installed for wheel in lock.wheels}
    size = sum(installed.get(pin.name, 0) for pin in builds)
    return f" ({size / _GIB:.1f} GB)" if size > _GIB / 10 else ""
