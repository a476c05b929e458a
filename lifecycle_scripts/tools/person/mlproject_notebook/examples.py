"""The example notebooks of the project, copied to ~/SageMaker/examples without replacing the work of a person."""

import itertools
import json

from mlproject_notebook.documents import METADATA, cells_digest, is_unchanged, to_json
from mlproject_notebook.files import write_atomically
from mlproject_notebook.instance import STATE, VOLUME, description_path, log, read_json

FOLDER = VOLUME / "examples"
# The version of each example that was copied last, so that a person who deletes one gets it back only when it changes.
_COPIED = STATE / "examples.json"
_NEW_VOLUME = STATE / "new"
_LANGUAGES = ("en", "es")
# The kernels of the project's lists of libraries.
_PROJECT_KERNEL = "mlproject-"


class Examples:
    """The examples of one instance.

    Args:
        description: what the deployment wrote about the instance.
    """

    def __init__(self, description):
        self._description = description
        self._is_done = False

    def copy(self):
        """Copy the examples once, when the saved work of an earlier instance has been restored."""
        if self._is_done or (self._description["work"] and _NEW_VOLUME.exists()):
            return
        for name in names(self._description):
            self._copy(name)
        self._is_done = True

    def _copy(self, name):
        document = self._document(name)
        digest = document["metadata"][METADATA]["written"]
        copied = read_json(_COPIED)
        if copied.get(name) == digest:
            return
        for path in _paths(name):
            present = read_json(path) if path.exists() else None
            if present is None or is_unchanged(present, outputs=True):
                break
        write_atomically(path, to_json(document))
        write_atomically(_COPIED, json.dumps({**copied, name: digest}, indent=1))
        log(f"{path.relative_to(VOLUME)} was written")

    def _document(self, name):
        """Return an example with the kernel of this instance and the hash by which a change is noticed."""
        document = read_json(_source() / name)
        metadata = document.setdefault("metadata", {})
        kernel = metadata.get("kernelspec", {})
        if self._description["kernel"] and kernel.get("name", "").startswith(_PROJECT_KERNEL):
            kernel.update(name=self._description["kernel"], display_name=self._description["kernel_title"])
        metadata[METADATA] = {"written": cells_digest(document, outputs=True)}
        return document


def names(description):
    """Return the file names of the examples in the language of the instance, and of those without a language."""
    others = tuple(f".{each}.ipynb" for each in _LANGUAGES if each != description["language"])
    return sorted(path.name for path in _source().glob("*.ipynb") if not path.name.endswith(others))


def titles(description):
    """Return the path and title of each example that a person can open: the newest copy, and its first heading."""
    found = {}
    for name in names(description):
        copies = list(itertools.takewhile(lambda path: path.exists(), _paths(name)))
        if copies:
            found[copies[-1]] = _title(read_json(_source() / name)) or name
    return found


def _paths(name):
    """Return where a copy may be: each version beside those that a person has changed."""
    path = FOLDER / name
    return itertools.chain([path], (path.with_stem(f"{path.stem} {number}") for number in itertools.count(2)))


def _source():
    # The archive of the tools contains the description in notebooks/NAME/.
    return description_path().parents[2] / "examples"


def _title(document):
    cells = document.get("cells", [])
    lines = [line for cell in cells[:1] for line in "".join(cell.get("source", [])).splitlines()]
    return lines[0].lstrip("# ").strip() if lines and lines[0].startswith("# ") else ""
