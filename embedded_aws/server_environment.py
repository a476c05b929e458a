"""The environment variables that the embedded AWS runs with: nothing of the caller's AWS settings reaches it."""

from __future__ import annotations

from collections.abc import Mapping

# The folder to which each server appends its decisions on requests (embedded_aws/iam/authorization_log.py).
AUTHORIZATION_LOG = "EMBEDDED_AWS_AUTHORIZATION_LOG"
# What a Python process needs of its caller. Anything else (AWS_*, MOTO_*, proxies, certificates) stays out.
KEPT = frozenset(
    {
        AUTHORIZATION_LOG,
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    }
)  # fmt: skip
KEPT_PREFIXES = ("LC_", "PYTHON", "COV_CORE_", "COVERAGE_")
SET = {
    # Without them `cdk bootstrap` fails: its roles attach the managed policy ReadOnlyAccess.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def server_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of the server, from those of who starts it."""
    kept = {name: value for name, value in caller.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    return {**kept, **SET}
