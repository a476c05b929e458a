"""The Python process of a session: code, magics, values and interruptions, without Spark."""

from __future__ import annotations

import datetime
import decimal
import os
import signal
from typing import Any

import pytest

from mlproject.spark.repl_driver.livy_shell.completion import candidates
from mlproject.spark.repl_driver.livy_shell.execution import Interpreter

TABLE = "application/vnd.livy.table.v1+json"


def execute(code: str, **variables: Any) -> dict[str, Any]:
    return Interpreter({"__name__": "__main__", **variables}).execute(code)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("1 + 1", {"text/plain": "2"}),
        ("x = 1", {"text/plain": ""}),
        ("print('a')\n'b'", {"text/plain": "a\n'b'"}),
        ("import sys\nprint('a', file=sys.stderr)", {"text/plain": "a"}),
        ("for i in range(2):\n    print(i)\n", {"text/plain": "0\n1"}),
        ("x = [1]\nprint('text')\n%json x", {"text/plain": "text", "application/json": [1]}),
        ("values = 7\nvalues % 4", {"text/plain": "3"}),
    ],
)
def test_a_result_has_what_was_printed_the_last_value_and_the_value_of_a_magic(code: str, data: dict[str, Any]) -> None:
    assert execute(code) == {"status": "ok", "data": data}


def test_values_that_json_does_not_have_are_converted() -> None:
    value = [float("nan"), decimal.Decimal("1.5"), datetime.date(2026, 1, 2), (1, {2: None}), b"\x01", True]
    data = execute("%json value", value=value)["data"]["application/json"]
    assert data == [None, 1.5, "2026-01-02", [1, {"2": None}], [1], True]


def test_a_table_has_the_types_of_its_columns_and_rejects_mixed_ones() -> None:
    rows = [{"b": None, "a": 1}, {"b": datetime.date(2026, 1, 2), "a": 2}]
    assert execute("%table rows", rows=rows)["data"][TABLE] == {
        "headers": [{"name": "a", "type": "INT_TYPE"}, {"name": "b", "type": "DATE_TYPE"}],
        "data": [[1, None], [2, "2026-01-02"]],
    }
    mixed = execute("%table rows", rows=[[1], ["x"]])
    assert (mixed["ename"], mixed["evalue"]) == ("Exception", "table rows have different types")


@pytest.mark.parametrize(
    ("code", "name", "value", "lines"),
    [
        ("def f():\n    raise ValueError('x')\nf()", "ValueError", "x", ['  File "<stdin>", line 2, in f\n']),
        ("if", "SyntaxError", "invalid syntax (<stdin>, line 1)", []),
        ("raise SystemExit(3)", "SystemExit", "3", []),
    ],
)
def test_an_error_has_a_traceback_of_the_statements_own_functions(
    code: str, name: str, value: str, lines: list[str]
) -> None:
    failed = execute(code)
    assert (failed["status"], failed["ename"], failed["evalue"]) == ("error", name, value)
    assert failed["traceback"][0] == "Traceback (most recent call last):\n"
    assert not [line for line in failed["traceback"] if "livy_shell" in line]
    assert [line for line in failed["traceback"] if " in " in line and line.startswith("  File")] == lines


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("%json missing", "NameError", "name 'missing' is not defined"),
        ("%plot x", "UnknownMagic", "unknown magic command 'plot'"),
    ],
)
def test_a_magic_that_cannot_be_run_is_an_error(code: str, name: str, value: str) -> None:
    assert execute(code) == {"status": "error", "ename": name, "evalue": value, "traceback": []}


def test_an_interrupt_ends_a_statement_and_nothing_between_statements() -> None:
    interpreter = Interpreter({"os": os, "signal": signal})
    before = signal.signal(signal.SIGINT, interpreter.on_interrupt)
    try:
        os.kill(os.getpid(), signal.SIGINT)
        assert interpreter.execute("os.kill(os.getpid(), signal.SIGINT)")["ename"] == "KeyboardInterrupt"
        assert interpreter.execute("1")["status"] == "ok"
    finally:
        signal.signal(signal.SIGINT, before)


def test_completion_returns_names_without_what_precedes_them() -> None:
    assert candidates("x = 'text'.upper() + name.is_", {"name": type("T", (), {"is_one": 1, "is_two": 2})}) == [
        "is_one",
        "is_two",
    ]
    assert candidates("1 + ", {}) == []
