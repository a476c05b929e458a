"""Addresses in the parameters: e-mail, https, S3, and ARNs of what exists already."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from mlproject.parameters.finding import RefusalError
from mlproject.parameters.input_models import constraints

# https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1: 64 before the @, 254 in all.
EMAIL_LIMIT, LOCAL_PART_LIMIT = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?"

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# In a policy's resource, * and ? match anything and ${ begins a variable: what is granted would be another thing than
# what is written (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
_KEY_CHARACTER = r"[A-Za-z0-9!_.'()@=,+/-]"
PREFIX = rf"((?!/){_KEY_CHARACTER}{{1,900}}/)?"
S3_FOLDER = rf"s3://{BUCKET}/{PREFIX}"
S3_ZIP = rf"s3://{BUCKET}/(?!/){_KEY_CHARACTER}{{1,900}}\.zip"
# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN; an alias grants nothing in IAM.
KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}"
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html: a name and six random characters.
SECRETS_MANAGER_ARN = (
    r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
)
URL_LIMIT = 1024
# The user and password of an address: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
CREDENTIALS = r"//[^/?#\s]*@"


def email(text: str) -> str:
    """An e-mail address, as budgets and notifications take it."""
    local = text.partition("@")[0]
    if len(text) > EMAIL_LIMIT or len(local) > LOCAL_PART_LIMIT or not constraints.matches(_EMAIL, text):
        raise RefusalError(f"{text} is no e-mail address")
    return text


def https_url(text: str) -> str:
    """An https address without what belongs into a secret; such an address is not repeated in the message."""
    if re.search(CREDENTIALS, text):
        message = "the address holds a user or password, which everybody who sees this file could read"
        raise RefusalError(message, secret=True)
    parts = _split(text)
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise RefusalError(f"{text} is no plain https address")
    return text


def repository_url(text: str) -> str:
    """The https address of a Git repository.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_GitConfig.html (RepositoryUrl)
    """
    https_url(text)
    if len(urlsplit(text).path) < len("/a/b"):
        raise RefusalError(f"{text} names a host and no repository")
    return text


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None if it has no such form."""
    if len(text) > URL_LIMIT or not constraints.matches(r"[!-~]+", text):
        return None
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        valid = parts.port != 0
    except ValueError:
        return None
    return parts if valid else None
