"""Prepare the flights with DuckDB: the same parts as prepare.py, with the same rows, order, columns and types.

DuckDB writes to a temporary folder what does not fit into its memory. Invalid data is reported in its own words.
"""

from __future__ import annotations

import argparse
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

# First and last month.
PARTS: Mapping[str, tuple[int, int]] = {"train": (1, 9), "validation": (10, 10), "test": (11, 11), "score": (12, 12)}

READ_FLIGHTS = """
CREATE TABLE flights AS
SELECT
    row_number() OVER () AS line, year, month, day, hour, minute, flight, distance, dep_delay, arr_delay, carrier,
    origin, dest, make_date(year, month, day) AS date,
    epoch(time_hour)::BIGINT // 60 + minute AS scheduled,
    scheduled + dep_delay AS "left",
    scheduled - 120 AS moment,
    dep_delay IS NULL AS cancelled,
    dep_delay IS NOT NULL AND arr_delay IS NULL AS diverted,
    coalesce(arr_delay > 15, false)::BIGINT AS late
FROM read_csv($file, nullstr = ['NA', ''], types = {
    'year': 'BIGINT', 'month': 'BIGINT', 'day': 'BIGINT', 'hour': 'BIGINT', 'minute': 'BIGINT', 'flight': 'BIGINT',
    'distance': 'BIGINT', 'dep_delay': 'BIGINT', 'arr_delay': 'BIGINT', 'time_hour': 'TIMESTAMP'
})
"""

# Of several observations at the same time, the last one counts.
READ_WEATHER = """
CREATE TABLE weather AS
SELECT
    origin, observed,
    round_even(humid * 100, 0) / 100 AS humid,
    round_even(wind_speed * 100, 0) / 100 AS wind_speed,
    round_even(precip * 100, 0) / 100 AS precip,
    round_even(visib * 100, 0) / 100 AS visib,
    round_even(pressure * 100, 0) / 100 AS pressure
FROM (
    SELECT *, row_number() OVER () AS line, epoch(time_hour)::BIGINT // 60 AS observed
    FROM read_csv($file, nullstr = ['NA', ''], types = {
        'humid': 'DOUBLE', 'wind_speed': 'DOUBLE', 'precip': 'DOUBLE', 'visib': 'DOUBLE', 'pressure': 'DOUBLE',
        'time_hour': 'TIMESTAMP'
    })
)
QUALIFY row_number() OVER (PARTITION BY origin, observed ORDER BY line DESC) = 1
"""

# The sums over all events of an airport until each minute. See add_departures in prepare.py for what they count.
SUM_EVENTS = """
CREATE TABLE airport AS
SELECT
    origin, time,
    sum(departures) OVER until_time AS departures,
    sum(delay) OVER until_time AS delay,
    sum(waiting) OVER until_time AS waiting
FROM (
    SELECT origin, time, sum(departures) AS departures, sum(delay) AS delay, sum(waiting) AS waiting
    FROM (
        SELECT origin, "left" AS time, 1 AS departures, dep_delay AS delay, 0 AS waiting
        FROM flights WHERE "left" IS NOT NULL
        UNION ALL
        SELECT origin, scheduled, 0, 0, 1 FROM flights
        UNION ALL
        SELECT origin, greatest(least("left", scheduled + 180), scheduled), 0, 0, -1 FROM flights
    )
    GROUP BY origin, time
)
WINDOW until_time AS (PARTITION BY origin ORDER BY time)
"""

# The baseline: see add_baseline in prepare.py.
SHARES_OF_LATE = """
CREATE TABLE shares AS
SELECT
    carrier, hour,
    avg(late) AS pair,
    sum(sum(late)) OVER (PARTITION BY hour) / sum(count(*)) OVER (PARTITION BY hour) AS of_hour,
    sum(sum(late)) OVER () / sum(count(*)) OVER () AS of_all
FROM flights WHERE month BETWEEN $first AND $last AND NOT cancelled AND NOT diverted
GROUP BY carrier, hour
"""

