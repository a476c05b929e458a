"""Snapshots of this repository's stacks, for the review of changes to the templates.

A file is named after its stack, such as snapshots/dev/flights/storage.json. The first environment of environments.yaml
that has a stack has the full template. The other environments have a .diff with the differences, except for the name of
the environment. The number of its own account is replaced by <account>, those of other environments by their names.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters import load_parameters
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, run_app, stacks_of
from tests.stacks.readable import readable

FOLDER = ROOT / "snapshots"
WHOLE, DIFFERENCE = ".json", ".diff"


def stored() -> dict[str, str]:
    """The committed snapshots: path below snapshots/ to text."""
    files = [path for path in FOLDER.rglob("*") if path.suffix in (WHOLE, DIFFERENCE)]
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(files)}


def snapshots(stacks: Mapping[str, Stack], environments: Sequence[str]) -> dict[str, str]:
    """The snapshots of these stacks: path below snapshots/ to text.

    Args:
        stacks: all stacks of the repository by name.
        environments: in the order of environments.yaml.
    """
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    accounts = account_names(stacks)
    # The stacks of the stage identity belong to accounts, and come last.
    order = {name: number for number, name in enumerate(environments)}
    for name in sorted(stacks, key=lambda name: order.get(name.partition("/")[0], len(order))):
        base = first.setdefault(name.partition("/")[2], name)
        if base == name:
            found[name + WHOLE] = _whole(stacks[name], accounts)
        else:
            found[name + DIFFERENCE] = _difference(stacks[base], stacks[name], accounts)
    return found


def changed(kept: Mapping[str, str], stacks: Mapping[str, Stack]) -> dict[str, str]:
    """The stacks that are no longer as their snapshot has them, each with the difference.

    A snapshot of a stack that is gone, or compared with one that is gone, is not judged here: `findings` has it.

    Args:
        kept: the committed snapshots.
        stacks: all stacks of the repository by name.
    """
    found = {}
    accounts = account_names(stacks)
    for path, text in kept.items():
        name, base = _name(path), _base(text)
        if name not in stacks or (path.endswith(DIFFERENCE) and base not in stacks):
            continue
        if path.endswith(WHOLE):
            now = _whole(stacks[name], accounts)
        else:
            now = _difference(stacks[base], stacks[name], accounts)
        if now != text:
            found[name] = "\n".join(unified_diff(text.splitlines(), now.splitlines(), f"snapshots/{path}", name, n=2))
    return found


def findings(kept: Mapping[str, str], current: Mapping[str, str]) -> list[str]:
    """What is wrong with the set of snapshots: a stack without one, and one without a stack.

    Args:
        kept: the committed snapshots.
        current: those of today's stacks.
    """
    missing = [f"{_name(path)} has no snapshot" for path in current if path not in kept]
    left = [
        f"snapshots/{path} is of no stack, or compares with another one than it should"
        for path, text in kept.items()
        if path not in current or (path.endswith(DIFFERENCE) and _base(text) != _base(current[path]))
    ]
    return [*missing, *left]


def write(current: Mapping[str, str]) -> list[str]:
    """Make snapshots/ hold these and no others; the paths that changed."""
    kept = stored()
    for path in kept.keys() - current.keys():
        (FOLDER / path).unlink()
    for path, text in current.items():
        if kept.get(path) != text:
            write_atomically(FOLDER / path, text)
    return sorted(path for path in kept | dict(current) if kept.get(path) != current.get(path))


def account_names(stacks: Mapping[str, Stack]) -> dict[str, str]:
    """Account number to the first environment with stacks in it.

    A template refers to another account if models are promoted from one environment to another.
    """
    found: dict[str, str] = {}
    for name in sorted(stacks):
        found.setdefault(stacks[name].account, name.partition("/")[0])
    return found


def without_names(stack: Stack, accounts: Mapping[str, str]) -> str:
    """A template without account numbers and its environment's name.

    Args:
        stack: the stack of the template.
        accounts: account number to environment, see `account_names`.
    """
    environment = stack.name.partition("/")[0]
    return re.sub(rf"(?<![a-z0-9]){environment}(?![a-z0-9])", "<environment>", _whole(stack, accounts))


def _name(path: str) -> str:
    return path.removesuffix(WHOLE).removesuffix(DIFFERENCE)


def _base(text: str) -> str:
    """The stack with which a difference compares."""
    return text.partition("\n")[0].removeprefix("--- ")


def _whole(stack: Stack, accounts: Mapping[str, str]) -> str:
    text = readable(stack).replace(stack.account, "<account>")
    for number, environment in accounts.items():
        text = text.replace(number, f"<account of {environment}>")
    return text


def _difference(base: Stack, stack: Stack, accounts: Mapping[str, str]) -> str:
    before, after = (without_names(each, accounts).splitlines() for each in (base, stack))
    lines = [*unified_diff(before, after, base.name, stack.name, lineterm="")] or [
        f"--- {base.name}",
        f"+++ {stack.name}",
    ]
    # Without line numbers, which move with every change of the whole one.
    return "".join(f"{'@@' if line.startswith('@@') else line}\n" for line in lines)


def _current() -> dict[str, str]:
    environments = list(load_parameters(ROOT).environments)
    with tempfile.TemporaryDirectory() as folder:
        done = run_app(ROOT, Path(folder))
        if done.returncode:
            raise UserError(done.stderr.strip())
        return snapshots(stacks_of(Path(folder)), environments)


def main() -> int:
    """Write snapshots/, or with --check say which stacks have none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    try:
        current = _current()
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if not check:
        kept = stored()
        different = write(current)
        for path in different:
            change = "removed" if path not in current else "changed" if path in kept else "new"
            print(f"snapshots/{path}: {change}")
        print(f"{len(current)} snapshots, {len(different)} changed")
        return 0
    found = findings(stored(), current)
    for finding in found:
        print(f"{finding}; run `make snapshots`, read `git diff snapshots` and commit it.", file=sys.stderr)
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main())
