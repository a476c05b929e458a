"""Faults between a command and AWS: connections that break, slow answers, and errors of the services."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from faults.case import Case
from faults.injection.events import Counter
from faults.injection.proxy import Request, Treatment, start_proxy
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import Command, run

ENDPOINT = "AWS_ENDPOINT_URL"
# Fewer than the default of the SDKs where every attempt fails, since each is a pause.
_FEW_ATTEMPTS = {"AWS_MAX_ATTEMPTS": "2"}


def _reset(request: Request) -> None:
    request.reset()


def _reset_after(request: Request) -> None:
    request.forward()
    request.reset()


def _cut(request: Request) -> None:
    status, headers, body = request.forward()
    request.answer(status, headers, body, sent=len(body) // 2)


def _dribble(request: Request) -> None:
    request.dribble(*request.forward())


def _fail(request: Request) -> None:
    request.refuse(500, s3_code="InternalError", code="InternalFailure")


def _unavailable(request: Request) -> None:
    request.refuse(503, s3_code="ServiceUnavailable", code="ServiceUnavailable")


def _throttle(request: Request) -> None:
    status = 503 if "X-Amz-Target" not in request.headers else 400
    request.refuse(status, s3_code="SlowDown", code="ThrottlingException")


def _pass(request: Request) -> None:
    request.answer(*request.forward())


@contextmanager
def counted_requests(command: Command, counter: Counter) -> Iterator[Command]:
    """Return a command whose requests are counted, if it has an endpoint."""
    if ENDPOINT not in command.variables:
        yield command
        return

    def treat(request: Request, _number: int) -> None:
        counter.increase()
        _pass(request)

    with _through_proxy(command, treat) as through:
        yield through


@contextmanager
def _through_proxy(command: Command, treat: Treatment) -> Iterator[Command]:
    """Return a command that reaches the embedded AWS through a proxy."""
    proxy = start_proxy(urlsplit(command.variables[ENDPOINT]).port or 80, treat)
    try:
        yield replace(command, variables={**command.variables, ENDPOINT: proxy.endpoint})
    finally:
        proxy.stop()


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """What happens to requests.

    Args:
        treat: what happens to each.
        length: number of requests in a row; None for all that follow.
    """

    treat: Callable[[Request], None]
    length: int | None = 1


DISTURBANCES: Mapping[str, Disturbance] = {
    "connection reset": Disturbance(treat=_reset),
    "connection reset after the request was carried out": Disturbance(treat=_reset_after),
    "cut in the middle of the answer": Disturbance(treat=_cut),
    "slow answers": Disturbance(treat=_dribble, length=5),
    "error 500": Disturbance(treat=_fail),
    "error 503 twice": Disturbance(treat=_unavailable, length=2),
    "throttled three times": Disturbance(treat=_throttle, length=3),
    "no connection from then on": Disturbance(treat=_reset, length=None),
    "error 503 from then on": Disturbance(treat=_unavailable, length=None),
    "throttled from then on": Disturbance(treat=_throttle, length=None),
}


@dataclass(frozen=True, kw_only=True)
class BadNetwork(Injection):
    """A disturbance from one of the command's requests on, until the command ends.

    Args:
        names: of DISTURBANCES.
    """

    names: tuple[str, ...] = tuple(DISTURBANCES)

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        first = 1 + int(fault.position() * measured.requests)
        name = self.names[fault.number % len(self.names)]
        disturbance = DISTURBANCES[name]

        def treat(request: Request, number: int) -> None:
            end = first + disturbance.length if disturbance.length else number + 1
            (disturbance.treat if first <= number < end else _pass)(request)

        command = case.command()
        few = {} if disturbance.length else _FEW_ATTEMPTS
        with _through_proxy(replace(command, variables={**command.variables, **few}), treat) as through:
            ended = run(through, output=output)
        return Broken(words=f"{name}, request {first} of {measured.requests}", ended=[ended])


class KillAtRequest(Injection):
    """SIGKILL of the command's process group at one of its requests, which is never answered."""

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        last = 1 + int(fault.position() * measured.requests)
        group = Counter()

        def treat(request: Request, number: int) -> None:
            if number < last:
                _pass(request)
            elif number == last:
                os.killpg(group.value, signal.SIGKILL)
                request.reset()

        def start() -> None:
            group.set(os.getpid())

        with _through_proxy(case.command(), treat) as through:
            ended = run(through, output=output, inject=start)
        return Broken(words=f"SIGKILL at request {last} of {measured.requests}", ended=[ended], killed=True)
