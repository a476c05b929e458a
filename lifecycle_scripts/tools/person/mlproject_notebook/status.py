"""The status of this instance as rows of a table, from what the other processes recorded."""

import datetime
import os
import time
import zoneinfo
from pathlib import Path
from urllib.parse import quote

from mlproject_notebook import examples
from mlproject_notebook.instance import IDLE_FILE, SETUP_FILE, STATE, STATUS_FILE, read_json
from mlproject_notebook.permissions import missing_permissions
from mlproject_notebook.texts import TEXTS

_IDLE = "idle: "
_SPARKMAGIC = Path.home() / ".sparkmagic"
_CONSOLE = "https://{region}.{console}/s3/buckets/{bucket}?region={region}"


class Status:
    """The status of the instance at this moment.

    Args:
        description: what the deployment wrote about the instance.
    """

    def __init__(self, description):
        self._description = description
        self._texts = TEXTS[description["language"]]
        self._setup = read_json(SETUP_FILE)
        self.has_kernel = bool(description["kernel"])

    def rows(self, *, exact=True):
        """Return the rows of the status table: name and value, both in Markdown.

        Args:
            exact: whether the minute of the idle stop is shown, which moves as long as somebody works.
        """
        rows = [
            *self._libraries(),
            *self._cluster(),
            (self.text("cost"), self._cost()),
            (self.text("idle"), self._idle(exact=exact)),
            *self._hours(),
            (self.text("work"), self._work()),
            *self._start_script(),
            *((self.text("problem"), problem) for problem in self._setup.get("problems", [])),
            *((self.text("log"), problem) for problem in self._setup.get("log_problems", [])),
        ]
        return [*self._missing_permissions(rows), *rows]

    def links(self, folder):
        """Return rows with links to the data and, if there are any, to the examples.

        Args:
            folder: folder of the notebook that shows the links.
        """
        rows = [(self.text(kind), self._bucket(self._description[f"{kind}_bucket"])) for kind in ("data", "artifacts")]
        found = examples.titles(self._description)
        targets = ((title, quote(os.path.relpath(path, folder))) for path, title in found.items())
        name = self.text("examples")
        rows += [(name if not number else "", f"[{title}]({to})") for number, (title, to) in enumerate(targets)]
        return rows

    def text(self, name, **values):
        """Return a sentence in the language of the notebook."""
        return self._texts[name].format(**{**self._description, **values})

    def help(self):
        """Return the commands of the magic, one a line."""
        width = max(len(command) for command, _ in self._texts["help"])
        lines = [f"  {command:{width}}  {what}" for command, what in self._texts["help"]]
        return "\n".join([self._texts["help_title"], *lines])

    def is_busy(self):
        """Whether the status is expected to change soon."""
        recorded = read_recorded_libraries()
        installing = self.has_kernel and recorded.get("state") not in ("installed", "failed")
        return installing or self._setup.get("start_script", {}).get("state") == "running"

    def _missing_permissions(self, rows):
        """Return a row with what to do about the messages in the other rows."""
        found = missing_permissions("\n".join(str(value) for _, value in rows))
        actions = ", ".join(f"`{action}`" for action in found)
        return [(self.text("permission"), self.text("permission_value", actions=actions))] if found else []

    def _libraries(self):
        name = self.text("libraries")
        if not self.has_kernel:
            return [(name, self.text("no_libraries"))]
        recorded = read_recorded_libraries()
        if not recorded:
            return [(name, self.text("not_started"))]
        rows = [(name, recorded["message"])]
        rows += [(self.text(key), recorded[key]) for key in ("since", "source", "kernel") if recorded.get(key)]
        if recorded.get("previous_in_use"):
            rows.append((self.text("previous"), self.text("previous_value")))
        if recorded.get("state") == "failed" and not missing_permissions(recorded["message"]):
            rows.append((self.text("todo"), self.text("todo_failed")))
        return rows

    def _cluster(self):
        if not self._description["livy_parameter"]:
            return []
        found = self._setup.get("cluster") or {"state": "unchecked"}
        kind = "application" if self._description.get("livy_role") else "cluster"
        rows = [(self.text(kind), self.text(f"{kind}_{found['state']}", **found))]
        # What sparkmagic.py has moved aside since the start, as the home directory is new at each start.
        moved = sorted(_SPARKMAGIC.glob("config.invalid-*.json"))
        return rows + [(self.text("problem"), self.text("sparkmagic_invalid", file=path.name)) for path in moved]

    def _cost(self):
        price = self._description["price"]
        values = {"type": self._description["instance_type"], "volume": self._description["volume_gb"]}
        if not price:
            return self.text("cost_unknown", **values)
        usd = price["usd"].replace(".", self.text("decimal_point"))
        return self.text("cost_known", **{**price, "usd": usd}, **values)

    def _idle(self, *, exact):
        """The time is a lower bound, so that it stays true in a notebook that was written some time ago."""
        after = self.text("idle_value", minutes=self._description["idle_minutes"])
        stop = read_json(IDLE_FILE).get("stop", 0)
        if stop > time.time():
            zone = self._description["timezone"]
            after = f"{after}, {self.text('idle_time', time=clock_time(stop, zone=zone, exact=exact))}"
        return ". ".join([after, *self._idle_notes()])

    def _idle_notes(self):
        """Return what idle.sh has written into the status: when the instance stops, or why it cannot."""
        try:
            lines = STATUS_FILE.read_text().splitlines()
        except OSError:
            lines = []
        return [line[len(_IDLE) :] for line in lines if line.startswith(_IDLE)]

    def _hours(self):
        hours = self._description["hours"]
        if not hours:
            return []
        days = ", ".join(self._texts["days"][day] for day in hours["days"])
        return [(self.text("hours"), self.text("hours_value", **{**hours, "days": days}))]

    def _work(self):
        work = self._description["work"]
        failed = read_json(STATE / "work.json").get("failed")
        if failed:
            return self.text("work_failed", failed=failed)
        return self.text("work_value", uri=work) if work else self.text("work_none")

    def _start_script(self):
        script = self._description["start_script"]
        if not script:
            return []
        found = self._setup.get("start_script") or {"state": "unchecked"}
        return [(self.text("start_script"), self.text(f"start_script_{found['state']}", **{**found, **script}))]

    def _bucket(self, bucket):
        url = _CONSOLE.format(region=self._description["region"], console=self._description["console"], bucket=bucket)
        return f"`s3://{bucket}/` ([{self.text('open_console')}]({url}))"


