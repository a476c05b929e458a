"""Exit with 0 if Jupyter on this machine has been idle for the given minutes, otherwise with 1.

AWS's own sample compares UTC with local time, checks only one terminal, and ignores kernels without a notebook:
https://github.com/aws-samples/amazon-sagemaker-notebook-instance-lifecycle-config-samples/issues/90
"""

import datetime
import json
import ssl
import sys
import urllib.request

started, minutes = (int(argument) for argument in sys.argv[1:])
now = datetime.datetime.now(datetime.timezone.utc).timestamp()


def read_api(path):
    """Call Jupyter's API, which listens on this machine only, with a self-signed certificate."""
    trust = ssl._create_unverified_context()  # noqa: S323
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
    with opener.open(f"https://localhost:8443/api/{path}", timeout=20) as response:
        return json.load(response)


def timestamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


try:
    kernels, terminals = read_api("kernels"), read_api("terminals")
    if any(kernel["execution_state"] not in ("idle", "dead") for kernel in kernels):
        sys.exit(1)
    last = max([started, *(timestamp(each["last_activity"]) for each in kernels + terminals)])
except (OSError, ValueError, KeyError) as error:
    # Under full load Jupyter may not respond in time, although somebody is working.
    print("Jupyter did not respond, so the instance keeps running:", error, flush=True)
    sys.exit(1)
idle = (now - last) / 60
if idle < minutes:
    sys.exit(1)
print(f"idle for {idle:.0f} minutes: stopping the instance", flush=True)
