"""Import the libraries of a folder: IMPORTING FOLDER RESULTS. Run by Spark's Python, which an import may end.

Appends a JSON array to the file of results before each import, [library, module], and after one that failed,
[library, module, type of the error, its message].
It follows another line of code, so it cannot import from __future__.
"""

import importlib
import json
import os
import re
import sys
from importlib import metadata
from pathlib import Path

_NOT_LIBRARIES = {"bin", "build", "conftest", "doc", "docs", "example", "examples", "setup", "test", "tests"}


def main(folder: str, results: str) -> None:
    for distribution in sorted(metadata.distributions(path=[folder]), key=lambda each: each.metadata["Name"]):
        library = distribution.metadata["Name"]
        for module in modules_of(distribution):
            write(results, library, module)
            try:
                importlib.import_module(module)
            # A library may end Python, or raise what is not an Exception.
            except BaseException as error:
                write(results, library, module, type(error).__name__, str(error))


def modules_of(distribution: metadata.Distribution) -> list[str]:
    """Return the module that is named like the library, or else all that it consists of, without private ones."""
    found = set()
    for file in distribution.files or ():
        first, *others = file.parts
        is_module = others == ["__init__.py"] if others else first.endswith((".py", ".so"))
        name = first.partition(".")[0]
        if is_module and name.isidentifier() and not name.startswith("_") and name not in _NOT_LIBRARIES:
            found.add(name)
    own = re.sub(r"[-_.]+", "_", distribution.metadata["Name"]).lower()
    return [name for name in sorted(found) if name.lower() == own] or sorted(found)


def write(results: str, *values: str) -> None:
    with Path(results).open("a") as file:
        file.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
    # What libraries registered for the end of Python is not part of importing them.
    sys.stdout.flush()
    os._exit(0)
