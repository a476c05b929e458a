"""The status of this instance as rows of a table, from what the other processes recorded."""

from mlproject_notebook.instance import SETUP_FILE, STATE, STATUS_FILE, VOLUME, read_json
from mlproject_notebook.texts import TEXTS

_IDLE = "idle: "
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

    def rows(self):
        """Return the rows of the status table: name and value, both in Markdown."""
        return [
            *self._libraries(),
            *self._cluster(),
            (self.text("cost"), self._cost()),
            (self.text("idle"), self._idle()),
            (self.text("work"), self._work()),
            *self._start_script(),
            *((self.text("problem"), problem) for problem in self._setup.get("problems", [])),
            *((self.text("log"), problem) for problem in self._setup.get("log_problems", [])),
        ]

    def links(self):
        """Return rows with links to the data and, if there are any, to the examples."""
        rows = [(self.text(kind), self._bucket(self._description[f"{kind}_bucket"])) for kind in ("data", "artifacts")]
        if (VOLUME / "examples").is_dir():
            rows.append((self.text("examples"), self.text("examples_value")))
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
        if recorded.get("state") == "failed":
            rows.append((self.text("todo"), self.text("todo_failed")))
        return rows

    def _cluster(self):
        if not self._description["livy_parameter"]:
            return []
        found = self._setup.get("cluster") or {"state": "unchecked"}
        return [(self.text("cluster"), self.text(f"cluster_{found['state']}", **found))]

    def _cost(self):
        price = self._description["price"]
        values = {"type": self._description["instance_type"], "volume": self._description["volume_gb"]}
        return self.text("cost_known", **price, **values) if price else self.text("cost_unknown", **values)

    def _idle(self):
        try:
            lines = STATUS_FILE.read_text().splitlines()
        except OSError:
            lines = []
        # Of idle.sh: when the instance stops, or why it cannot.
        notes = [line[len(_IDLE) :] for line in lines if line.startswith(_IDLE)]
        return ". ".join([self.text("idle_value", minutes=self._description["idle_minutes"]), *notes])

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
    cells = [(name, " ".join(str(value).split()).replace("|", "\\|")) for name, value in rows]
    return "\n".join(["| | |", "|:--|:--|", *(f"| **{name}** | {value} |" for name, value in cells)])
