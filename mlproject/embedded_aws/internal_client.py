"""Ask a running embedded AWS of its internal calls; no proxy and no AWS setting of the caller matters."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def ask(port: int, call: str, *, timeout: float = 2.0) -> Any:
    """What an internal call answers; None when nothing of ours answers at that port.

    Args:
        port: on this machine.
        call: such as `health`.
        timeout: seconds to wait for the answer.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://localhost:{port}/_mlproject/{call}", timeout=timeout) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def ask_health(port: int, *, timeout: float = 2.0) -> dict[str, Any] | None:
    """Who answers: at least `pid` and `folder`; None when nothing of ours does.

    Args:
        port: on this machine.
        timeout: seconds to wait for the answer.
    """
    health = ask(port, "health", timeout=timeout)
    return health if isinstance(health, dict) and {"pid", "folder"} <= health.keys() else None
