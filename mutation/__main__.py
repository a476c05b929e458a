"""Mutation testing: `python -m mutation` runs the sample of CI, `python -m mutation PACKAGE` a whole package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mutation.functions import draw, list_functions
from mutation.packages import PACKAGES, Package, find_package
from mutation.results import in_order, known_tests, read_results, save_results, summarize, with_results
from mutation.run import Mutant, MutationError, run_all, run_named, run_samples
from mutation.survivors import read_survivors, unaccepted

# Mutants of each package.
_CI, _PUBLISHED = 10, 60


def main(arguments: Sequence[str]) -> int:
    """Run mutants; one that tests do not notice and nobody has accepted is an error."""
    options = _parser().parse_args(arguments)
    try:
        if options.mutant:
            mutants = _run_by_name(options.mutant)
        elif options.survivors:
            mutants = _run_survivors()
        elif options.save:
            mutants = [each for package in options.packages or PACKAGES for each in _publish(package, options.number)]
        elif options.packages:
            mutants = [each for package in options.packages for each in _run_package(package)]
        else:
            mutants = _run_ci_sample()
    except MutationError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return _report(mutants)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("packages", nargs="*", type=_package, metavar="PACKAGE", help="such as mlproject/parameters")
    parser.add_argument("--mutant", action="append", metavar="NAME", help="run this mutant with all tests")
    parser.add_argument("--save", action="store_true", help="run a sample, and write mutation/results.json")
    parser.add_argument(
        "--survivors", action="store_true", help="run those in mutation/results.json again, and write the file"
    )
    parser.add_argument("--number", type=int, default=_PUBLISHED, help="mutants of each package that --save runs")
    return parser


def _package(name: str) -> Package:
    try:
        return find_package(name)
    except KeyError:
        known = ", ".join(package.name for package in PACKAGES)
        raise argparse.ArgumentTypeError(f"{name} has no mutation tests. Packages: {known}.") from None


def _run_ci_sample() -> list[Mutant]:
    """Run the sample with the tests that noticed mutants of the same functions before.

    What these miss is run again with all tests of its package, since that takes longer.
    """
    packages = [list_functions(package.files()) for package in PACKAGES]
    tests = known_tests(read_results(), {each.key for functions in packages for each in draw(functions, _CI)})
    if not tests:
        return [mutant for package in PACKAGES for mutant in _sample(package, _CI)]
    mutants = run_samples(packages, number=_CI, tests=tests)
    missed = [mutant.name for mutant in unaccepted(mutants, read_survivors())]
    return [*(mutant for mutant in mutants if mutant.name not in missed), *_run_by_name(missed)]


def _run_by_name(names: Sequence[str]) -> list[Mutant]:
    mutants: list[Mutant] = []
    for package in PACKAGES:
        own = [name for name in names if package.contains(name)]
        if own:
            mutants += run_named(list_functions(package.files()), own, tests=package.tests)
    if unknown := set(names) - {mutant.name for mutant in mutants}:
        raise MutationError(f"{', '.join(sorted(unknown))}: no package with mutation tests has this mutant.")
    return mutants


def _run_package(package: Package) -> list[Mutant]:
    return run_all(list_functions(package.files()), tests=package.tests)


def _sample(package: Package, number: int) -> list[Mutant]:
    return run_samples([list_functions(package.files())], number=number, tests=package.tests)


def _publish(package: Package, number: int) -> list[Mutant]:
    mutants = _sample(package, number)
    others = [each for each in read_results() if not package.contains(each.name)]
    save_results(in_order([*others, *mutants]))
    return mutants


def _run_survivors() -> list[Mutant]:
    known = read_results()
    mutants = _run_by_name([mutant.name for mutant in unaccepted(known, read_survivors())])
    save_results(with_results(known, mutants))
    return mutants


def _report(mutants: Sequence[Mutant]) -> int:
    survivors = read_survivors()
    for package in PACKAGES:
        own = [mutant for mutant in mutants if package.contains(mutant.name)]
        if own:
            counts = summarize(own, survivors)
            print(f"{package.name}: {len(own)} mutants, {counts['score']} % noticed, {counts['accepted']} accepted")
    new = unaccepted(mutants, survivors)
    for mutant in new:
        print(f"\n{mutant.diff}\n{mutant.status}; repeat it with: python -m mutation --mutant '{mutant.name}'")
    if new:
        print(
            f"\nerror: no test notices {len(new)} of {len(mutants)} mutants. Write a test for each; if none is needed, "
            "give the reason in mutation/survivors.json (docs/en/mutation-testing.md).",
            file=sys.stderr,
        )
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
