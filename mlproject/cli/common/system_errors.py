"""Errors of the operating system that the user can fix, such as a full disk."""

from __future__ import annotations

import errno
import os
import re
import shutil

from mlproject.errors import UserError
from mlproject.translation import Message, joined

_ERROR_NUMBER = re.compile(r"\[Errno (\d+)\]")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_USABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.EIO})


def explain_system_error(error: OSError) -> UserError | None:
    """Return the error that says what to do; None if the cause is not on this machine's disk."""
    path, number = error.filename, error.errno
    if isinstance(error, shutil.Error):
        # What went wrong in a copied folder: source, destination and text of each error.
        _, path, reason = error.args[0][0]
        found = _ERROR_NUMBER.search(reason)
        number = int(found[1]) if found else None
    if number in _FULL:
        full = Message("the disk is full, or cannot hold more files. Free space, and run the command again.")
        return UserError(joined(": ", (str(path), full)) if path else full, exit_code=1, topic="file-not-writable")
    if number in _NOT_USABLE and path:
        return UserError(
            Message(
                "{path}: cannot be used ({reason}). Correct its permissions, or remove what is in its place, and run "
                "the command again.",
                path=path,
                reason=os.strerror(number),
            ),
            exit_code=1,
        )
    return None
