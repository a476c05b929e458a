"""Random pipelines' graphs."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mlproject.report import StepReport

# No test depends on the time it takes.
untimed = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[StepReport, ...]:
    """Up to ten steps, each waiting for some that came before it, some of them in a condition's branch."""
    steps: list[StepReport] = []
    for index in range(draw(st.integers(0, 10))):
        earlier = [step.name for step in steps]
        needed = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=4)) if earlier else []
        conditions = [step.name for step in steps if step.type == "Condition"]
        condition = draw(st.none() | st.sampled_from(conditions)) if conditions else None
        steps.append(
            StepReport(
                name=f"Step{index}",
                type=draw(st.sampled_from(["Processing", "Condition"])),
                status="Succeeded",
                seconds=1.0,
                depends_on=tuple(needed),
                branch=f"{draw(st.sampled_from(['if', 'else']))} {condition}" if condition else None,
            )
        )
    return tuple(draw(st.permutations(steps)))
