"""Answer the requests of the REPL driver, one JSON object per line, until the driver ends.

Requests: `{"execute": CODE, "kind": KIND, "id": NUMBER}` and `{"complete": CODE, "kind": KIND, "cursor": NUMBER}`.
Answers: a result as Livy returns it, and `{"candidates": [...]}`.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from typing import Any, TextIO

from .completion import candidates
from .execution import Interpreter, failure, new_main_module
from .session_libraries import SessionLibraries
from .sql import run_sql


def main() -> None:
    """Connect to the driver's JVM, and serve its requests."""
    requests, answers = _take_standard_streams()
    pending: queue.Queue[dict[str, Any]] = queue.Queue()
    # In a thread, so that the process ends with the driver also while a statement runs.
    threading.Thread(target=_read, args=(requests, pending), daemon=True).start()
    context, session = _connect()
    variables = new_main_module()
    variables.update(initial_variables(context, session))
    interpreter = Interpreter(variables)
    signal.signal(signal.SIGINT, interpreter.on_interrupt)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    while True:
        request = pending.get()
        answer = _complete(interpreter, request) if "complete" in request else None
        try:
            answer = answer or _run(interpreter, context, session, request)
        except KeyboardInterrupt:  # it arrived at the end of the statement
            answer = failure("KeyboardInterrupt", "")
        print(json.dumps(answer), file=answers, flush=True)


def _take_standard_streams() -> tuple[TextIO, TextIO]:
    """Keep the pipes to the driver for this module, so that a statement can neither read nor write them."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)  # what a subprocess prints goes to the log of the session
    return requests, answers


def _read(requests: TextIO, pending: queue.Queue[dict[str, Any]]) -> None:
    for line in requests:
        pending.put(json.loads(line))
    os._exit(0)


def _connect() -> tuple[Any, Any]:
    """Return the SparkContext and the SparkSession of the driver."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    gateway = launch_gateway()
    java_context = gateway.entry_point.sc()
    conf = SparkConf(_jvm=gateway.jvm, _jconf=java_context.getConf())
    context = SparkContext(jsc=java_context, gateway=gateway, conf=conf)
    return context, SparkSession(context, gateway.entry_point.sparkSession())


def initial_variables(context: Any, session: Any) -> dict[str, Any]:
    """Return the variables that each session starts with, by name."""
    from pyspark.sql import SQLContext

    SessionLibraries(context).add_methods()
    sql_context = SQLContext(context, session)
    return {"sc": context, "spark": session, "sqlContext": sql_context, "sqlCtx": sql_context}


def _complete(interpreter: Interpreter, request: dict[str, Any]) -> dict[str, Any]:
    if request["kind"] != "pyspark":
        return {"candidates": []}
    return {"candidates": candidates(request["complete"][: request["cursor"]], interpreter.variables)}


def _run(interpreter: Interpreter, context: Any, session: Any, request: dict[str, Any]) -> dict[str, Any]:
    kind, code = request["kind"], request["execute"]
    # Cancelling the statement cancels the jobs of this group.
    context.setJobGroup(str(request["id"]), f"Statement {request['id']} of the Livy session", True)
    if kind == "pyspark":
        return interpreter.execute(code)
    if kind == "sql":
        return interpreter.guard(lambda: run_sql(session, code, int(os.environ["LIVY_SQL_ROWS"])), error_name="Error")
    return failure(
        "InterpreterError", f"local Spark has no interpreter for kind '{kind}'. Use a session of kind pyspark or sql."
    )


if __name__ == "__main__":
    main()
