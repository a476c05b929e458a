"""Prepare the /opt/ml of a model's container, and run its server: `python -m ... SPECIFICATION`.

The embedded AWS starts this process for an endpoint, and embedded_aws/inference/containers.py defines the
specification. The model and its script are read with the role of the model.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import images
from mlproject.runner.container.isolation import BASE, default_isolation
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.staging import Input, download, list_input
from mlproject.runner.serving.server import ServerOptions
from mlproject.runner.steps.job import base_environment
from mlproject.runner.steps.transform import DIRECTORY, FRAMEWORKS, PROGRAM, unsupported_container_reasons
from mlproject.runner.steps.xgboost_algorithm import PYTHONPATH
from mlproject.runner.storage import archive
from mlproject.runner.storage.s3_store import S3Store


def main(specification: Mapping[str, Any]) -> None:
    """Run the model's server until it ends.

    Raises:
        UserError: the image or the model is not supported here, or a file is missing.
    """
    container = {"Image": specification["image"], "Environment": specification["environment"]}
    for reason in unsupported_container_reasons(container):
        raise UserError(f"{reason}.", exit_code=1)
    place = Place(folder=Path(specification["folder"]), isolation=default_isolation())
    variables: dict[str, str] = dict(specification["environment"])
    _stage(place, "model", specification["model_data_url"], f"{BASE}/model")
    directory = variables.get(DIRECTORY, "")
    code = directory or f"{BASE}/model/code"
    if directory.startswith("s3://"):
        code = f"{BASE}/code"
        _stage(place, "code", directory, code)
    program = variables.get(PROGRAM, "")
    if program and not (place.local(code) / program).is_file():
        raise UserError(f"{code} does not contain {program}, the value of {PROGRAM}.", exit_code=1)
    options = ServerOptions(
        listener=specification["listener"],
        model=place.seen(f"{BASE}/model"),
        code=place.seen(code),
        program=program,
        framework=FRAMEWORKS.get(images.repository(specification["image"]), ""),
    )
    _run_server(place, options, variables, listener=specification["listener"])


def _stage(place: Place, name: str, uri: str, local_path: str) -> None:
    """Download an archive with the role's credentials, and unpack it."""
    import boto3
    from botocore.config import Config

    endpoint = os.environ["AWS_ENDPOINT_URL"]
    client = boto3.client("s3", config=Config(proxies={}, s3={"addressing_style": "path"}))
    store = S3Store(client, endpoint=endpoint)
    folder = place.folder / "downloads" / name
    download(store, list_input(store, Input(name=name, uri=uri, local_path=local_path)), folder)
    packed = [path for path in folder.rglob("*") if path.is_file()]
    if len(packed) != 1:
        raise UserError(f"{uri}: {len(packed)} objects begin with it, but it must be one tar.gz.", exit_code=1)
    archive.unpack(packed[0], place.local(local_path))


def _run_server(place: Place, options: ServerOptions, variables: Mapping[str, str], *, listener: int) -> None:
    given = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    own = {"SM_MODEL_DIR": f"{BASE}/model", "PYTHONPATH": PYTHONPATH, **variables}
    environment = base_environment(place, given, own)
    home = place.folder / "home"
    module = [sys.executable, "-P", "-m", "mlproject.runner.serving.server", json.dumps(asdict(options))]
    command = place.wrap_command(module, folder=str(home))
    # A child, and not this process itself: the isolation ends its process when the thread that started it ends, and a
    # thread of the embedded AWS ends with a client's connection.
    process = subprocess.Popen(command, env=environment, cwd=home, pass_fds=(listener,))
    os.close(listener)
    sys.exit(process.wait())


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except UserError as error:
        sys.exit(str(error))
