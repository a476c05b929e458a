"""Prepare the flights with Spark: the same parts as prepare.py, with the same rows, order, columns and types.

Reads flights.csv.zip and weather.csv; writes a folder for each part with one CSV file, and one with the counts as JSON.
Runs on an EMR cluster or with `spark-submit`, whose Python needs no further package: see --help.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from collections.abc import Iterator

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

PARTS = {"train": (1, 9), "validation": (10, 10), "test": (11, 11), "score": (12, 12)}  # first and last month
LATE_MINUTES = 15
AHEAD_MINUTES = 120  # the prediction is made this long before the scheduled departure
WINDOW_MINUTES = 180  # how far back "recent" reaches from the moment of prediction

WEATHER = ["humid", "wind_speed", "precip", "visib", "pressure"]
COLUMNS = [
    "departure",
    "flight",
    "hour",
    "weekday",
    "carrier",
    "origin",
    "dest",
    "distance",
    "recent_delay",
    "recent_count",
    "waiting",
    *WEATHER,
    "baseline",
    "late",
]
# As prepare.py sorts them; the line in the file decides between flights that are otherwise equal.
ORDER = ["scheduled", "origin", "carrier", "flight", "line"]

FLIGHT_NUMBERS = ["year", "month", "day", "hour", "minute", "flight", "distance", "dep_delay", "arr_delay"]
FLIGHT_WORDS = ["carrier", "origin", "dest", "time_hour"]
FLIGHT_MAY_LACK = ["dep_delay", "arr_delay"]  # a cancelled flight has neither, a diverted one no arrival

# The order of events at the same minute. What happens at the moment of prediction is known to be observed weather, but
# not a departure.
OBSERVATION, PREDICTION, MOVEMENT = 0, 1, 2


class InputError(Exception):
    """The data cannot be used; the message says which file and why."""


def unzip(archive: tuple[str, bytes]) -> Iterator[str]:
    """Yield the lines of the CSV file in a zip file, with their numbers as a first column."""
    with zipfile.ZipFile(io.BytesIO(archive[1])) as content, content.open(content.namelist()[0]) as lines:
        for number, line in enumerate(io.TextIOWrapper(lines, "utf-8")):
            yield f"{number or 'line'},{line.rstrip()}"


def rounded(column: Column, digits: int) -> Column:
    """Round as numpy does: half to even. Spark's own round rounds half away from zero."""
    return F.rint(column * 10**digits) / 10**digits


def checked(table: DataFrame, file: str, *, numbers: list[str], words: list[str], may_lack: list[str]) -> DataFrame:
    """Keep some columns and the column `line`, in memory, and refuse what is no number or missing."""
    missing = sorted({*numbers, *words} - set(table.columns))
    if missing:
        raise InputError(f"{file}: lacks the columns {', '.join(missing)}")
    given = {name: F.when(~F.col(name).isin("NA", ""), F.col(name)) for name in [*numbers, *words]}
    values = {**given, **{name: given[name].cast("double") for name in numbers}}
    no_numbers = {name: given[name].isNotNull() & (values[name].isNull() | F.isnan(values[name])) for name in numbers}
    empty = {name: given[name].isNull() for name in given if name not in may_lack}
    problem = F.coalesce(
        *(F.when(wrong, F.lit(f"column {name} holds no number")) for name, wrong in no_numbers.items()),
        *(F.when(wrong, F.lit(f"column {name} is empty")) for name, wrong in empty.items()),
    )
    columns = [values[name].alias(name) for name in values]
    kept = table.select(F.col("line").cast("long"), *columns, problem.alias("problem")).cache()
    found = kept.where("problem is not null").orderBy("line").first()
    if found:
        raise InputError(f"{file}: {found.problem} in line {found.line + 1}")  # counted from 1, after the header
    return kept.drop("problem")


def minutes(time: str) -> Column:
    """Minutes since 1970 of a UTC time: a scale without summer time, on which delays add up past midnight."""
    return F.unix_timestamp(F.to_timestamp(time)) / 60


