"""Write the configuration of SparkMagic: the address of Livy, and our settings unless a person has set others.

`sparkmagic.py URL [ROLE]` writes config.json below ~/.sparkmagic, or in SPARKMAGIC_CONF_DIR, as SparkMagic reads it
when a kernel starts: https://github.com/jupyter-incubator/sparkmagic/blob/master/sparkmagic/example_config.json. A file
that SparkMagic cannot read is moved aside. With a role, Livy is the endpoint of an EMR Serverless application, whose
sessions run with it. Exit code 1: the configuration cannot be written.
"""

import itertools
import json
import os
import pathlib
import sys

CREDENTIALS = tuple(f"kernel_{kind}_credentials" for kind in ("python", "scala", "r"))
NOT_STARTED = """\
The Spark session did not start:
\t{{}}

{advice}"""
ADVICE = """\
Find out whether Livy runs: `mlproject cluster status PROJECT -e ENVIRONMENT` shows the cluster, and on your machine
`mlproject spark local status PROJECT` shows local Spark. If not, `up` instead of `status` starts it.
Then restart the kernel, which reads the new address."""
APPLICATION_ADVICE = """\
Sessions start only while the EMR Serverless application runs: `mlproject application status PROJECT -e ENVIRONMENT`
shows it, and `start` instead of `status` starts it. `mlproject why` explains a denied request. Then restart the
kernel."""
# The property of a session with which EMR Serverless receives its role.
ROLE_PROPERTY = "emr-serverless.session.executionRoleArn"
# The name of our authenticator, and the authenticators of SparkMagic, which the setting replaces.
AUTHENTICATION = "EMR_Serverless"
AUTHENTICATORS = {
    "None": "sparkmagic.auth.customauth.Authenticator",
    "Basic_Access": "sparkmagic.auth.basic.Basic",
    "Kerberos": "sparkmagic.auth.kerberos.Kerberos",
    AUTHENTICATION: "mlproject_authenticator.EmrServerlessAuthenticator",
}
SETTINGS = {
    # Not `session_configs`, which %%configure replaces: what it does not mention keeps these values. A driver and an
    # executor with their overhead of 384 MB each need 4,864 MB, so that both fit on one core node of every type but
    # c1.medium, c1.xlarge, c4.large and m1.medium (yarn.nodemanager.resource.memory-mb, and maximum-allocation-mb):
    # https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html. EMR adds executors if there is
    # more to do: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-configure.html
    "session_configs_defaults": {"driverMemory": "2g", "executorMemory": "2g", "executorCores": 2},
    # A session can wait until managed scaling has added a node, which takes some minutes.
    "livy_session_startup_timeout_seconds": 300,
    # How long a cell waits for a statement of the same session that somebody else started, or that was interrupted.
    "wait_for_idle_timeout_seconds": 60,
    # Livy ends a session whose kernel has been silent this long. A local cell that computes for minutes without
    # releasing Python's lock is silent too.
    "livy_server_heartbeat_timeout_seconds": 300,
    # A session or a kernel that ends waits for the next heartbeat.
    "heartbeat_refresh_seconds": 5,
    "heartbeat_retry_seconds": 5,
    # 25 seconds in all, for status codes from 500 on. SparkMagic does not repeat a connection that fails.
    "retry_policy": "configurable",
    "retry_seconds_to_sleep_list": [0.2, 0.5, 1, 3, 5],
    "configurable_retry_policy_max_retries": 8,
    # An error on the cluster is an error of the cell, so that "Run All" does not continue with old variables.
    "all_errors_are_fatal": True,
    "shutdown_session_on_spark_statement_errors": False,
    # A kernel that ends returns the memory of its sessions, also of those of `%spark add`.
    "cleanup_all_sessions_on_exit": True,
    # Tables of pandas instead of widgets, which add 4 MB of JavaScript to the notebook for each table, and show nothing
    # where the notebook is only read, such as in GitLab.
    "use_auto_viz": False,
    # Text stays text: SparkMagic would guess dates and numbers, and 01 would become 1.
    "coerce_dataframe": False,
    "fatal_error_suggestion": NOT_STARTED.format(advice=ADVICE),
    "resource_limit_mitigation_suggestion": (
        "Shut down the kernels of notebooks that you no longer need, or ask for less memory with %%configure -f."
    ),
}

