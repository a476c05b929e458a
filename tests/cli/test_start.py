"""A command starts without what only some commands need, since each import is paid by every call."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"aws_cdk", "boto3", "botocore", "cryptography", "jinja2", "moto", "pandas", "pydantic", "rich", "ruamel"}


def test_registering_the_commands_imports_no_heavy_library() -> None:
    code = (
        "import json, sys; from mlproject.cli.main import build_app; build_app(); "
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(json.loads(done.stdout)) == set()