def read_flights(spark: SparkSession, data: str) -> DataFrame:
    """The flights with `scheduled`, `left` (null if it never did) and `moment` in minutes."""
    file = "flights.csv.zip"
    lines = spark.sparkContext.binaryFiles(f"{data}/{file}").flatMap(unzip)
    flights = checked(
        spark.read.csv(lines, header=True), file, numbers=FLIGHT_NUMBERS, words=FLIGHT_WORDS, may_lack=FLIGHT_MAY_LACK
    )
    # One task reads the zip file. What follows runs on every core.
    return (
        flights.repartition("origin", "line")
        .withColumn("scheduled", (minutes("time_hour") + F.col("minute")).cast("long"))
        .withColumn("left", F.col("scheduled") + F.col("dep_delay").cast("long"))
        .withColumn("moment", F.col("scheduled") - AHEAD_MINUTES)
    )


def read_weather(spark: SparkSession, data: str) -> DataFrame:
    """The observations with `observed` in minutes."""
    file = "weather.csv"
    weather = spark.read.csv(f"{data}/{file}", header=True).withColumn("line", F.monotonically_increasing_id())
    weather = checked(weather, file, numbers=WEATHER, words=["origin", "time_hour"], may_lack=WEATHER)
    return weather.select(
        "origin",
        "line",
        minutes("time_hour").cast("long").alias("observed"),
        *(rounded(F.col(n), 2).alias(n) for n in WEATHER),
    )


def add_airport(flights: DataFrame, weather: DataFrame) -> DataFrame:
    """Add what was known at the airport at the moment of prediction: its departures and its weather.

    The events of an airport in their order carry running sums, so that a flight needs two of them: the sums at the
    moment of prediction and at the start of the window before it. See prepare.py for what the columns mean.
    """
    gone = F.col("left").isNotNull()
    until = F.greatest(F.least("left", F.col("scheduled") + WINDOW_MINUTES), "scheduled")

    def event(time: Column, kind: int, **values: Column) -> Column:
        names = ("departures", "delay", "waiting", "is_start")
        fields = [values.get(name, F.lit(0)).cast("long").alias(name) for name in names]
        return F.struct(time.alias("time"), F.lit(kind).alias("kind"), *fields)

    of_flights = (
        flights.select(
            "origin",
            "line",
            F.explode(
                F.array(
                    event(F.col("moment"), PREDICTION),
                    event(F.col("moment") - WINDOW_MINUTES, PREDICTION, is_start=F.lit(1)),
                    event(F.when(gone, F.col("left")), MOVEMENT, departures=F.lit(1), delay=F.col("dep_delay")),
                    event(F.col("scheduled"), MOVEMENT, waiting=F.lit(1)),
                    event(until, MOVEMENT, waiting=F.lit(-1)),
                )
            ).alias("event"),
        )
        .select("origin", "line", "event.*")
        .where("time is not null")
    )
    of_weather = weather.select(
        "origin",
        F.lit(None).cast("long").alias("line"),
        F.col("observed").alias("time"),
        F.lit(OBSERVATION).alias("kind"),
        F.col("line").alias("observation"),
    )
    events = of_flights.unionByName(of_weather, allowMissingColumns=True)
    order = ["time", "kind", "observation"]
    so_far = Window.partitionBy("origin").orderBy(*order).rowsBetween(Window.unboundedPreceding, 0)
    sums = [F.sum(name).over(so_far).alias(name) for name in ("departures", "delay", "waiting")]
    last = F.last("observation", ignorenulls=True).over(so_far).alias("observation")
    known = events.select("line", "kind", "is_start", *sums, last).where(F.col("kind") == PREDICTION)

    def difference(name: str) -> Column:
        return F.sum(F.when(F.col("is_start") == 0, F.col(name)).otherwise(-F.col(name)))

    at_moment = {
        name: F.max(F.when(F.col("is_start") == 0, F.col(name))).alias(name) for name in ("waiting", "observation")
    }
    found = known.groupBy("line").agg(
        rounded(difference("delay") / difference("departures"), 2).alias("recent_delay"),
        difference("departures").alias("recent_count"),
        *at_moment.values(),
    )
    observed = weather.select(F.col("line").alias("observation"), "observed", *WEATHER)
    is_recent = F.col("observed") >= F.col("moment") - WINDOW_MINUTES
    return (
        flights.join(found, "line")
        .join(observed, "observation", "left")
        .withColumns({name: F.when(is_recent, F.col(name)) for name in WEATHER})
    )


