"""Proofs of SageMaker's endpoints whose containers run: a process answers, and ends with its endpoint."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws.inference import Hosting, configure_hosting
from tests.embedded_aws.gaps.proofs import proves
from tests.embedded_aws.moto_server import Services

# Answers with the image that it stands for, and what it was sent.
CONTAINER = """
import json, os, socket, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

given = json.loads(sys.argv[1])

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(b"")

    def do_POST(self):
        self.reply(given["image"].encode() + b" " + self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

def end():
    sys.stdin.buffer.read()
    os._exit(0)

server = HTTPServer(("localhost", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=given["listener"])
threading.Thread(target=end, daemon=True).start()
server.serve_forever()
"""


@contextmanager
def hosted(services: Services, name: str) -> Iterator[str]:
    """An endpoint with a running container."""
    name = name.replace("_", "-")
    statement = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = services("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )["Role"]["Arn"]
    sagemaker = services("sagemaker")
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-c", CONTAINER)
        configure_hosting(Hosting(command, folder=Path(folder), endpoint=services.endpoint))
        try:
            sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer={"Image": "echo"})
            variant = {"VariantName": "all", "ModelName": name, "InstanceType": "ml.m5.large"}
            sagemaker.create_endpoint_config(
                EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
            )
            sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
            yield name
        finally:
            configure_hosting(None)


@proves("SageMakerRuntimeResponse.invoke_endpoint")
def an_endpoint_answers_through_its_container(services: Services, name: str) -> None:
    runtime = services("sagemaker-runtime")
    with pytest.raises(ClientError, match="Endpoint none of account 123456789012 not found"):
        runtime.invoke_endpoint(EndpointName="none", Body=b"1")
    with hosted(services, name) as endpoint:
        answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=b"1,2", ContentType="text/csv")
        assert answer["Body"].read() == b"echo 1,2"
        assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/csv", "all")


@proves("SageMakerModelBackend.delete_endpoint")
def a_deleted_endpoint_ends_its_container(services: Services, name: str) -> None:
    with hosted(services, name) as endpoint:
        assert processes(endpoint)
        services("sagemaker").delete_endpoint(EndpointName=endpoint)
        assert not processes(endpoint)


def processes(endpoint: str) -> list[str]:
    """The ids of the processes with this endpoint's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"-{endpoint}-" in process.joinpath("cmdline").read_text(errors="replace"):
                found.append(process.name)
        except OSError:
            continue
    return found
