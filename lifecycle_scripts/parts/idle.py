"""Exit with 0 to stop the instance, with 3 and "time|advice" if it stops soon, and with 1 if somebody works."""
# idle.py RUNNING MINUTES NOW [WORK]
# RUNNING: seconds since the start, from a clock that nobody sets. MINUTES: without work until the stop.
# NOW: seconds since 1970. WORK: what else is running, such as an installation.
# TZ: time zone. HOURS_STOP: when the hours of the instance end, such as "20:00 MON,TUE", or nothing.
# HOURS_WINDOW: minutes from then in which the instance stops itself. KEEP_UNTIL: seconds since 1970, asked for in S3.
#
# AWS's own sample compares UTC with local time, checks only one terminal, and ignores kernels without a notebook:
# https://github.com/aws-samples/amazon-sagemaker-notebook-instance-lifecycle-config-samples/issues/90
# The size of the script is limited and comments are removed, so functions have comments instead of docstrings.

import datetime
import json
import os
import ssl
import sys
import urllib.request
from pathlib import Path

HOME = Path("/home/ec2-user")
VOLUME = HOME / "SageMaker"
STATE = Path("/run/mlproject-idle.json")
KEEP_HOURS = 24
# Seconds.
WARNING = 300
CLOCK_SECONDS = 60
KEEP_ADVICE = (
    "To keep it, run a cell, or write a number of hours (at most 24) into ~/SageMaker/keep-alive.txt, "
    "or run `mlproject notebook keep-alive` on your machine"
)
HOURS_ADVICE = "Its hours end, whoever works. Save your files: the copy of your work is brought up to date before"


# A file that is missing, incomplete or a pipe, which would block, is empty.
def read_json(path):
    try:
        return json.loads(path.read_text()) if path.is_file() else {}
    except (OSError, ValueError):
        return {}


# Jupyter listens on this machine only, with a self-signed certificate.
def ask(url, token=""):
    tls = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())  # noqa: S323
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    with opener.open(request, timeout=20) as response:
        return json.load(response)


# The token of each Jupyter server by its URL: that of SageMaker, and those started by hand.
def servers():
    tokens = {"https://localhost:8443/": ""}
    for path in (HOME / ".local/share/jupyter/runtime").glob("*server-*.json"):
        each = read_json(path)
        # A killed server leaves its file behind.
        if each.get("port") and Path(f"/proc/{each['pid']}").exists():
            scheme = "https" if each["secure"] else "http"
            tokens[f"{scheme}://localhost:{each['port']}{each['base_url']}"] = each["token"]
    return tokens


def timestamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# The time of the last activity in Jupyter; now if a kernel is busy. A kernel to which nobody ever connected is
# "starting" for ever, so that only its last activity counts. A restart of Jupyter counts, since it ends all kernels.
# A time after now is of a clock that was wrong, and would keep the instance on until then.
def jupyter_activity(now):
    times = []
    for url, token in servers().items():
        status, kernels, terminals = (ask(f"{url}api/{name}", token) for name in ("status", "kernels", "terminals"))
        if any(kernel["execution_state"] == "busy" for kernel in kernels):
            return now
        times += [status["started"], *(each["last_activity"] for each in kernels + terminals)]
    return max((each for each in map(timestamp, times) if each < now + CLOCK_SECONDS), default=0)


# The processor time of each process in a terminal, with its children, since it may work for hours without output.
def terminal_ticks():
    ticks = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[4] != "0":
            ticks[path.parent.name] = sum(map(int, fields[11:15]))
    return ticks


# When a file of the user last changed: people edit text, and programs write results, without a kernel.
# Git and Jupyter write into hidden folders by themselves.
def last_change(now):
    newest = 0
    for folder, folders, files in os.walk(VOLUME):
        folders[:] = [name for name in folders if name[0] != "."]
        for name in files:
            path = Path(folder, name)
            if path.parent != VOLUME or not name.startswith("mlproject-"):
                try:
                    changed = path.lstat().st_mtime
                except OSError:
                    continue
                newest = max(newest, changed if changed <= now else 0)
    return newest


