"""A project in one environment of the embedded AWS, which is changed, judged by the guard, deployed and destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from mlproject.bucket_cleanup import delete_content, list_content
from mlproject.cli.common.guard import judge_plan
from mlproject.cli.common.plan import plan_deployment
from mlproject.cli.common.session import Session
from mlproject.cluster import find_protected_clusters, unprotect_cluster
from mlproject.deployment import SynthesizedStack, delete_stacks, list_projects, read_stacks
from mlproject.emr_serverless import describe_application, stop_application
from mlproject.errors import UserError
from mlproject.names import Names
from mlproject.parameters import Platform, load_parameters
from tests.checkouts import ROOT
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services
from tests.properties.environments import Document
from tests.properties.platforms import PlatformFiles

ENVIRONMENT, PROJECT = "dev", "changing"
# The order of their dependencies, also if the pipeline creates clusters like that of the emr stack.
_ORDER = ("network", "storage", "emr-serverless", "notebooks", "emr", "pipeline", "operations")
_BOOTSTRAP = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (template body)
_BODY_LIMIT = 51_200


def environments_file(**settings: Any) -> Document:
    """Return an environments.yaml with the environment of the embedded AWS, in which no data is retained."""
    own = {"account": ACCOUNT, "retain_data": False, "network": {"new": {"cidr": "10.20.0.0/16"}}}
    return {"region": REGION, **settings, "environments": {ENVIRONMENT: own}}


@dataclass(frozen=True, kw_only=True)
class DeployedProject:
    """The project and its account.

    Args:
        services: clients of the account, whose CloudFormation is that of the embedded AWS.
        environments: the content of environments.yaml.
    """

    services: Services
    environments: Document

    def bootstrap(self) -> None:
        """Make what `cdk bootstrap` makes and the deployments read."""
        self.services("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
        )
        self.services("s3").create_bucket(Bucket=_BOOTSTRAP, CreateBucketConfiguration={"LocationConstraint": REGION})

    def deploy(self, content: Document) -> str:
        """Deploy the project as `mlproject deploy --yes` does, and tell what became of it.

        Args:
            content: the content of project.yaml.

        Returns:
            `invalid`, `refused` by the synthesis or the guard, or `deployed`.
        """
        files = PlatformFiles(environments=self.environments, projects={PROJECT: content})
        with TemporaryDirectory() as folder:
            root, assembly = files.write(Path(folder) / "checkout"), Path(folder) / "cdk.out"
            try:
                platform = load_parameters(root)
                synthesize(platform, assembly)
                deployment = platform.deployment(PROJECT, ENVIRONMENT)
                plan = plan_deployment(assembly, deployment, self._session)
            except UserError:
                return "refused"
            if not judge_plan(plan, deployment, projects=[PROJECT], root=root).is_allowed:
                return "refused"
            unchanged = {stack.name for stack in plan.stacks if stack.is_unchanged}
            for stack in sorted(read_stacks(assembly), key=lambda each: _ORDER.index(each.path.rpartition("/")[2])):
                if stack.name not in unchanged:
                    self._apply(stack)
        return "deployed"

    def destroy(self) -> None:
        """Delete the project as `mlproject destroy` does, and then the network."""
        names = Names(project=PROJECT, environment=ENVIRONMENT, account=ACCOUNT, region=REGION)
        client = self.services
        stacks = list_projects(client, environment=ENVIRONMENT).get(PROJECT, ())
        kinds = {stack.kind for stack in stacks}
        application = describe_application(names, client) if "emr-serverless" in kinds else None
        if application and not application.is_stopped:
            stop_application(client, application, wait=lambda: None)
        for cluster in find_protected_clusters(names, client) if "emr" in kinds else ():
            unprotect_cluster(client, cluster)
        if stacks:
            delete_content(list_content(names, client), client, progress=lambda _what, _count: None)
        assert delete_stacks(stacks, client, progress=lambda _: None) == ()
        client("cloudformation").delete_stack(StackName=f"{ENVIRONMENT}-network")

    @property
    def _session(self) -> Session:
        return Session(
            account=ACCOUNT,
            region=REGION,
            endpoint=self.services.endpoint,
            boto3_session=boto3.Session("nobody", "checks", region_name=REGION),
        )

    def _apply(self, stack: SynthesizedStack) -> None:
        """Create or update a stack, which must succeed."""
        cloudformation = self.services("cloudformation")
        existing = {each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]}
        call = cloudformation.update_stack if stack.name in existing else cloudformation.create_stack
        call(
            StackName=stack.name,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in stack.tags.items()],
            **self._body(stack),
        )
        (found,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
        assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), (
            stack.path,
            _failures(cloudformation, stack.name),
        )

    def _body(self, stack: SynthesizedStack) -> Mapping[str, str]:
        if len(stack.template.encode()) <= _BODY_LIMIT:
            return {"TemplateBody": stack.template}
        self.services("s3").put_object(Bucket=_BOOTSTRAP, Key=stack.name, Body=stack.template.encode())
        return {"TemplateURL": f"https://{_BOOTSTRAP}.s3.{REGION}.amazonaws.com/{stack.name}"}


def _failures(cloudformation: Any, name: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{each['LogicalResourceId']} {each['ResourceStatus']}: {each['ResourceStatusReason']}"
        for each in events
        if "ResourceStatusReason" in each
    ]


def synthesize(platform: Platform, folder: Path) -> None:
    """Synthesize all stacks of a platform into a folder."""
    # Importing CDK starts Node.
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, platform, pipelines=ROOT / "pipelines")
    app.synth()
