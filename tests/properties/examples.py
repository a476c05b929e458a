"""How many examples a property is tried with."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

# Registered in tests/conftest.py: HYPOTHESIS_PROFILE=long, for a search over night.
LONG_PROFILE = "long"
_LONG_FACTOR = 20


def is_long() -> bool:
    """Whether the search may take a night."""
    return settings.get_current_profile_name() == LONG_PROFILE


def examples(count: int, *, shrink: bool = False) -> settings:
    """Return the settings of a property, with many times as many examples in the profile `long`.

    Args:
        count: number of examples.
        shrink: look for a smaller example that fails too, which is worth it where an example takes no second.
    """
    return settings(
        max_examples=count * (_LONG_FACTOR if is_long() else 1),
        deadline=None,
        phases=[Phase.reuse, Phase.generate, *([Phase.shrink] if shrink else [])],
        # A platform takes a tenth of a second to draw, and is large.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
