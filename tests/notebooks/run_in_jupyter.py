"""Run code in a new kernel of a Jupyter server through its HTTP and WebSocket API, and print what it prints.

Runs in .venv-notebooks, which has the libraries for it.
"""

from __future__ import annotations

import json
import sys
import urllib.request
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import websocket


def main(url: str, code: str) -> int:
    """Return 1 if the code raises an exception."""
    address = urlsplit(url)
    token = parse_qs(address.query)["token"][0]
    headers = {"Authorization": f"token {token}"}

    def call(path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"http://{address.netloc}{path}", headers=headers, method=method)
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return json.load(response)

    specifications = call("/api/kernelspecs")["kernelspecs"]
    print("kernels:", json.dumps({name: each["spec"]["display_name"] for name, each in specifications.items()}))
    kernel = call("/api/kernels", "POST")["id"]
    channel = websocket.create_connection(
        f"ws://{address.netloc}/api/kernels/{kernel}/channels", header=headers, timeout=120
    )
    request = uuid.uuid4().hex
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "user_expressions": {}}
    header = {"msg_id": request, "msg_type": "execute_request", "session": uuid.uuid4().hex, "username": "test"}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps({**message, "buffers": []}))
    while True:
        answer = json.loads(channel.recv())
        if answer["parent_header"].get("msg_id") != request:
            continue
        if answer["msg_type"] == "stream":
            print(answer["content"]["text"], end="")
        elif answer["msg_type"] == "execute_reply":
            print("\n".join(answer["content"].get("traceback", [])), file=sys.stderr)
            return 0 if answer["content"]["status"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