PREPARE = """
CREATE TABLE prepared AS
SELECT
    f.line, f.scheduled, f.month,
    strftime(f.date, '%Y-%m-%d') || 'T' || lpad(f.hour::VARCHAR, 2, '0') || ':' || lpad(f.minute::VARCHAR, 2, '0')
        AS departure,
    f.flight, f.hour, isodow(f.date) - 1 AS weekday, f.carrier, f.origin, f.dest, f.distance,
    round_even((now.delay - coalesce(before.delay, 0)) / (now.departures - coalesce(before.departures, 0)) * 100, 0)
        / 100 AS recent_delay,
    (coalesce(now.departures, 0) - coalesce(before.departures, 0))::BIGINT AS recent_count,
    coalesce(now.waiting, 0)::BIGINT AS waiting,
    w.humid, w.wind_speed, w.precip, w.visib, w.pressure,
    round_even(coalesce(pair.pair, hour.of_hour, (SELECT max(of_all) FROM shares)) * 1e6, 0) / 1e6 AS baseline,
    f.late
FROM flights f
ASOF LEFT JOIN airport now ON f.origin = now.origin AND f.moment > now.time
ASOF LEFT JOIN airport before ON f.origin = before.origin AND f.moment - 180 > before.time
ASOF LEFT JOIN weather last ON f.origin = last.origin AND f.moment >= last.observed
LEFT JOIN weather w ON w.origin = last.origin AND w.observed = last.observed AND w.observed >= f.moment - 180
LEFT JOIN shares pair ON f.carrier = pair.carrier AND f.hour = pair.hour
LEFT JOIN (SELECT DISTINCT hour, of_hour FROM shares) hour ON f.hour = hour.hour
WHERE NOT f.cancelled AND NOT f.diverted
"""

WRITE = """
COPY (
    SELECT * EXCLUDE (line, scheduled, month) FROM prepared WHERE month BETWEEN {first} AND {last}
    ORDER BY scheduled, origin, carrier, flight, line
) TO '{file}' (HEADER)
"""

COUNT = "SELECT count(*), count(*) FILTER (cancelled), count(*) FILTER (diverted) FROM flights"


def run(data: Path, output: Path, *, temporary: Path, memory: str, threads: int) -> None:
    """Prepare what is in a folder, and write a folder for each part.

    Args:
        data: contains flights.csv.zip and weather.csv.
        output: where the folders of the parts are created.
        temporary: for the unpacked flights and what does not fit into memory.
        memory: what DuckDB may use, such as `8GiB`.
        threads: number of threads.
    """
    temporary.mkdir(parents=True, exist_ok=True)
    flights = temporary / "flights.csv"
    # DuckDB does not read zip files.
    with zipfile.ZipFile(data / "flights.csv.zip") as archive, flights.open("wb") as unpacked:
        shutil.copyfileobj(archive.open(archive.namelist()[0]), unpacked)
    settings = {"temp_directory": str(temporary / "spill"), "memory_limit": memory, "threads": threads}
    with duckdb.connect(config=settings) as database:
        database.execute(READ_FLIGHTS, {"file": str(flights)})
        database.execute(READ_WEATHER, {"file": str(data / "weather.csv")})
        database.execute(SUM_EVENTS)
        first, last = PARTS["train"]
        database.execute(SHARES_OF_LATE, {"first": first, "last": last})
        database.execute(PREPARE)
        for name, (first, last) in PARTS.items():
            (output / name).mkdir(parents=True)
            database.execute(WRITE.format(first=first, last=last, file=output / name / f"{name}.csv"))
        counts = count_flights(database)
    (output / "counts").mkdir()
    (output / "counts" / "counts.json").write_text(json.dumps(counts, indent=2) + "\n")


def count_flights(database: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """Return what prepare.py writes to counts.json."""
    totals = database.execute(COUNT).fetchone()
    assert totals
    parts = {
        name: database.execute(
            "SELECT count(*), sum(late)::BIGINT FROM prepared WHERE month BETWEEN $1 AND $2", months
        ).fetchone()
        for name, months in PARTS.items()
    }
    return {
        **dict(zip(("flights", "cancelled", "diverted"), totals, strict=True)),
        "rows": {name: part[0] for name, part in parts.items() if part},
        "late": {name: part[1] for name, part in parts.items() if part},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "output", "temporary"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--memory", required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = vars(parser.parse_args())
    run(options.pop("data"), options.pop("output"), **options)


if __name__ == "__main__":
    main()
