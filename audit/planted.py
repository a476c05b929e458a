"""Faults that each judge must find: a judge that does not report its own is asleep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ANYONE: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        # Public, without encryption, access logs or versions.
        "PublicBucket": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}},
        "Administrator": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
                    ],
                },
                "Policies": [{"PolicyName": "everything", "PolicyDocument": _ANYONE}],
            },
        },
    }
}
_CODE = 'import subprocess\n\nsubprocess.run("ls " + input(), shell=True)\n'
_SCRIPT = "#!/usr/bin/env bash\nrm $1\n"
# Written in two parts, since the file that you read is scanned too.
_SECRET = "key = AKIA" + "Z7EXAMPLEQ4RST2U\n"
_REQUIREMENTS = "requests==2.19.0\n"
_PACKAGE = {"name": "planted", "version": "1.0.0", "dependencies": {"lodash": "4.17.4"}}
_PACKAGE_LOCK = {
    "name": "planted",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {
        "": _PACKAGE,
        "node_modules/lodash": {"version": "4.17.4"},
    },
}


def plant(folder: Path) -> None:
    """Write the faults into a new folder: `template.json`, `code.py`, `script.sh`, `secret.txt`, and two locks."""
    folder.mkdir(parents=True)
    (folder / "template.json").write_text(json.dumps(TEMPLATE))
    (folder / "code.py").write_text(_CODE)
    (folder / "script.sh").write_text(_SCRIPT)
    (folder / "secret.txt").write_text(_SECRET)
    (folder / "requirements.txt").write_text(_REQUIREMENTS)
    (folder / "package.json").write_text(json.dumps(_PACKAGE))
    (folder / "package-lock.json").write_text(json.dumps(_PACKAGE_LOCK))
