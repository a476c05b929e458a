"""The work of notebook instances that is saved in S3: its versions, and their restoration."""

from mlproject.saved_work.restore import copy_for_notebook, download, require_absent
from mlproject.saved_work.times import parse_time
from mlproject.saved_work.versions import Version, list_versions, select_versions

__all__ = [
    "Version",
    "copy_for_notebook",
    "download",
    "list_versions",
    "parse_time",
    "require_absent",
    "select_versions",
]
