"""The table of docs/*/notebook-faults.md: faults of a notebook's start, what people see, and the test of each."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from pathlib import Path

_FAULTS = "tests/lifecycle_scripts/test_start_faults.py"
_LIBRARIES = "tests/lifecycle_scripts/test_library_faults.py"
_TEXTS = Path(__file__).parents[2] / "lifecycle_scripts" / "tools" / "person" / "mlproject_notebook" / "texts.py"
# The sentences of the status, by language.
TEXTS: dict[str, dict[str, str]] = runpy.run_path(str(_TEXTS))["TEXTS"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault.

    Args:
        shown: part of the status that people then see.
        file: file of its test.
        test: name of its test.
    """

    shown: str
    file: str = _FAULTS
    test: str = "test_a_start_with_a_fault_explains_it_keeps_everything_and_the_next_start_recovers"


# In the order of the table.
CASES = {
    "killed": Case(
        shown="installed: ",
        file=_LIBRARIES,
        test="test_an_installation_killed_at_50_points_never_leaves_a_broken_kernel",
    ),
    "S3 denied": Case(shown="is not authorized to perform: s3:GetObject"),
    "S3 missing": Case(shown="requirements.txt (run: mlproject libraries push)"),
    "S3 slow": Case(shown="S3 did not respond within 3600 seconds"),
    "S3 truncated": Case(shown="IncompleteRead"),
    "S3 throttled": Case(shown="(SlowDown)"),
    "corrupt wheel": Case(shown="does not match the sha256 in the list"),
    "clock": Case(shown="The clock of the instance is wrong: stop and start the notebook"),
    "clock set": Case(
        shown="To keep it, run a cell",
        file="tests/lifecycle_scripts/test_stop_times.py",
        test="test_a_clock_that_is_set_while_the_instance_runs_neither_delays_nor_advances_the_stop",
    ),
    "disk full": Case(
        shown="the volume has 0 MB free, but the libraries need ",
        file=_LIBRARIES,
        test="test_a_full_volume_is_explained_and_keeps_the_previous_libraries",
    ),
    "no inodes": Case(shown="the volume has space, but contains as many files as it can. Delete files"),
    "out of memory": Case(shown="the instance ran out of memory"),
    "ended by the system": Case(shown="the installation was ended (exit code 137)"),
    "state replaced": Case(shown="~/SageMaker/.mlproject is not a folder that ec2-user can write to"),
    "home replaced": Case(
        shown="installed: ", test="test_saved_work_comes_back_into_a_home_directory_whose_content_was_replaced"
    ),
    "two starts": Case(shown="installed: ", test="test_two_starts_at_once_install_once_and_run_everything_once"),
    "older version": Case(
        shown="installed: ",
        file=_LIBRARIES,
        test="test_a_volume_of_the_earlier_version_is_used_without_another_installation",
    ),
    "permission": Case(
        shown="the role of this notebook may not call ",
        file="tests/stacks/test_notebook_role.py",
        test="test_each_missing_permission_is_named_with_what_to_do_and_the_next_start_recovers",
    ),
    "base Python": Case(
        shown="installing: ",
        file="tests/lifecycle_scripts/test_libraries.py",
        test="test_rule_20_another_python_of_the_machine_makes_the_environment_anew",
    ),
    "CRLF": Case(
        shown="has Windows line endings (CRLF)",
        file="tests/parameters/test_named_files.py",
        test="test_a_start_script_that_cannot_run_is_told",
    ),
    "CRLF on the instance": Case(
        shown="succeeded", test="test_a_start_script_with_windows_line_endings_runs_without_them"
    ),
}

# The table of permissions: the place that shows AWS's message, a row of the status (its key in texts.py) or a file.
# The first start of a notebook has no tools yet. In this order, each start recovers from the one before.
STATUS_FILE = "mlproject-status.txt"
PERMISSIONS = {
    "s3:GetObject": STATUS_FILE,
    "kms:Decrypt": STATUS_FILE,
    "kms:GenerateDataKey": "work",
    "s3:PutObject": "work",
    "s3:ListBucket": "libraries",
    "ssm:GetParameter": "cluster",
    "logs:CreateLogGroup": "log",
    "logs:CreateLogStream": "log",
    "logs:PutLogEvents": "log",
    "cloudwatch:PutMetricData": "log",
    "sagemaker:StopNotebookInstance": "idle",
}
