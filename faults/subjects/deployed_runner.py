"""`mlproject run --pipeline`: the pipeline is deployed in the embedded AWS, which registers its model."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_aws as aws
from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import VERSIONS, Corruption
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.injection.network import BadNetwork
from faults.model import Subject
from faults.processes import Command
from faults.servers import REGION, client, shared_server
from faults.subjects.pipeline import DATA, build_definition, is_complete_model, scripts, training_archive
from faults.subjects.step_kills import KillStep
from tests.cli.checkout import lay_out
from tests.runner.samples import ROLE, grants, policy

_TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}


@dataclass(frozen=True, kw_only=True)
class DeployedRunnerCase(FolderCase):
    """A pipeline with its role, bucket and model package group, and a checkout that runs it.

    Args:
        folder: the checkout.
        name: of the pipeline, role, bucket and group.
        variables: environment variables for the embedded AWS.
    """

    folder: Path
    name: str
    variables: Mapping[str, str]

    @classmethod
    def open(cls, folder: Path) -> DeployedRunnerCase:
        """Deploy the pipeline under a new name."""
        folder.mkdir(parents=True)
        checkout = lay_out(folder, server=shared_server())
        name = f"faults-{secrets.token_hex(6)}"
        role = f"arn:aws:iam::{aws.ACCOUNT}:role/{name}"
        iam, s3, sagemaker = client("iam"), client("s3"), client("sagemaker")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(_TRUST))
        allowed = policy(*grants(bucket=name, role=role, group=name, region=REGION))
        iam.put_role_policy(RoleName=name, PolicyName="steps", PolicyDocument=allowed)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        objects = {key: text.encode() for key, text in {**scripts(folder), "data/text.txt": DATA}.items()}
        for key, content in {**objects, "train.tar.gz": training_archive(folder)}.items():
            s3.put_object(Bucket=name, Key=key, Body=content)
        sagemaker.create_model_package_group(ModelPackageGroupName=name, ModelPackageGroupDescription="faults")
        document = json.dumps(build_definition(group=name, role=role, bucket=name)).replace(ROLE, role)
        for prefix in ("code", "raw"):
            document = document.replace(f"s3://{prefix}/", f"s3://{name}/")
        sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=document, RoleArn=role, ClientRequestToken=name.ljust(32, "x")
        )
        return cls(folder=folder, name=name, variables=checkout.variables)

    def command(self) -> Command:
        given = ("--pipeline", self.name, "--environment", "local", "--json")
        return mlproject("run", *given, folder=self.folder, variables=self.variables)

    def problems(self) -> Sequence[str]:
        return [problem for package in self._packages() for problem in self._package_problems(package)]

    def unfinished(self) -> Sequence[str]:
        executions = self._executions()
        arns = [each["PipelineExecutionArn"] for each in executions if each["PipelineExecutionStatus"] == "Executing"]
        # One without steps was started and never ran, as if the aws CLI had started it. It blocks nothing.
        missing = [f"{arn} is recorded as Executing" for arn in arns if self._has_steps(arn)]
        packages = self._packages()
        missing += [] if packages else ["no model is registered"]
        if len(packages) > len(executions):
            missing.append(f"{len(executions)} executions have registered {len(packages)} models")
        kept = self.folder / ".mlproject"
        missing += [f"{mark} still says that a run works" for mark in kept.glob("runs/*/running.json")]
        missing += [f"{work} is left" for work in kept.glob("runs/*/work/*")]
        return missing + [f"{path} is a temporary file" for path in kept.rglob(".*")]

    def state(self) -> Sequence[Path]:
        return sorted((self.folder / ".mlproject" / "cache").glob("*.json"))

    def sources(self) -> Sequence[Path]:
        return [self.folder / "environments.yaml"]

    def _executions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client("sagemaker").list_pipeline_executions(PipelineName=self.name)[
            "PipelineExecutionSummaries"
        ]
        return found

    def _has_steps(self, arn: str) -> bool:
        listed = client("sagemaker").list_pipeline_execution_steps(PipelineExecutionArn=arn)
        return bool(listed["PipelineExecutionSteps"])

    def _packages(self) -> list[dict[str, Any]]:
        sagemaker = client("sagemaker")
        listed = sagemaker.list_model_packages(ModelPackageGroupName=self.name)["ModelPackageSummaryList"]
        return [sagemaker.describe_model_package(ModelPackageName=each["ModelPackageArn"]) for each in listed]

    def _package_problems(self, package: Mapping[str, Any]) -> Sequence[str]:
        arn = package["ModelPackageArn"]
        try:
            (container,) = package["InferenceSpecification"]["Containers"]
            bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
        except KeyError as error:
            return [f"{arn} is half a model package: it has no {error}"]
        s3 = client("s3")
        try:
            model = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return [f"{arn}: its model s3://{bucket}/{key} does not exist"]
        return [] if is_complete_model(model) else [f"{arn}: its model s3://{bucket}/{key} is not complete"]


SUBJECT = Subject(
    name="run in the embedded AWS",
    open=DeployedRunnerCase.open,
    injections={
        "kill -9": Kill(),
        "kill -9 of the group": Kill(group=True),
        "kill -9 of a step": KillStep(),
        "full disk": FullVolume(lacks="blocks"),
        "corrupt files": Corruption(),
        "other versions": Corruption(damages=VERSIONS, suffix=".json"),
        "network": BadNetwork(),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={
        "kill -9": 30,
        "kill -9 of the group": 10,
        "kill -9 of a step": 4,
        "full disk": 8,
        "corrupt files": 20,
        "other versions": 4,
        "network": 50,
        "clock jumps": 10,
        "two at once": 8,
    },
    samples={"kill -9": 1, "network": 1},
)
