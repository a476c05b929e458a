"""Notebooks that these tools write, and whether a person has changed them since."""

import hashlib
import json

METADATA = "mlproject"


def written(document):
    """Return what was recorded in a notebook when it was written, or an empty dictionary for another notebook."""
    metadata = document.get("metadata")
    found = metadata.get(METADATA) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def cells_digest(document, *, outputs):
    """Return the hash of a notebook's cells, or None if it is no valid notebook.

    Args:
        document: the notebook.
        outputs: whether outputs count, which a person may have waited for.
    """
    try:
        cells = [
            (cell["cell_type"], "".join(cell["source"]), *((cell.get("outputs"),) if outputs else ()))
            for cell in document["cells"]
        ]
    except (KeyError, TypeError, AttributeError):
        return None
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def is_unchanged(document, *, outputs):
    """Whether a notebook has exactly the cells with which these tools wrote it."""
    digest = written(document).get("written")
    return digest is not None and digest == cells_digest(document, outputs=outputs)


def to_json(document):
    """Return a notebook as Jupyter writes it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
