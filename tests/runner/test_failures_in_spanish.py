"""The reason of a failed step is told in the selected language; its log and what the script said stay as they are."""

from __future__ import annotations

from pathlib import Path

from mlproject.runner.container.processes import exit_reason
from mlproject.runner.steps.failure import quote_log
from mlproject.translation import Message, joined, translated, use_language


def test_the_reason_of_a_failed_step_is_translated_but_not_its_log() -> None:
    reason = joined("", (exit_reason(-9) or "", ": ", "ValueError: {x}", "."))
    quoted = quote_log(Path("/runs/train.log"), ["read {rows}", "Killed"], after=reason)
    failure = Message("step {step} failed: {error}", step="Train", error=joined("", (reason, quoted)))
    with use_language("es"):
        assert translated(failure) == (
            "el paso Train ha fallado: terminado por SIGKILL (señal 9: a mano, o por el núcleo al agotarse la "
            "memoria): ValueError: {x}. Las últimas líneas de /runs/train.log:\n  read {rows}\n  Killed"
        )
    assert failure.startswith("step Train failed: killed by SIGKILL (signal 9: manually, or by the kernel")
