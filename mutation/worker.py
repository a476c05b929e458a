"""A process that lets mutmut change functions and runs their tests: its input and output are JSON.

It imports nothing of the product: the tests import the changed copies in `mutants/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from math import ceil
from pathlib import Path
from typing import Any

from mutmut.__main__ import create_mutants, run_stats_collection
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from mutmut.workers.isolation import get_mutant_runner

# What the plugin selection.py reads and writes; pytest must be the first to import that.
CANDIDATES, RECORD = "MUTATION_CANDIDATES", "MUTATION_RECORD"


def main(order: dict[str, Any]) -> dict[str, Any]:
    """Return the status, the diff and the noticing test of each mutant that was run."""
    generated = _generate(order["lines"])
    names = order["mutants"] or _choose(generated, order["samples"], order["number"])
    unknown = sorted(set(names) - set(generated))
    if unknown:
        raise SystemExit(f"error: mutmut makes no mutant {', '.join(unknown)} any more.")
    record = _connect_plugin(order["tests"])
    runner = get_mutant_runner()
    run_stats_collection(runner)
    set_mutant_under_test("")
    runner.startup()
    try:
        statuses = {name: _run(runner, name) for name in names}
    finally:
        runner.shutdown()
    noticed = dict(line.split("\t") for line in record.read_text("utf-8").splitlines())
    return {
        name: {
            # A process that ended otherwise is no proof.
            "status": "suspicious" if status == "killed" and name not in noticed else status,
            "test": noticed.get(name, ""),
            "diff": get_diff_for_mutant(name, path=generated[name]),
        }
        for name, status in statuses.items()
    }


def _connect_plugin(tests: list[str]) -> Path:
    """Let pytest collect the files of these tests, and the plugin choose; return the file that it writes."""
    config().pytest_add_cli_args_test_selection = _files(tests)
    candidates, record = Path("mutants/candidates").absolute(), Path("mutants/record").absolute()
    candidates.write_text(json.dumps([test for test in tests if "::" in test]), encoding="utf-8")
    record.touch()
    os.environ[CANDIDATES], os.environ[RECORD] = str(candidates), str(record)
    return record


def _generate(lines: dict[str, list[int]]) -> dict[str, str]:
    """Write changed copies of the files in which only these lines change; return each mutant's file."""
    config().only_mutate = list(lines)
    # The setting of mutmut for covered lines, so that it changes the drawn functions only.
    state()._covered_lines = {str(Path("mutants", file).absolute()): set(each) for file, each in lines.items()}
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(1)
    found: dict[str, str] = {}
    for file in lines:
        data = SourceFileMutationData(path=Path(file))
        data.load()
        found |= dict.fromkeys(data.exit_code_by_key, file)
    return found


def _choose(generated: dict[str, str], samples: list[list[str]], number: int) -> list[str]:
    """Return so many mutants of each sample: one each time that a function is named, by a hash of the mutant's name.

    All if number is 0.
    """
    if not number:
        return list(generated)
    remaining: dict[str, list[str]] = {}
    for name in sorted(generated, key=lambda name: hashlib.sha256(name.encode()).digest()):
        remaining.setdefault(mangled_name_from_mutant_name(name), []).append(name)
    chosen: list[str] = []
    for functions in samples:
        chosen += [remaining[key].pop(0) for key in functions if remaining.get(key)][:number]
    return chosen


def _run(runner: Any, name: str) -> str:
    """Run the tests that reach the function; return what became of the mutant, in mutmut's words."""
    tests = state().tests_by_mangled_function_name.get(mangled_name_from_mutant_name(name), set())
    seconds = sum(state().duration_by_test[test] for test in tests)
    limit = (seconds + config().timeout_constant) * config().timeout_multiplier
    runner.submit(name, _files(tests), ceil(limit * 2), seconds)
    status = status_by_exit_code[runner.wait_for_result().exit_code]
    print(f"{status}: {name}", file=sys.stderr, flush=True)
    return status


def _files(tests: Iterable[str]) -> list[str]:
    return sorted({test.partition("::")[0] for test in tests})


if __name__ == "__main__":
    order_file, answer_file = map(Path, sys.argv[1:])
    answer_file.write_text(json.dumps(main(json.loads(order_file.read_text("utf-8")))), encoding="utf-8")
