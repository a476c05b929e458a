"""Start a Jupyter kernel, and run the code of each line of standard input in it. Runs in .venv-notebooks.

A line is a JSON string. The answer is one line: a JSON list of outputs in the format of notebooks.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyter_client.manager import start_new_kernel

_SECONDS = 300


def main(kernel: str) -> None:
    """Serve until the end of the input, and end the kernel as Jupyter does."""
    manager, client = start_new_kernel(kernel_name=kernel, startup_timeout=_SECONDS)
    try:
        for line in sys.stdin:
            outputs: list[Any] = []
            client.execute_interactive(
                json.loads(line), timeout=_SECONDS, allow_stdin=False, output_hook=outputs.append
            )
            found = [{"output_type": each["msg_type"], **each["content"]} for each in outputs]
            print(json.dumps(found), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


if __name__ == "__main__":
    main(sys.argv[1])