# Whether Livy runs a statement, at the address that SparkMagic uses. A cluster terminates itself when it is idle.
def spark_works():
    url = read_json(HOME / ".sparkmagic/config.json").get("kernel_python_credentials", {}).get("url", "")
    try:
        sessions = ask(f"{url.rstrip('/')}/sessions?size=100")["sessions"] if url.startswith("http") else []
    except (OSError, ValueError, KeyError):
        sessions = []
    return any(session["state"] == "busy" for session in sessions)


# Until when the user wants to keep the instance: for the hours in a file, from when it was written, or as asked in S3.
def kept_until(now):
    asked = float(os.environ.get("KEEP_UNTIL") or 0)
    path = VOLUME / "keep-alive.txt"
    try:
        written = path.stat().st_mtime
        if path.is_file() and written <= now:
            return max(asked, written + 3600 * min(float(path.read_text()), KEEP_HOURS))
    except (OSError, ValueError):
        pass
    return asked


# When the hours end whose window is open, or end next; a day in either direction covers windows over midnight.
# A schedule stops the instance at the end of the window, also if it was started in the window: it stops before that.
def hours_end(running, now):
    clock, _, days = os.environ.get("HOURS_STOP", "").partition(" ")
    window = float(os.environ.get("HOURS_WINDOW") or 0) * 60
    for offset in (-1, 0, 1):
        day = datetime.date.fromtimestamp(now) + datetime.timedelta(days=offset)
        if day.strftime("%a").upper() in days.split(","):
            end = datetime.datetime.combine(day, datetime.time.fromisoformat(clock)).timestamp()
            if now < end + window:
                return end if now - running < end else end + window - 120
    return float("inf")


# The time for people, and what they can do.
def announce(stop, advice):
    print(datetime.datetime.fromtimestamp(stop).astimezone().strftime("%H:%M %Z") + "|" + advice)
    return 3


def idle(running, minutes, now):
    warning = min(WARNING, minutes * 30)
    state = read_json(STATE)
    began = now - running
    # By how much somebody has set the clock since the last check. The recorded times are of the clock before.
    shift = began - state.get("began", began)
    ticks = terminal_ticks()
    used = [count - state.get("ticks", ticks).get(pid, count) for pid, count in ticks.items()]
    # A command works if it uses a second of processor time between two checks.
    works = len(sys.argv) > 4 or max(used, default=0) >= os.sysconf("SC_CLK_TCK")
    last = now if works else max(began, state.get("last", began) + shift, jupyter_activity(now))
    if now >= last + minutes * 60 - warning:
        last = now if spark_works() else max(last, last_change(now))
    stop = max(last + minutes * 60, kept_until(now))
    before = state.get("warned")
    warned = (now if before is None else before + shift) if now >= stop - warning else None
    # Nobody is surprised: the stop comes some minutes after the warning, whatever came before.
    stop = max(stop, (warned or 0) + warning)
    shown = min(stop, hours_end(running, now))
    STATE.write_text(json.dumps({"began": began, "last": last, "ticks": ticks, "warned": warned, "stop": shown}))
    if warned is None:
        return 1
    if now < stop:
        return announce(stop, KEEP_ADVICE)
    print(f"idle for {(now - last) / 60:.0f} minutes: stopping the instance", file=sys.stderr)
    return 0


def main():
    running, minutes, now = map(float, sys.argv[1:4])
    end = hours_end(running, now)
    # Whatever Jupyter does, and whoever works.
    if now >= end:
        print("the hours have ended: stopping the instance", file=sys.stderr)
        return 0
    code = 1
    try:
        code = idle(running, minutes, now)
    except (OSError, ValueError, KeyError, TypeError) as error:
        # Under full load Jupyter may not respond in time, although somebody is working.
        print("Jupyter did not respond, so the instance keeps running:", error, file=sys.stderr)
    if code == 1 and now >= end - WARNING:
        return announce(end, HOURS_ADVICE)
    return code


sys.exit(main())