def add_baseline(flights: DataFrame) -> DataFrame:
    """Add the share of late flights of the same carrier and hour in the training months.

    A carrier without flights in that hour takes the hour's share, an hour without flights the share of all.
    """
    known = flights.where(F.col("month").between(*PARTS["train"]) & ~F.col("cancelled") & ~F.col("diverted"))
    pair = known.groupBy("carrier", "hour").agg(F.sum("late").alias("late"), F.count("*").alias("all")).cache()

    def share(*keys: str) -> DataFrame:
        return pair.groupBy(*keys).agg((F.sum("late") / F.sum("all")).alias("_".join(["share", *keys])))

    shares = F.coalesce("share_carrier_hour", "share_hour", "share")
    return (
        flights.join(F.broadcast(share("carrier", "hour")), ["carrier", "hour"], "left")
        .join(F.broadcast(share("hour")), "hour", "left")
        .crossJoin(F.broadcast(share()))
        .withColumn("baseline", rounded(shares, 6))
    )


def prepare(flights: DataFrame, weather: DataFrame) -> DataFrame:
    """All flights, with every column of the parts and whether they were cancelled or diverted."""
    date = F.make_date("year", "month", "day")
    hour, minute = (F.lpad(F.col(name).cast("int").cast("string"), 2, "0") for name in ("hour", "minute"))
    named = (
        flights.withColumn("weekday", F.weekday(date))
        .withColumn("departure", F.concat(date.cast("string"), F.lit("T"), hour, F.lit(":"), minute))
        .withColumn("cancelled", F.col("dep_delay").isNull())
        .withColumn("diverted", F.col("arr_delay").isNull() & F.col("dep_delay").isNotNull())
        .withColumn("late", F.coalesce((F.col("arr_delay") > LATE_MINUTES).cast("int"), F.lit(0)))
        .withColumns({name: F.col(name).cast("long") for name in ("month", "flight", "hour", "distance")})
    )
    return add_airport(add_baseline(named), weather)


def count_flights(table: DataFrame) -> dict[str, object]:
    """What prepare.py writes to counts.json.

    Raises:
        InputError: a part has only late or only punctual flights.
    """
    arrived = ~F.col("cancelled") & ~F.col("diverted")
    rows = table.groupBy("month").agg(
        F.count("*").alias("flights"),
        F.sum(F.col("cancelled").cast("int")).alias("cancelled"),
        F.sum(F.col("diverted").cast("int")).alias("diverted"),
        F.sum(arrived.cast("int")).alias("rows"),
        F.sum(F.when(arrived, F.col("late"))).alias("late"),
    )
    months = {row["month"]: row for row in rows.collect()}

    def total(name: str, first: int = 1, last: int = 12) -> int:
        return sum(row[name] or 0 for month, row in months.items() if first <= month <= last)

    for name, (first, last) in PARTS.items():
        count, late = total("rows", first, last), total("late", first, last)
        if late in (0, count):
            raise InputError(
                f"flights.csv.zip: the part {name} (months {first} to {last}) has {count} flights that arrived; "
                "both late and punctual ones are needed"
            )
    return {
        **{name: total(name) for name in ("flights", "cancelled", "diverted")},
        **{name: {part: total(name, *months) for part, months in PARTS.items()} for name in ("rows", "late")},
    }


def run(spark: SparkSession, data: str, outputs: dict[str, str]) -> None:
    """Prepare what is in `data`, and write each part to its folder."""
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    table = prepare(read_flights(spark, data), read_weather(spark, data)).cache()
    counts = count_flights(table)
    for name, (first, last) in PARTS.items():
        part = table.where(F.col("month").between(first, last) & ~F.col("cancelled") & ~F.col("diverted"))
        # One file in the order of prepare.py, since training reads it on one machine.
        part.repartition(1).sortWithinPartitions(*ORDER).select(*COLUMNS).write.csv(
            outputs[name], mode="overwrite", header=True
        )
    spark.createDataFrame([(json.dumps(counts),)], ["value"]).coalesce(1).write.mode("overwrite").text(
        outputs["counts"]
    )
    print(json.dumps(counts))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", *PARTS, "counts"):
        parser.add_argument(f"--{name}", required=True, help="a folder or an S3 URI")
    options = {name: uri.rstrip("/") for name, uri in vars(parser.parse_args(arguments)).items()}
    spark = SparkSession.builder.appName("prepare flights").getOrCreate()
    try:
        run(spark, options.pop("data"), options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
