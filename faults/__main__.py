"""Break commands in many ways and judge what follows: `python -m faults [--seed N] [--sample] [NAME ...]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from faults.campaign import list_faults, run_campaign
from faults.model import Fault, Result, Verdict
from faults.results import count_verdicts, save

SEED = 21
# Set in the process that is in the namespaces.
_INSIDE = "FAULTS_INSIDE"


def main(arguments: Sequence[str]) -> int:
    """Run the campaign. The exit code is 1 if a fault failed."""
    options = _parse(arguments)
    chosen = _choose(list_faults(seed=options.seed, sample=options.sample), options.names)
    if not chosen:
        print(f"error: no fault is called {', '.join(options.names)}. `--list` shows the names.", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(fault.name for fault in chosen))
        return 0
    _enter_namespaces()
    progress = _Progress(len(chosen), sample=options.sample)
    results = run_campaign(chosen, workers=options.workers, progress=progress.show)
    verdicts = count_verdicts(results)
    print(", ".join(f"{number} {verdict}" for verdict, number in verdicts.items()))
    path = None if options.sample else save(results)
    if path:
        print(path)
    return 1 if verdicts[Verdict.FAILED.value] else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults, or the beginning of their names, such as `run/kill -9/`")
    parser.add_argument("--seed", type=int, default=SEED, help=f"chooses the points of the faults (default: {SEED})")
    parser.add_argument("--sample", action="store_true", help="only the faults that CI repeats")
    parser.add_argument("--list", action="store_true", help="list the names of the faults")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="number of processes")
    return parser.parse_args(arguments)


def _choose(known: Sequence[Fault], names: Sequence[str]) -> list[Fault]:
    return [fault for fault in known if not names or any(fault.name.startswith(name) for name in names)]


def _enter_namespaces() -> None:
    """Continue in namespaces, so that no volume and no process outlives the campaign, however that ends."""
    if os.environ.get(_INSIDE):
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    alone = ["--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]
    command = ["unshare", *user, *alone, sys.executable, "-m", "faults", *sys.argv[1:]]
    os.execvpe(command[0], command, {**os.environ, _INSIDE: "1"})  # noqa: S606


class _Progress:
    """Prints each failure, and how many faults are judged."""

    def __init__(self, total: int, *, sample: bool) -> None:
        self._total, self._judged = total, 0
        self._command = "python -m faults --sample" if sample else "python -m faults"

    def show(self, result: Result) -> None:
        self._judged += 1
        if result.verdict is Verdict.FAILED:
            print(f"FAILED {result.fault.name} ({result.injected})")
            print("\n".join(f"  {problem}" for problem in result.problems))
            print(f"  repeat: {self._command} --seed {result.fault.seed} {result.fault.name!r}")
        if self._judged % 20 == 0 or self._judged == self._total:
            print(f"{self._judged} of {self._total} faults", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
