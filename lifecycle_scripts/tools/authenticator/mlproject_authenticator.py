"""Sign the requests of SparkMagic to the Livy endpoint of an EMR Serverless application.

sparkmagic.py names the class in config.json, and the kernels of SparkMagic have this folder in PYTHONPATH:
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/interactive-workloads-livy-endpoints.html
"""

import re
import sys
from urllib.parse import urlsplit

from sparkmagic.auth.customauth import Authenticator
from sparkmagic.livyclientlib.exceptions import HttpClientException

try:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session
except ImportError:
    # SparkMagic would show a traceback. The error of the first request is one sentence.
    Session = None

_ADDRESS = re.compile(r"[a-z0-9]+\.livy\.emr-serverless-services\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?")
# Between here and AWS, a proxy may change these.
_NOT_SIGNED = frozenset({"accept", "accept-encoding", "connection", "content-length", "user-agent"})
_REMEDY = (
    "A notebook instance has those of its role: run `aws sts get-caller-identity` in a terminal, and remove what "
    "hides them, such as ~/.aws/credentials or the variable AWS_PROFILE. Then restart the kernel."
)


class EmrServerlessAuthenticator(Authenticator):
    """Adds a signature of Signature Version 4, with the credentials of the notebook's role.

    Each error is an HttpClientException, which SparkMagic shows in one line, and after which it does not try again.
    """

    def __init__(self, parsed_attributes=None):
        super().__init__(parsed_attributes)
        self._credentials = None

    def __call__(self, request):
        """Return the request with its signature, which covers its body."""
        region = _region(request.url)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SIGNED}
        credentials = self._valid_credentials()
        signed = AWSRequest(method=request.method, url=request.url, data=request.body, headers=headers)
        SigV4Auth(credentials, "emr-serverless", region).add_auth(signed)
        request.headers.update(signed.headers.items())
        return request

    def _valid_credentials(self):
        """Return credentials, which botocore renews before they expire."""
        if Session is None:
            raise HttpClientException(
                "SparkMagic cannot sign requests to EMR Serverless, because its Python has no botocore. Install it "
                f"with `{sys.executable} -m pip install botocore` in a terminal, and restart the kernel."
            )
        try:
            self._credentials = self._credentials or Session().get_credentials()
            found = self._credentials and self._credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise HttpClientException(f"The AWS credentials cannot be read: {error} {_REMEDY}") from error
        if not found:
            raise HttpClientException(f"There are no AWS credentials to sign requests to EMR Serverless. {_REMEDY}")
        return found


def _region(url):
    """Return the region of an endpoint. Nothing else receives a signature and the token of the session."""
    host = urlsplit(url).hostname or ""
    found = _ADDRESS.fullmatch(host)
    if not found:
        raise HttpClientException(
            f"{host} is not the Livy endpoint of an EMR Serverless application, such as "
            "00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com. Correct the address, or use "
            "`auth` None for Livy on a cluster."
        )
    return found[1]
