"""Copy the examples, and keep START HERE, the logs and the state of the cluster up to date while the instance runs."""

import time

from mlproject_notebook import start_here
from mlproject_notebook.cluster import check_cluster
from mlproject_notebook.examples import Examples
from mlproject_notebook.instance import description_path, log, read_json
from mlproject_notebook.logs import Logs
from mlproject_notebook.start_script import StartScript
from mlproject_notebook.status import Status

# Until libraries and start script are ready, people wait for the status. Calls to AWS would slow the installation down,
# so that they are rarer.
_BUSY_SECONDS = 2


class Updates:
    """The updates of one instance.

    Args:
        description: what the deployment wrote about the instance.
    """

    def __init__(self, description):
        self._description = description
        self._start_script = StartScript(description)
        self._logs = Logs(description)
        self._examples = Examples(description)
        self._seconds = description["refresh_seconds"]
        self._next_calls = 0
        self._busy = None

    def run(self):
        """Run one round, and return the seconds until the next."""
        self._try(self._start_script.check)
        self._try(self._examples.copy)
        busy = Status(self._description).is_busy()
        self._try(lambda: start_here.refresh(self._description))
        if time.monotonic() >= self._next_calls or busy != self._busy:
            self._try(lambda: check_cluster(self._description))
            self._try(lambda: start_here.refresh(self._description))
            self._try(self._logs.count_failure)
            self._try(self._logs.send)
            self._next_calls = time.monotonic() + self._seconds
        self._busy = busy
        return min(self._seconds, _BUSY_SECONDS) if busy else self._seconds

    def _try(self, step):
        try:
            step()
        except OSError as error:
            # Such as a full disk, which the next round may find solved.
            log(f"{type(error).__name__}: {error}")


def main():
    description = read_json(description_path())
    if not description:
        log(f"the tools have no {description_path()}, so that there is no START HERE notebook")
        return
    updates = Updates(description)
    while True:
        time.sleep(updates.run())


if __name__ == "__main__":
    main()
