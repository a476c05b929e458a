"""The permissions that the role of this instance lacks, as AWS names them in its messages."""

import re

# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_MISSING = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
_REMEDY = "Run `mlproject why` with this message on your laptop, do what it says, and stop and start the notebook"


def missing_permissions(text):
    """Return the missing permissions in a text, such as `s3:GetObject`, in order."""
    return list(dict.fromkeys(_MISSING.findall(text)))


def with_remedy(message):
    """Return a message without a full stop, followed by what to do if a permission is missing."""
    return f"{message}. {_REMEDY}" if missing_permissions(message) else message
