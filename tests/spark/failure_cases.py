"""What people see when SparkMagic fails. The table of docs/*/sparkmagic.md has the same rows."""

from __future__ import annotations

# Part of the real message, by what happened. The tests that see them are in test_sparkmagic_failures.py, and that of an
# invalid configuration is in tests/lifecycle_scripts/test_sparkmagic.py.
FAILURES = {
    "down": "The Spark session did not start:",
    "replaced": "Error sending http request and maximum retry encountered.",
    "lost": "Invalid status code '404'",
    "busy": "did not reach idle status in time. Current status is busy.",
    "slow": "did not start up in",
    "property": "Unrecognized field",
    "started": "A session has already been started.",
    "apostrophe": "invalid syntax",
    "invalid": "SparkMagic cannot read it, because",
}
