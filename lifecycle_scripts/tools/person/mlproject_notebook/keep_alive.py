"""Print until when somebody asked to keep this instance with `mlproject notebook keep-alive`, in seconds since 1970."""

import datetime
import email.utils
import json
import sys

from mlproject_notebook.instance import aws, description_path, read_json

# The limit of keep-alive.txt too: a request that somebody forgets costs no more than a day.
_LIMIT_SECONDS = 24 * 3600


def requested(description):
    """Return the time that the newest request names, at most a day after the request was made, or None.

    Raises:
        OSError: S3 cannot be asked.
    """
    bucket, key = description["data_bucket"], description["keep_alive_key"]
    query = "[Metadata.until,LastModified]"
    try:
        found = aws("s3api", "head-object", "--bucket", bucket, "--key", key, "--query", query, "--output", "json")
    except OSError as error:
        if "(404)" in str(error):
            return None
        raise
    until, made = json.loads(found)
    limit = _seconds(made) + _LIMIT_SECONDS
    try:
        return min(float(until), limit)
    except (TypeError, ValueError):
        return None


def _seconds(text):
    """Return seconds since 1970. Version 2 of the AWS CLI writes ISO 8601, version 1 the date of the HTTP header."""
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return email.utils.parsedate_to_datetime(text).timestamp()


def main():
    description = read_json(description_path())
    if not description:
        return
    try:
        until = requested(description)
    except OSError as error:
        print("whether the instance is kept on is unknown:", error, file=sys.stderr)
        return
    if until is not None:
        print(f"{until:.0f}")


if __name__ == "__main__":
    main()
