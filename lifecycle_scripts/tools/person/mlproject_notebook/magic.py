"""The IPython magic `%mlproject`, loaded by the kernel of the project."""

import os
from pathlib import Path

from mlproject_notebook.instance import description_path, read_json
from mlproject_notebook.status import Status, markdown_table
from mlproject_notebook.texts import ENGLISH


class _Table:
    """Rows that Jupyter shows as a table and a terminal as text."""

    def __init__(self, rows):
        self._rows = rows

    def _repr_markdown_(self):
        return markdown_table(self._rows)

    def __repr__(self):
        width = max((len(name) for name, _ in self._rows), default=0)
        return "\n".join(f"{name:{width}}  {value}" for name, value in self._rows)


def mlproject(line):
    """Show the status of this notebook instance. Without an argument, list the commands."""
    description = read_json(description_path())
    if not description:
        print(ENGLISH["undescribed"])
        return None
    status = Status(description)
    word = line.strip()
    if word == "status":
        return _Table([*status.rows(), *status.links(Path.cwd())])
    if word == "variables":
        return _Table([(name, f"`{os.environ.get(name, '')}`") for name in sorted(description["variables"])])
    print(status.text("unknown", word=word, help=status.help()) if word else status.help())
    return None


def load_ipython_extension(shell):
    """Add the magic. IPython calls this function."""
    shell.register_magic_function(mlproject, "line", "mlproject")
