"""Take the privileges of root over files away from a process, which may read every file otherwise."""

from __future__ import annotations

import ctypes
import os

# https://man7.org/linux/man-pages/man2/capset.2.html
_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def drop_file_privileges() -> None:
    """Let this process read and write only what permissions allow. Programs that it starts are not limited."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = _Header(_VERSION_3, 0), (_Data * 2)()
    _require(libc.capget(ctypes.byref(header), ctypes.byref(data)))
    dropped = 1 << _CAP_DAC_OVERRIDE | 1 << _CAP_DAC_READ_SEARCH
    data[0].effective &= ~dropped
    data[0].permitted &= ~dropped
    _require(libc.capset(ctypes.byref(header), ctypes.byref(data)))


def _require(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), "capset")
