"""Faults, the subjects that they break, and the verdicts."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from faults.case import Case
from faults.processes import Ended, run


class Verdict(Enum):
    """What the next ordinary command did after a fault."""

    RECOVERED = "recovered"
    REFUSED = "refused in words"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, which its name and the seed of a campaign determine.

    Args:
        subject: name of the subject.
        kind: name of the kind.
        number: number among the faults of this subject and kind, from 1.
        count: number of these faults.
        seed: of the campaign.
    """

    subject: str
    kind: str
    number: int
    count: int
    seed: int

    @property
    def name(self) -> str:
        return f"{self.subject}/{self.kind}/{self.number}-of-{self.count}"

    def random(self) -> random.Random:
        """Return the random numbers of this fault."""
        return random.Random(f"{self.seed}/{self.name}")  # noqa: S311  # repeatable on purpose

    def position(self) -> float:
        """Return a random number from 0 to 1. Those of all faults of this kind are spread evenly."""
        return (self.number - 1 + self.random().random()) / self.count


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What a run of a subject's command without a fault does.

    Args:
        events: number of its events.
        requests: number of its requests to AWS.
        blocks: number of 4 KiB blocks that its files add.
        inodes: number of inodes that its files add.
    """

    events: int
    requests: int
    blocks: int
    inodes: int


@dataclass(frozen=True, kw_only=True)
class Broken:
    """What an injection did.

    Args:
        words: what was broken, such as `SIGKILL before event 12 of 80`.
        ended: how the commands ended that ran with the fault.
        killed: whether they may have ended by SIGKILL.
        expected: problems that the fault itself is, such as a file that it has broken.
    """

    words: str
    ended: Sequence[Ended]
    killed: bool = False
    expected: frozenset[str] = frozenset()


class Injection:
    """A kind of fault. Subclasses replace what differs."""

    # Whether an earlier command has left its state before the fault.
    used = False

    def surroundings(self, folder: Path) -> AbstractContextManager[object]:
        """Return what the folder of the case needs, such as a volume of its own."""
        return nullcontext()

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        """Run the command of a case with the fault.

        Args:
            case: the case.
            fault: its numbers choose the point.
            measured: a run without a fault.
            output: file for the output of commands.
        """
        raise NotImplementedError

    def repair(self, case: Case) -> None:
        """End what does not last, such as a full disk, before the next command."""

    def next_command(self, case: Case, output: Path) -> Ended:
        """Run the next ordinary command."""
        return run(case.command(), output=output)

    def missing_advice(self, case: Case, said: str) -> str | None:
        """Return what the message of a command that refused to work should contain, but does not."""
        return None

    def follow_advice(self, case: Case) -> None:
        """Do what a command that refused to work has asked for."""


Open = Callable[[Path], Case]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something with state that faults break.

    Args:
        name: its name in the table.
        open: returns a new case in a folder that does not exist.
        injections: the kinds of faults by name.
        counts: number of faults in the whole campaign by kind.
        samples: number of faults in the sample of CI by kind.
    """

    name: str
    open: Open
    injections: Mapping[str, Injection]
    counts: Mapping[str, int]
    samples: Mapping[str, int] = field(default_factory=dict)

    def faults(self, *, seed: int, sample: bool) -> list[Fault]:
        """Return the faults of a campaign."""
        counts = self.samples if sample else self.counts
        return [
            Fault(subject=self.name, kind=kind, number=number, count=count, seed=seed)
            for kind, count in counts.items()
            for number in range(1, count + 1)
        ]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The judgement of a fault.

    Args:
        fault: the fault.
        verdict: the verdict.
        injected: what was broken.
        problems: why it failed; empty otherwise.
        said: what the next command printed if it refused.
    """

    fault: Fault
    verdict: Verdict
    injected: str
    problems: tuple[str, ...] = ()
    said: str = ""