# https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/interactive-workloads-livy-endpoints.html
APPLICATION_SETTINGS = {
    **SETTINGS,
    # Driver and executors have EMR Serverless's own sizes, 4 vCPUs and 16 GB, for which the smallest maximum of an
    # application has room.
    "session_configs_defaults": {},
    # A session waits until its workers have started, which nothing keeps ready.
    "livy_session_startup_timeout_seconds": 600,
    "fatal_error_suggestion": NOT_STARTED.format(advice=APPLICATION_ADVICE),
}


class InvalidConfigError(Exception):
    """SparkMagic cannot read the configuration. The text says why."""


def read_config(path):
    """Return the configuration of a person, {} if there is none, or raise InvalidConfigError or OSError."""
    try:
        text = path.read_text(encoding="utf-8")
        # SparkMagic creates an empty file when it is used for the first time.
        config = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidConfigError(f"it is not valid JSON ({error})") from error
    if not isinstance(config, dict):
        raise InvalidConfigError("it is not a JSON object")
    for name in (*CREDENTIALS, "session_configs", "session_configs_defaults", "authenticators"):
        if not isinstance(config.get(name, {}), dict):
            raise InvalidConfigError(f"{name} is not a JSON object")
    if not isinstance(config.get("session_configs_defaults", {}).get("conf", {}), dict):
        raise InvalidConfigError("session_configs_defaults.conf is not a JSON object")
    return config


def complete(config, url, role):
    """Return a configuration with the address of Livy and, where the person has set nothing, our settings."""
    credentials = {
        name: {"username": "", "password": "", "auth": "None", **config.get(name, {}), "url": url}
        for name in CREDENTIALS
    }
    if role:
        return use_application({**APPLICATION_SETTINGS, **config, **credentials}, role)
    return {**SETTINGS, **config, **credentials}


def use_application(config, role):
    """Return a configuration whose requests are signed, and whose sessions run with a role."""
    defaults = config["session_configs_defaults"]
    return {
        **config,
        **{name: {**config[name], "auth": AUTHENTICATION} for name in CREDENTIALS},
        "authenticators": {**AUTHENTICATORS, **config.get("authenticators", {})},
        "session_configs_defaults": {**defaults, "conf": {**defaults.get("conf", {}), ROLE_PROPERTY: role}},
    }


def move_aside(path):
    """Rename the file to a name that is not in use, and return the new path."""
    names = (path.with_name(f"config.invalid-{number}.json") for number in itertools.count(1))
    new = next(each for each in names if not each.exists())
    path.rename(new)
    return new


def write(path, config):
    """Replace the file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(".config.new")
    new.write_text(json.dumps(config, indent=2))
    new.replace(path)


def update(path, url, role):
    """Set the address and our settings. What a person has set is kept."""
    try:
        config = read_config(path)
    except InvalidConfigError as error:
        kept = move_aside(path)
        print(
            f"{path}: SparkMagic cannot read it, because {error}. It is now {kept.name}, and a new one was written: "
            "correct your settings there, and copy them into the new one.",
            file=sys.stderr,
        )
        config = {}
    desired = complete(config, url, role)
    if desired != config:
        write(path, desired)


if __name__ == "__main__":
    folder = pathlib.Path(os.environ.get("SPARKMAGIC_CONF_DIR") or "~/.sparkmagic").expanduser()
    try:
        update(folder / "config.json", sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    except OSError as failure:
        sys.exit(f"{folder}/config.json: the address of Livy cannot be written ({failure.strerror})")
