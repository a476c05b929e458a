"""Constraints on addresses: email, HTTPS, S3, and ARNs of existing resources."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.input_models import constraints
from mlproject.translation import Message

# https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1: 64 before the @, 254 in all.
EMAIL_LIMIT, LOCAL_PART_LIMIT = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?"

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# In the resource of a policy, * and ? are wildcards and ${ starts a variable. They would grant access to other objects
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
_KEY_CHARACTER = r"[A-Za-z0-9!_.'()@=,+/-]"
PREFIX = rf"((?!/){_KEY_CHARACTER}{{1,900}}/)?"
S3_FOLDER = rf"s3://{BUCKET}/{PREFIX}"
S3_ZIP = rf"s3://{BUCKET}/(?!/){_KEY_CHARACTER}{{1,900}}\.zip"
# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN; IAM ignores an alias ARN.
KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}"
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html: a name and six random characters.
SECRETS_MANAGER_ARN = (
    r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
)
URL_LIMIT = 1024
PROXY = rf"https?://({_LABEL}\.)*{_LABEL}:[0-9]{{1,5}}/?"
PORT_LIMIT = 65_535
# User and password in a URL: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
CREDENTIALS = r"//[^/?#\s]*@"


def validate_email(text: str) -> str:
    """Validate an email address, as AWS Budgets and SNS accept it."""
    local = text.partition("@")[0]
    if len(text) > EMAIL_LIMIT or len(local) > LOCAL_PART_LIMIT or not constraints.matches(_EMAIL, text):
        raise InvalidValueError(Message("{text} is not a valid email address", text=text))
    return text


def validate_https_url(text: str) -> str:
    """Validate an HTTPS URL without credentials. The error message does not repeat a URL with credentials."""
    if re.search(CREDENTIALS, text):
        message = Message("the URL contains a user or password, which anyone with access to this file could read")
        raise InvalidValueError(message, secret=True)
    parts = _split(text)
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise InvalidValueError(Message("{text} is not a plain https URL", text=text))
    return text


def validate_proxy(text: str) -> str:
    """Validate the URL of a proxy: scheme, host and port, without credentials."""
    if re.search(CREDENTIALS, text):
        message = Message("the URL contains a user or password, which anyone with access to this file could read")
        raise InvalidValueError(message, secret=True)
    if not constraints.matches(PROXY, text):
        raise InvalidValueError(Message("{text} is not the URL of a proxy", text=text))
    port = int(text.rpartition(":")[2].rstrip("/"))
    if not 1 <= port <= PORT_LIMIT:
        raise InvalidValueError(Message("{port} is not a port", port=port))
    return text


def validate_repository_url(text: str) -> str:
    """Validate the HTTPS URL of a Git repository.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_GitConfig.html (RepositoryUrl)
    """
    validate_https_url(text)
    if len(urlsplit(text).path) < len("/a/b"):
        raise InvalidValueError(Message("{text} names a host but no repository", text=text))
    return text


def validate_parentheses(text: str) -> str:
    """Validate that parentheses are in pairs: CDK rejects the name of a finding on the ARN of the objects otherwise."""
    is_open = 0
    for character in text:
        is_open += {"(": 1, ")": -1}.get(character, 0)
        if is_open < 0:
            break
    if is_open:
        message = Message("{text} has a parenthesis without its counterpart", text=text)
        raise InvalidValueError(message, allowed=Message("parentheses in pairs, such as raw(2013)/"))
    return text


def _split(text: str) -> SplitResult | None:
    """Return the parts of a URL; None if it is malformed."""
    if len(text) > URL_LIMIT or not constraints.matches(r"[!-~]+", text):
        return None
    try:
        parts = urlsplit(text)
        # Reading the port validates it.
        valid = parts.port != 0
    except ValueError:
        return None
    return parts if valid else None
