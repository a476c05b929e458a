"""Ask a running embedded AWS of its internal calls; no proxy and no AWS setting of the caller matters."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.administrator import Administrator

# What internal calls are signed for; no service of AWS has this name.
SERVICE = "embedded-aws"
REGION = "local"


def ask(port: int, call: str, *, administrator: Administrator | None = None, timeout: float = 2.0) -> Any:
    """What an internal call answers; None when nothing of ours answers at that port, or does not want to.

    Args:
        port: on this machine.
        call: such as `health`.
        administrator: who signs the call; only `health` needs no signature.
        timeout: seconds to wait for the answer.
    """
    import urllib.request  # half of the imports of a command that asks nothing

    url = f"http://localhost:{port}/_embedded/{call}"
    headers = signed(administrator, "GET", url) if administrator else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=timeout) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def signed(administrator: Administrator, method: str, url: str, body: bytes = b"") -> dict[str, str]:
    """The headers with which the administrator makes an internal call.

    Args:
        administrator: of the server.
        method: such as `POST`.
        url: the whole.
        body: JSON, or nothing.
    """
    from botocore.auth import SigV4Auth  # a command that only looks for a server needs no botocore
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method=method, url=url, data=body, headers={"Content-Type": "application/json"})
    keys = Credentials(administrator.access_key_id, administrator.secret_access_key)
    SigV4Auth(keys, SERVICE, REGION).add_auth(request)
    return dict(request.headers.items())


def ask_health(port: int, *, timeout: float = 2.0) -> dict[str, Any] | None:
    """Who answers: at least `pid` and `folder`; None when nothing of ours does.

    Args:
        port: on this machine.
        timeout: seconds to wait for the answer.
    """
    health = ask(port, "health", timeout=timeout)
    return health if isinstance(health, dict) and {"pid", "folder"} <= health.keys() else None
