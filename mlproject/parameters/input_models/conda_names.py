"""Packages of conda that have another name for pip, or that pip cannot install."""

from __future__ import annotations

import re

# The same Python library under another name. Names that are equal are not listed.
PIP_NAMES = {
    "dask-core": "dask",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost-cpu",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "redis-py": "redis",
    "seaborn-base": "seaborn",
}
_EXPORT = "`conda env export --from-history` lists only what you have asked for"
_REASONS = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (
            r"cuda.*|cudatoolkit.*|cudnn|cupti|nccl|pytorch-cuda|libcu.*",
            "belongs to CUDA, which pip installs as a part of a library's build for GPUs. Remove the line",
        ),
        (
            r"(c-|cxx-|fortran-)?compiler(s)?|(gcc|gxx|gfortran|clang|clangxx|binutils|sysroot)(_.*)?|make|ld_impl_.*",
            "is a compiler, which pip cannot install, and wheels need none. Remove the line",
        ),
        (r"r|r-.*", "belongs to R, which pip cannot install. Remove the line"),
        (r"(py-)?opencv", "has no equal library for pip. List opencv-python-headless below `pip:`"),
        (r"(pytorch|tensorflow)-(cpu|gpu)", "selects a build of conda. List torch or tensorflow below `pip:`"),
        (
            r"_.*|lib.*|blas|bzip2|ca-certificates|ffmpeg|gdal|git|graphviz|icu|mkl|ncurses|nodejs|openblas|openjdk"
            r"|openssl|readline|sqlite|tk|xz|zlib|zstd",
            "is not a Python library, so pip cannot install it. Remove the line if only another package needs it "
            f"({_EXPORT}), or install it with the notebook's `start_script`",
        ),
    )
)


def unavailable_reason(name: str) -> str:
    """Return why pip cannot install a package of conda, and what to do, as a clause; empty if it may be able to.

    Args:
        name: the name in conda, in lower case.
    """
    return next((reason for pattern, reason in _REASONS if pattern.fullmatch(name)), "")
