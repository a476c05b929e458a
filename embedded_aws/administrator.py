"""The embedded AWS's administrator: the keys that whoever starts a server works with, kept in its folder."""

from __future__ import annotations

import hmac
import json
import secrets
import string
from base64 import b32encode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from embedded_aws.accounts import ACCOUNT
from embedded_aws.files import write_private_file

FILE = "administrator.json"
USER = "administrator"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
KEY_PREFIX = "AKIA"
_KEY_LETTERS = string.ascii_uppercase + "234567"
_SECRET_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """An access key of the IAM user `administrator`, who may do everything.

    Args:
        access_key_id: twenty letters and digits.
        secret_access_key: forty; whoever knows it is the administrator of this one server.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)


def of_account(administrator: Administrator, account: str) -> Administrator:
    """The administrator of one account: `administrator` itself in the default account, derived keys elsewhere.

    Args:
        administrator: the administrator of the default account, from the server's folder.
        account: twelve digits.
    """
    if account == ACCOUNT:
        return administrator
    digest = hmac.digest(administrator.secret_access_key.encode(), account.encode(), "sha512")
    return Administrator(
        access_key_id=KEY_PREFIX + b32encode(digest[:10]).decode(),
        secret_access_key=b64encode(digest[10:40]).decode(),
    )


def load_or_create(folder: Path) -> Administrator:
    """The administrator of a folder's servers; made once, so that a restarted server still takes exported keys.

    Args:
        folder: the server's own; nobody but its owner can read the file.

    Raises:
        EmbeddedAwsError: the file cannot be written.
    """
    known = load(folder)
    if known:
        return known
    made = Administrator(
        access_key_id=KEY_PREFIX + "".join(secrets.choice(_KEY_LETTERS) for _ in range(16)),
        secret_access_key="".join(secrets.choice(_SECRET_LETTERS) for _ in range(40)),
    )
    content = {"access_key_id": made.access_key_id, "secret_access_key": made.secret_access_key}
    write_private_file(folder / FILE, json.dumps(content) + "\n")
    return made


def load(folder: Path) -> Administrator | None:
    """The administrator of a folder's servers; None where the folder has none, or a file of no version of ours."""
    try:
        return Administrator(**json.loads((folder / FILE).read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None
