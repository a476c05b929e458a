"""A project's notebooks: any number of instances, one role and one security group for all, a policy for each."""

from __future__ import annotations

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.network_requirements import notebook_requirements
from mlproject.aws_rules.notebook_permissions import notebook_permissions
from mlproject.node_scripts import lifecycle_script, notebook_settings
from mlproject.parameters import Deployment, Notebook
from stacks.base import ProjectStack, removal_policy
from stacks.constructs.existing_data import existing_data_grants
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.pipeline_permissions import grants
from stacks.constructs.service_role import ServiceRole, role_arn
from stacks.notebooks.code_repository import CodeRepository
from stacks.notebooks.notebook_instance import NotebookInstance
from stacks.notebooks.permissions import git_secrets, network_kinds, notebook_kinds
from stacks.notebooks.presigned_url_policy import OpeningPolicy
from stacks.notebooks.security_group import NotebookSecurityGroup


class NotebooksStack(ProjectStack):
    """The notebooks of a project in an environment.

    A volume dies with its instance and has no snapshots, so where data is retained the instances are, with all that
    they need to start: role, security group, scripts, repositories.

    Args:
        deployment: the project in an environment; it has at least one notebook.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "notebooks",
            deployment=deployment,
            description=f"Notebooks of {deployment.project} in {environment.name}",
            holds_data=True,
        )
        self._deployment = deployment
        self._keep = removal_policy(environment)
        network = NetworkReference(self, "Network", environment=environment, needs=notebook_requirements(deployment))
        self._vpc_id = network.vpc_id
        # Always the first one: a subnet that depended on a notebook's place in the list would change with the others,
        # and an instance cannot move.
        self._subnet_id = network.subnet_ids[0]
        self._group_id = NotebookSecurityGroup(
            self, "Group", vpc_id=network.vpc_id, project=deployment.project, removal_policy=self._keep
        ).group_id
        ssm.CfnParameter(
            self,
            "GroupId",
            name=names.parameter("notebook-security-group"),
            type="String",
            value=self._group_id,
        )
        self._key_arn = self.shared(
            "KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}, from its storage stack"
        )
        self._role_arn = self._role()
        for notebook in deployment.notebooks:
            self._notebook(notebook)

    def _role(self) -> str:
        deployment, environment = self._deployment, self._deployment.environment
        kinds = notebook_kinds(
            deployment,
            partition=self.partition,
            key_arn=self._key_arn,
            security_group_id=self._group_id,
            subnet_id=self._subnet_id,
        )
        rows = notebook_permissions(git_secrets=bool(git_secrets(deployment)), spark=deployment.emr is not None)
        return ServiceRole(
            self,
            "Role",
            service="sagemaker.amazonaws.com",
            # Notebook instances are not among what AWS names as saying for whom SageMaker asks, and without an answer
            # no instance would get its role; only a principal of this account can pass it.
            # https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
            account=None,
            path=environment.role_path,
            grants=[*grants(rows, kinds), *existing_data_grants(deployment, partition=self.partition)],
            role_name=deployment.names.role("notebooks"),
            removal_policy=self._keep,
        ).arn

    def _notebook(self, notebook: Notebook) -> None:
        deployment = self._deployment
        names = deployment.names
        # A scope of its own keeps logical ids apart and independent of the other notebooks.
        scope = Construct(self, f"Notebook-{notebook.name}")
        repository = notebook.repository and CodeRepository(
            scope, "Code", repository=notebook.repository, removal_policy=self._keep
        )
        settings = notebook_settings(deployment, notebook)
        NotebookInstance(
            scope,
            "Notebook",
            name=names.notebook(notebook.name),
            instance_type=notebook.instance_type,
            volume_gb=notebook.volume_gb,
            on_create=lifecycle_script("on_create", settings),
            on_start=lifecycle_script("on_start", settings),
            role_arn=self._role_arn,
            key_arn=self._key_arn,
            subnet_id=self._subnet_id,
            security_group_id=self._group_id,
            repository=repository.name if repository else None,
            removal_policy=self._keep,
        )
        if notebook.users:
            self._opening_policy(scope, notebook)

    def _opening_policy(self, scope: Construct, notebook: Notebook) -> None:
        deployment, environment = self._deployment, self._deployment.environment
        names, here = deployment.names, f"{environment.region}:{environment.account}"
        own_role = role_arn(
            partition=self.partition,
            account=environment.account,
            path=environment.role_path,
            name=names.role("notebooks"),
        )
        network = network_kinds(
            deployment, partition=self.partition, security_group_id=self._group_id, subnet_id=self._subnet_id
        )
        secret = notebook.repository.secret_arn if notebook.repository else None
        OpeningPolicy(
            scope,
            "Opening",
            name=names.opening_policy(notebook.name),
            path=environment.role_path,
            users=notebook.users,
            notebook_arn=f"arn:{self.partition}:sagemaker:{here}:notebook-instance/{names.notebook(notebook.name)}",
            vpc_id=self._vpc_id if notebook.open_from_vpc_only else None,
            starting={
                "role": [own_role],
                "key": [self._key_arn],
                "network": [arn for arns in network.values() for arn in arns],
                **({"git secret": [secret]} if secret else {}),
            },
        )
