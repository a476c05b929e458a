"""Do something at the n-th event of a process: when it is about to write a file, send a request or start a program.

An audit hook (https://docs.python.org/3/library/audit_events.html) sees these events before they happen. Unlike a
moment in time, the number of an event is the same in each run, so that a fault can be repeated.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Literal

Moment = Literal["before", "after"]

_CHANGES = frozenset(
    {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
)
_COMMUNICATION = frozenset({"socket.connect", "http.client.send", "subprocess.Popen"})
_WRITING = os.O_WRONLY | os.O_RDWR


class Counter:
    """A number that a process and those that it forks share."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    @property
    def value(self) -> int:
        return int(struct.unpack("q", self._memory[:8])[0])

    def set(self, value: int) -> None:
        self._memory[:8] = struct.pack("q", value)

    def increase(self) -> int:
        """Add one, and return the result."""
        self.set(self.value + 1)
        return self.value


def count_events(counter: Counter) -> None:
    """Count the events of this process from now on."""
    _watch(counter, lambda _number: None)


def act_at_event(event: int, action: Callable[[], None], *, moment: Moment = "before") -> None:
    """Call a function at an event of this process.

    Args:
        event: number of the event, from 1.
        action: the function.
        moment: before what the event announces, or right after it, such as when a file is open and still empty.
    """

    def reached(number: int) -> None:
        if number != event:
            return
        if moment == "before":
            action()
        else:
            _act_after_event(action)

    _watch(Counter(), reached)


def kill(*, group: bool) -> None:
    """End this process, or its whole group, without a chance to clean up."""
    os.kill(0 if group else os.getpid(), signal.SIGKILL)


def _watch(counter: Counter, reached: Callable[[int], None]) -> None:
    process = os.getpid()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        # Processes that are forked from this one inherit the hook.
        if _is_counted(event, arguments) and os.getpid() == process:
            reached(counter.increase())

    sys.addaudithook(hook)


def _is_counted(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        path, _, flags = arguments
        return bool(flags & _WRITING) and not str(path).startswith("/dev/")
    return event in _CHANGES or event in _COMMUNICATION


def _act_after_event(action: Callable[[], None]) -> None:
    """Call the function at the first call or return outside this module, which follows what the event announced."""

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if frame.f_code.co_filename != __file__:
            sys.setprofile(None)
            action()

    sys.setprofile(profile)
