"""What `python -m mutation` says of mutants, and which it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mutation import __main__ as command
from mutation.functions import Function
from mutation.packages import PACKAGES, ROOT
from mutation.results import known_tests, read_results, save_results, summarize, with_results
from mutation.run import Mutant
from mutation.survivors import Survivor, read_survivors, unaccepted

DIFF = """\
--- embedded_aws/iam/patterns.py
+++ embedded_aws/iam/patterns.py
@@ -1,2 +1,2 @@
 def like(pattern, value):
-    return a == b
+    return a != b"""
LIVES = Mutant(name="embedded_aws.iam.patterns.x_like__mutmut_3", status="survived", test="", diff=DIFF)
KILLED = Mutant(
    name="embedded_aws.iam.patterns.x_like__mutmut_4", status="killed", test="tests/x.py::test_a", diff=DIFF
)
ACCEPTED = Survivor(
    function="embedded_aws.iam.patterns.x_like",
    removed=("return a == b",),
    added=("return a != b",),
    reason="the same",
)


def test_a_survivor_is_found_again_by_its_change_whatever_its_number() -> None:
    assert unaccepted([LIVES, replace(LIVES, name="embedded_aws.iam.patterns.x_like__mutmut_9")], [ACCEPTED]) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(ACCEPTED, function="embedded_aws.iam.patterns.x_plain"),
        replace(ACCEPTED, added=("return a is b",)),
        replace(ACCEPTED, removed=("return a",)),
    ],
    ids=["another function", "another change", "other code"],
)
def test_any_other_survivor_is_new(other: Survivor) -> None:
    assert unaccepted([LIVES, KILLED], [other]) == [LIVES]


@pytest.mark.parametrize("status", ["survived", "no tests", "suspicious", "segfault"])
def test_what_no_test_notices_fails_with_the_change_and_the_command_that_repeats_it(
    status: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "read_survivors", list)
    monkeypatch.setattr(command, "_run_by_name", lambda _: [replace(LIVES, status=status), KILLED])
    assert command.main(["--mutant", LIVES.name]) == 1
    told = capsys.readouterr()
    assert "-    return a == b\n+    return a != b" in told.out
    assert f"{status}; repeat it with: python -m mutation --mutant '{LIVES.name}'" in told.out
    assert "embedded_aws/iam: 2 mutants, 50.0 % noticed, 0 accepted" in told.out
    assert told.err.startswith("\nerror: no test notices 1 of 2 mutants.")


def test_an_accepted_survivor_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "read_survivors", lambda: [ACCEPTED])
    monkeypatch.setattr(command, "_run_by_name", lambda _: [LIVES])
    assert command.main(["--mutant", LIVES.name]) == 0


def test_another_package_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["mlproject/cli"])
    assert "mlproject/cli has no mutation tests. Packages: mlproject/parameters, " in capsys.readouterr().err


def test_an_unknown_mutant_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--mutant", "elsewhere.x_f__mutmut_1"]) == 2
    told = capsys.readouterr().err
    assert told == "error: elsewhere.x_f__mutmut_1: no package with mutation tests has this mutant.\n"


def test_the_sample_of_ci_is_run_with_known_tests_and_what_they_miss_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[tuple[list[str], Sequence[str]]] = []

    def run_samples(packages: Sequence[Sequence[Function]], *, number: int, tests: Sequence[str]) -> list[Mutant]:
        assert (len(packages), number, list(tests)) == (len(PACKAGES), 10, ["tests/x.py::test_a"])
        return [LIVES, KILLED]

    def run_named(_: Any, names: Sequence[str], *, tests: Sequence[str]) -> list[Mutant]:
        named.append((list(names), tests))
        return [replace(LIVES, status="killed", test="tests/x.py::test_b")]

    monkeypatch.setattr(command, "known_tests", lambda *_: ["tests/x.py::test_a"])
    monkeypatch.setattr(command, "read_survivors", list)
    monkeypatch.setattr(command, "run_samples", run_samples)
    monkeypatch.setattr(command, "run_named", run_named)
    assert command.main([]) == 0
    (iam,) = (package for package in PACKAGES if package.name == "embedded_aws/iam")
    assert named == [([LIVES.name], iam.tests)]


def test_the_summary_counts_what_tests_notice_and_what_is_accepted() -> None:
    ended = replace(KILLED, status="timeout", test="")
    assert summarize([LIVES, KILLED, ended, replace(LIVES, diff=DIFF.replace("!=", "is"))], [ACCEPTED]) == {
        "mutants": 4,
        "killed": 1,
        "timeout": 1,
        "survived": 2,
        "accepted": 1,
        "score": 50.0,
    }


def test_results_are_read_as_they_were_saved_and_a_second_run_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    assert read_results(file) == []
    save_results([LIVES, KILLED], file)
    assert read_results(file) == [LIVES, replace(KILLED, diff="")]
    again = replace(LIVES, status="killed", test="tests/x.py::test_b", diff="")
    assert with_results(read_results(file), [again]) == [again, replace(KILLED, diff="")]


def test_the_tests_of_a_function_are_those_that_noticed_its_mutants() -> None:
    mutants = [LIVES, KILLED, replace(KILLED, name="embedded_aws.iam.patterns.x_plain__mutmut_1", test="tests/y.py::b")]
    assert known_tests(mutants, {KILLED.function}) == ["tests/x.py::test_a"]


@pytest.mark.parametrize("survivor", read_survivors(), ids=lambda survivor: f"{survivor.function} {survivor.added}")
def test_the_code_of_an_accepted_survivor_is_still_there(survivor: Survivor) -> None:
    module = survivor.function.rpartition(".x")[0].replace(".", "/")
    file = next(path for path in (ROOT / f"{module}.py", ROOT / module / "__init__.py") if path.exists())
    lines = {line.strip() for line in file.read_text().splitlines()}
    assert set(survivor.removed) <= lines, "remove the entry from mutation/survivors.json"
    assert survivor.reason
