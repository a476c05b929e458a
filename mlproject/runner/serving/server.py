"""The server inside a model's container: `GET /ping` and `POST /invocations`; runs with the options as JSON.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from mlproject.runner.steps import script_batch

# Returns the prediction for a body, its content type and the accepted type.
Predict = Callable[[bytes, str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The arguments of the process.

    Args:
        listener: number of the inherited listening socket.
        model: folder of the unpacked model.
        code: folder of the inference script.
        program: file name of the script; empty for the built-in XGBoost algorithm.
        framework: `sklearn` or `xgboost`, whose containers have default functions, or empty.
    """

    listener: int
    model: str
    code: str
    program: str
    framework: str


def main(options: ServerOptions) -> None:
    """Serve until standard input closes, when the embedded AWS ends or stops the endpoint."""
    predict = _script(options) if options.program else _algorithm(options)
    with socket.socket(fileno=options.listener) as listener:
        server = HTTPServer(("localhost", 0), _handler(predict), bind_and_activate=False)
        server.socket.close()
        server.socket = listener
        threading.Thread(target=_end_with_starter, daemon=True).start()
        server.serve_forever()


def _end_with_starter() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _script(options: ServerOptions) -> Predict:
    """Load the model with the team's script."""
    sys.path.insert(0, options.code)
    module = importlib.import_module(options.program.removesuffix(".py"))
    functions = script_batch.load_functions(module, program=options.program, framework=options.framework)
    model = functions["model_fn"](options.model)

    def predict(body: bytes, content_type: str, accept: str) -> bytes:
        return script_batch.respond(
            body, model, functions, content_type=content_type, accept=accept, program=options.program
        )

    return predict


def _algorithm(options: ServerOptions) -> Predict:
    """Load the model as the built-in XGBoost algorithm does."""
    from mlproject.xgboost_container.predict import load_booster, predict_csv, single_model

    booster = load_booster(single_model(Path(options.model)))
    folder = Path(os.environ["TMPDIR"])

    def predict(body: bytes, content_type: str, accept: str) -> bytes:
        if content_type.partition(";")[0].strip() != "text/csv":
            sys.exit(f"content type {content_type} is not supported here; supported: text/csv")
        path = folder / "request.csv"
        path.write_bytes(body)
        return predict_csv(booster, path).encode()

    return predict


def _handler(predict: Predict) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(200 if self.path == "/ping" else 404, "text/plain", b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            accept = self.headers.get("Accept") or ""
            accepted = "text/csv" if accept in ("", "*/*") else accept
            try:
                result = predict(body, self.headers.get("Content-Type") or "text/csv", accepted)
            except (Exception, SystemExit) as error:  # whatever the script raises is the answer, and serving goes on
                traceback.print_exc()
                self._reply(500, "text/plain", (str(error) or type(error).__name__).encode())
            else:
                self._reply(200, accepted, result)

        def log_message(self, format: str, *args: Any) -> None:
            print(format % args, flush=True)

        def _reply(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


if __name__ == "__main__":
    main(ServerOptions(**json.loads(sys.argv[1])))
