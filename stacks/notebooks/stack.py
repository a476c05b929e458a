"""Stack of a project's notebooks: instances, a shared role and security group, and a policy for each notebook."""

from __future__ import annotations

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.emr_serverless import APPLICATION_PARAMETER
from mlproject.aws_rules.existing_data import existing_data_grants
from mlproject.aws_rules.grants import grants
from mlproject.aws_rules.hours_permissions import hours_grants
from mlproject.aws_rules.network_requirements import notebook_requirements
from mlproject.aws_rules.notebook_permissions import notebook_permissions
from mlproject.aws_rules.notebook_resources import git_secret_arns, notebook_resources, start_resources
from mlproject.node_scripts import lifecycle_script, notebook_settings
from mlproject.parameters import Deployment, Notebook
from stacks.base import ProjectStack, removal_policy
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.service_role import ServiceRole
from stacks.notebooks.code_repository import CodeRepository
from stacks.notebooks.hours import NotebookHours
from stacks.notebooks.notebook_instance import NotebookInstance
from stacks.notebooks.security_group import NotebookSecurityGroup, ProxyAccess
from stacks.notebooks.tools import NotebookTools
from stacks.notebooks.user_policy import NotebookUserPolicy


class NotebooksStack(ProjectStack):
    """The notebooks of a project in an environment.

    A volume is deleted with its instance and has no snapshots. Where data is retained, the instances are therefore
    retained, with the resources they need to start: role, security group, scripts, repositories.

    Args:
        deployment: a deployment with at least one notebook.
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
        self._removal_policy = removal_policy(environment)
        network = NetworkReference(
            self, "Network", environment=environment, requirements=notebook_requirements(deployment)
        )
        self._vpc_id = network.vpc_id
        # All notebooks use the first subnet, since an instance cannot move if the list of notebooks changes.
        self._subnet_id = network.subnet_ids[0]
        self._group_id = NotebookSecurityGroup(
            self, "Group", vpc_id=network.vpc_id, project=deployment.project, removal_policy=self._removal_policy
        ).group_id
        if environment.proxy:
            ProxyAccess(
                self,
                "Proxy",
                group_id=self._group_id,
                proxy=environment.proxy,
                removal_policy=self._removal_policy,
            )
        ssm.CfnParameter(
            self,
            "GroupId",
            name=names.parameter("notebook-security-group"),
            type="String",
            value=self._group_id,
        )
        self._key_arn = self.shared_value(
            "KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}, from its storage stack"
        )
        self._tools = NotebookTools(self, "Tools", deployment=deployment)
        self._role_arn = self._role()
        for notebook in deployment.notebooks:
            self._notebook(notebook)
        self._hours()

    def _role(self) -> str:
        deployment, environment = self._deployment, self._deployment.environment
        resources = notebook_resources(
            deployment,
            partition=self.partition,
            key_arn=self._key_arn,
            security_group_id=self._group_id,
            subnet_id=self._subnet_id,
            tools_object=self._tools.object,
            application_id=self._application_id(),
        )
        permissions = notebook_permissions(
            git_secrets=bool(git_secret_arns(deployment)),
            pipeline=deployment.pipeline is not None,
            cluster=deployment.emr is not None,
            application=deployment.notebooks_use_application,
        )
        return ServiceRole(
            self,
            "Role",
            service="sagemaker.amazonaws.com",
            # AWS does not list notebook instances among the resources for which SageMaker sends aws:SourceAccount. Only
            # principals of this account can pass the role.
            # https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
            account=None,
            path=environment.role_path,
            grants=[*grants(permissions, resources), *existing_data_grants(deployment, partition=self.partition)],
            role_name=deployment.names.role("notebooks"),
            removal_policy=self._removal_policy,
        ).arn

    def _application_id(self) -> str | None:
        """Return the id of the EMR Serverless application that notebooks use, or None."""
        deployment = self._deployment
        if not deployment.notebooks_use_application:
            return None
        return self.shared_value(
            "ApplicationId",
            deployment.names.parameter(APPLICATION_PARAMETER),
            description=f"The EMR Serverless application of {deployment.names.prefix}",
        )

    def _notebook(self, notebook: Notebook) -> None:
        deployment = self._deployment
        names = deployment.names
        # A separate scope makes logical ids independent of the other notebooks.
        scope = Construct(self, f"Notebook-{notebook.name}")
        repository = notebook.repository and CodeRepository(
            scope, "Code", repository=notebook.repository, removal_policy=self._removal_policy
        )
        settings = notebook_settings(deployment, notebook, tools=self._tools.tools)
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
            removal_policy=self._removal_policy,
        )
        if notebook.users:
            self._user_policy(scope, notebook)

    def _hours(self) -> None:
        """Add the schedules of the notebooks with hours, if there are any."""
        if any(notebook.hours for notebook in self._deployment.notebooks):
            NotebookHours(
                self,
                "Hours",
                deployment=self._deployment,
                grants=hours_grants(
                    self._deployment,
                    partition=self.partition,
                    key_arn=self._key_arn,
                    security_group_id=self._group_id,
                    subnet_id=self._subnet_id,
                ),
            )

    def _user_policy(self, scope: Construct, notebook: Notebook) -> None:
        deployment, environment = self._deployment, self._deployment.environment
        names, here = deployment.names, f"{environment.region}:{environment.account}"
        secret = notebook.repository.secret_arn if notebook.repository else None
        NotebookUserPolicy(
            scope,
            "Opening",
            name=names.opening_policy(notebook.name),
            path=environment.role_path,
            users=notebook.users,
            notebook_arn=f"arn:{self.partition}:sagemaker:{here}:notebook-instance/{names.notebook(notebook.name)}",
            vpc_id=self._vpc_id if notebook.open_from_vpc_only else None,
            start_resources=start_resources(
                deployment,
                partition=self.partition,
                key_arn=self._key_arn,
                security_group_id=self._group_id,
                subnet_id=self._subnet_id,
                git_secrets=[secret] if secret else [],
            ),
        )
