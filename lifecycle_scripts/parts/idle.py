"""Ends with 0 when nobody has worked for so many minutes, else with 1: asks Jupyter on this machine.

AWS's own sample compares UTC with local time, looks at one terminal only, and takes notebooks for all kernels:
https://github.com/aws-samples/amazon-sagemaker-notebook-instance-lifecycle-config-samples/issues/90
"""

import datetime
import json
import ssl
import sys
import urllib.request

started, minutes = (int(argument) for argument in sys.argv[1:])
now = datetime.datetime.now(datetime.timezone.utc).timestamp()


def ask(what):
    """What Jupyter answers; it listens with a certificate of its own making, on this machine only."""
    trust = ssl._create_unverified_context()  # noqa: S323
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
    with opener.open(f"https://localhost:8443/api/{what}", timeout=20) as answer:
        return json.load(answer)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


try:
    kernels, terminals = ask("kernels"), ask("terminals")
    if any(kernel["execution_state"] not in ("idle", "dead") for kernel in kernels):
        sys.exit(1)
    last = max([started, *(moment(each["last_activity"]) for each in kernels + terminals)])
except (OSError, ValueError, KeyError) as error:
    # A machine under full load answers late, so no answer is no proof that nobody works.
    print("Jupyter does not tell who works, so the instance stays:", error, flush=True)
    sys.exit(1)
idle = (now - last) / 60
if idle < minutes:
    sys.exit(1)
print(f"nobody has worked for {idle:.0f} minutes: stopping", flush=True)
