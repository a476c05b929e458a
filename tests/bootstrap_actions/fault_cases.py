"""The table of docs/*/emr.md: faults of the libraries of a node, what the report then says, and the test of each."""

from __future__ import annotations

from dataclasses import dataclass

_FAULTS = "tests/bootstrap_actions/test_node_faults.py"
_INSTALL = "tests/bootstrap_actions/test_install_libraries.py"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault.

    Args:
        shown: part of the report.
        file: file of its test.
        test: name of its test.
    """

    shown: str
    file: str = _FAULTS
    test: str = "test_a_fault_is_reported_in_one_line_and_leaves_no_library"


# In the order of the table.
CASES = {
    "requirements.txt missing": Case(shown="requirements.txt (run: mlproject libraries push)"),
    "empty": Case(shown="is empty: it names no library"),
    "S3 denied": Case(shown="is not authorized to perform: s3:GetObject"),
    "unreadable": Case(shown="is not text in UTF-8"),
    "CRLF": Case(shown="installed", test="test_a_list_of_a_windows_editor_is_installed"),
    "BOM": Case(shown="installed", test="test_a_list_of_a_windows_editor_is_installed"),
    "URL": Case(shown="is a URL, whose content can change"),
    "editable": Case(shown="is an editable installation of a folder"),
    "path": Case(shown="is a path, which no node has"),
    "option": Case(shown="is an option of pip"),
    "by hand, no index": Case(shown="names no wheels in S3, and this environment has no library_index"),
    "unknown library": Case(
        shown="Could not find a version that satisfies the requirement",
        test="test_a_fault_of_a_list_for_the_index_is_reported",
    ),
    "conflict": Case(shown="have conflicting dependencies", test="test_a_fault_of_a_list_for_the_index_is_reported"),
    "locked conflict": Case(shown="we can conclude that your requirements are unsatisfiable"),
    "no wheel for Python 3.9": Case(shown="has no wheels with a matching Python"),
    "no wheel for the processor": Case(shown="has no wheels with a matching platform tag"),
    "S3 throttled": Case(
        shown="(SlowDown)", test="test_throttled_requests_are_repeated_and_reported_if_that_does_not_end"
    ),
    "wheel missing": Case(shown="it does not exist"),
    "hash": Case(shown="does not match the sha256 in the list"),
    "import": Case(shown="failed: ImportError: libGL.so.1: cannot open shared object file"),
    "import ends Python": Case(shown="Python was ended by signal 6"),
    "pip check": Case(
        shown="requires tiny-base, which is not installed (pip check)",
        test="test_an_installed_library_without_what_it_requires_fails_pip_check",
    ),
    "disk full": Case(shown="free, but the libraries need"),
    "killed": Case(
        shown="installed",
        file=_INSTALL,
        test="test_a_run_killed_at_any_point_leaves_complete_libraries_or_none_and_the_next_one_completes",
    ),
}