def clock_time(seconds, *, zone, exact=True):
    """Return a time as people in a time zone write it, such as `15:42 CET`, with the date if it is not today.

    Args:
        seconds: seconds since 1970.
        zone: name of the time zone, such as `Europe/Madrid`. UTC is used if this machine does not know it.
        exact: whether the minutes are shown.
    """
    try:
        place = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        place = datetime.timezone.utc
    then = datetime.datetime.fromtimestamp(seconds, place)
    day = "" if then.date() == datetime.datetime.now(place).date() else "%F "
    return then.strftime(f"{day}%H:%M %Z" if exact else f"{day}%H %Z")


def read_recorded_libraries():
    """Return what the installation recorded, or the first line of the status file if it recorded nothing else."""
    recorded = read_json(STATE / "libraries.json")
    if recorded.get("message"):
        return recorded
    try:
        message, _, rest = STATUS_FILE.read_text().partition("\n")
    except OSError:
        return {}
    since = rest.partition(";")[0].strip("( )\n")
    return {"state": message.partition(":")[0], "message": message, "since": since}


def markdown_table(rows):
    """Return rows as a table. The names are its header column, since the table needs no header row."""
    cells = [(f"**{name}**" if name else "", " ".join(str(value).split()).replace("|", "\\|")) for name, value in rows]
    return "\n".join(["| | |", "|:--|:--|", *(f"| {name} | {value} |" for name, value in cells)])
