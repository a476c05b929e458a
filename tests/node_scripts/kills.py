"""Kills an installation at a chosen point, like a power failure."""

from __future__ import annotations

# As sitecustomize.py, it runs before any program of a machine: it kills the run and its programs when it is about to
# change something for the n-th time, or starts its n-th program and lets that work for a moment.
# https://docs.python.org/3/library/audit_events.html
KILL = """
import os, signal, sys, time
point, moment = int(os.environ.pop("KILL_POINT", 0)), float(os.environ.pop("KILL_MOMENT", 0))
steps = 0
def hook(event, arguments):
    global steps
    changes = event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree")
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if not (changes or writes or event == "subprocess.Popen"):
        return
    steps += 1
    if steps == point:
        if event != "subprocess.Popen":
            os.kill(0, signal.SIGKILL)
        elif os.fork() == 0:
            time.sleep(moment)
            os.kill(0, signal.SIGKILL)
if point:
    sys.addaudithook(hook)
"""
