"""The embedded AWS as a process: `python -m embedded_aws.server --folder F --port P`.

`embedded_aws.launch` starts it in the background with `--notify`: a socket to whoever starts it, over which the
server tells its process id and that it answers, and learns that its record is written. If the starter dies
before that, the server ends, so that no server is left which nobody knows of.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from embedded_aws import administrator
from embedded_aws.listener import KEEP, listen
from embedded_aws.server_environment import server_environment

# By name: with 127.0.0.1 moto misreads the URL of a template.
HOST = "localhost"


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    options = _options()
    notify = socket.socket(fileno=options.notify) if options.notify is not None else None
    if notify:
        _detach()
        _tell(notify, pid=os.getpid())
    signal.signal(signal.SIGTERM, _end)
    clean = server_environment(os.environ)
    os.environ.clear()
    os.environ.update(clean)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    listener = socket.socket(fileno=options.listener) if options.listener is not None else listen(options.port)
    try:
        _serve(
            listener,
            folder=options.folder.resolve(),
            notify=notify,
            inference_command=options.inference_command,
        )
    except KeyboardInterrupt:
        logging.getLogger(__name__).info("ended")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embedded_aws.server", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the server keeps its record and log")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--listener", type=int, help="a listening socket's number, inherited, instead of --port")
    parser.add_argument("--notify", type=int, help="a connected socket's number, inherited; runs in the background")
    parser.add_argument(
        "--inference-command", type=json.loads, default=[], help="JSON list: the program that serves a model"
    )
    return parser.parse_args()


def _detach() -> None:
    """Leave the starter's session and family: its terminal's Ctrl-C does not reach us, nor are we its zombie."""
    if os.fork():
        os._exit(0)
    os.setsid()


def _tell(notify: socket.socket, **message: Any) -> None:
    notify.sendall(json.dumps(message).encode() + b"\n")


def _end(*_: Any) -> None:
    raise KeyboardInterrupt


def _serve(
    listener: socket.socket, *, folder: Path, notify: socket.socket | None, inference_command: list[str]
) -> None:
    from werkzeug.serving import make_server

    from embedded_aws.application import build_application
    from embedded_aws.iam.authorization_log import configure_authorization_log
    from embedded_aws.inference import Hosting, configure_hosting
    from embedded_aws.keep_alive import KeepAliveRequestHandler

    configure_authorization_log(os.environ)
    port = listener.getsockname()[1]
    endpoint = f"http://{HOST}:{port}"
    server = make_server(
        HOST,
        port,
        build_application(endpoint=endpoint, folder=folder, administrator=administrator.load_or_create(folder)),
        threaded=True,
        request_handler=KeepAliveRequestHandler,
        fd=listener.fileno(),
    )
    logging.getLogger(__name__).info("the embedded AWS answers at %s, process %s", endpoint, os.getpid())
    if notify:
        _tell(notify, ready=True)
        threading.Thread(target=_follow_starter, args=(notify,), daemon=True).start()
    else:
        print(f"The embedded AWS answers at {endpoint}; its state is in memory. Ctrl-C ends it.")
    if inference_command:
        configure_hosting(Hosting(inference_command, folder=folder / "endpoints", endpoint=endpoint))
    try:
        server.serve_forever()
    finally:
        configure_hosting(None)


def _follow_starter(notify: socket.socket) -> None:
    """End with the starter, unless it says that the server is to stay."""
    with notify:
        received = b""
        while chunk := notify.recv(len(KEEP)):
            received += chunk
            if received == KEEP:
                return
    logging.getLogger(__name__).info("whoever started this server has ended; so does it")
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
