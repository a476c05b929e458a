"""Stack of a project's EMR clusters, which notebooks use through Livy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.emr import LIVY_PORT, LOGS_PREFIX, livy_scheme
from mlproject.aws_rules.emr_node_permissions import node_grants
from mlproject.aws_rules.emr_service_permissions import service_grants
from mlproject.aws_rules.existing_data import existing_data_grants
from mlproject.aws_rules.network_requirements import cluster_requirements
from mlproject.names import MAIN_CLUSTER, named_cluster_id, restarts_parameter
from mlproject.parameters import Deployment, Emr, NewNetwork
from stacks.base import ProjectStack
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.service_role import ServiceRole
from stacks.emr.cluster import EmrCluster, SharedResources
from stacks.emr.libraries import EmrLibraries
from stacks.emr.notebook_access import EmrNotebookAccess
from stacks.emr.security_configuration import EmrSecurityConfiguration
from stacks.emr.security_groups import EmrSecurityGroups
from stacks.emr.shared_values import SHARED_VALUES


class EmrStack(ProjectStack):
    """The clusters of a project in an environment, with the roles, security groups and security configuration.

    Args:
        deployment: the project in the environment.
        parameters: parameters of the main cluster, and of the others.
        step_scripts: Spark scripts of the pipeline's steps.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, parameters: Emr, step_scripts: Sequence[Path] = ()
    ) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "emr",
            deployment=deployment,
            description=f"EMR cluster of {deployment.project} in {environment.name}",
            holds_data=False,
        )
        network = NetworkReference(
            self, "Network", environment=environment, requirements=cluster_requirements(deployment)
        )
        groups = EmrSecurityGroups(self, "Groups", vpc_id=network.vpc_id, project=deployment.project)
        key_arn = self.shared_value("KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}")
        # EMR chooses the subnet of fleets. A cluster of instance groups has one subnet:
        # https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html
        has_fleets = any(cluster.fleets for cluster in parameters.by_name.values())
        subnets = network.subnet_ids if has_fleets else network.subnet_ids[:1]
        # An imported network may be shared by another account.
        owner = environment.account if isinstance(environment.network, NewNetwork) else "*"
        ec2 = f"arn:{self.partition}:ec2:{environment.region}:{owner}"
        libraries = EmrLibraries(self, "Libraries", deployment=deployment) if parameters.libraries else None
        files = list(libraries.objects) if libraries else []
        if parameters.certificate_s3:
            files.append(parameters.certificate_s3.removeprefix("s3://"))
        pipeline = deployment.pipeline if deployment.spark_steps == "emr" else None
        scripts = [assets.Asset(self, each.stem, path=str(each)) for each in step_scripts] if pipeline else []
        nodes = ServiceRole(
            self,
            "NodeRole",
            service="ec2.amazonaws.com",
            # EC2 does not send aws:SourceAccount, and only the same account can use an instance profile.
            account=None,
            path=environment.role_path,
            grants=[
                *node_grants(
                    partition=self.partition,
                    data_bucket=names.bucket("data"),
                    artifacts_bucket=names.bucket("artifacts"),
                    key_arn=key_arn,
                    files=files,
                    step_scripts=[f"{each.s3_bucket_name}/{each.s3_object_key}" for each in scripts],
                    step_outputs=pipeline.runs_prefix if pipeline else None,
                ),
                *existing_data_grants(deployment, partition=self.partition),
            ],
            role_name=names.role("emr-nodes"),
        )
        # EMR requires the instance profile to have the name of its role.
        # https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html
        profile = iam.CfnInstanceProfile(
            self,
            "NodeProfile",
            instance_profile_name=names.role("emr-nodes"),
            path=environment.role_path,
            roles=[nodes.name],
        )
        service = ServiceRole(
            self,
            "ServiceRole",
            service="elasticmapreduce.amazonaws.com",
            account=environment.account,
            path=environment.role_path,
            grants=service_grants(
                partition=self.partition,
                region=environment.region,
                account=environment.account,
                vpc_arn=f"{ec2}:vpc/{network.vpc_id}",
                subnet_arns=[f"{ec2}:subnet/{subnet}" for subnet in subnets],
                security_group_ids=[groups.primary_id, groups.core_id, groups.service_id],
                node_role_arn=nodes.arn,
                key_arn=key_arn,
            ),
            role_name=names.role("emr-service"),
        )
        security = EmrSecurityConfiguration(self, "Security", key_arn=key_arn, certificate_s3=parameters.certificate_s3)
        self._libraries = libraries
        self._shared = SharedResources(
            subnet_ids=subnets,
            primary_group_id=groups.primary_id,
            core_group_id=groups.core_id,
            service_group_id=groups.service_id,
            service_role=service.name,
            instance_profile=profile.ref,
            security_configuration=security.name,
            log_uri=f"s3://{names.bucket('artifacts')}/{LOGS_PREFIX}",
            key_arn=key_arn,
            glue_catalog=bool(deployment.existing_data.glue_databases),
            wait_for=groups.rules,
        )
        for name, each in parameters.by_name.items():
            self._add_cluster(deployment, name, each)
        if pipeline:
            values = {
                "ClusterSecurityConfiguration": security.name,
                "ClusterPrimaryGroup": groups.primary_id,
                "ClusterCoreGroup": groups.core_id,
                "ClusterServiceGroup": groups.service_id,
            }
            for placeholder, value in values.items():
                name = names.parameter(SHARED_VALUES[placeholder])
                ssm.CfnParameter(self, placeholder, name=name, type="String", value=value)
        if deployment.notebooks:
            EmrNotebookAccess(
                self,
                "Notebooks",
                notebook_group_id=self.shared_value(
                    "NotebookGroup",
                    names.parameter("notebook-security-group"),
                    description=f"The security group of the notebooks of {names.prefix}",
                ),
                primary_group_id=groups.primary_id,
            )

    def _add_cluster(self, deployment: Deployment, name: str, parameters: Emr) -> None:
        """Add a cluster and the SSM parameter with the URL of its Livy.

        Args:
            deployment: the project in the environment.
            name: `main`, or a name of `emr.clusters`.
            parameters: parameters of the cluster.
        """
        names, is_main = deployment.names, name == MAIN_CLUSTER
        # The other clusters have a scope of their own, so that the ids of the main cluster do not depend on them.
        scope = self if is_main else Construct(self, f"Cluster-{name}")
        cluster = EmrCluster(
            scope,
            "Cluster",
            name=cdk.Fn.join("-", [names.cluster(name), str(parameters.generation), self._restarts(name)]),
            logical_id=None if is_main else named_cluster_id(name),
            parameters=parameters,
            shared=self._shared,
            bootstrap_actions=[self._libraries.action(parameters)] if self._libraries else [],
            termination_protected=(
                deployment.environment.retain_data
                if parameters.termination_protection is None
                else parameters.termination_protection
            ),
        )
        scheme = livy_scheme(parameters.release, encrypted=parameters.certificate_s3 is not None)
        ssm.CfnParameter(
            scope,
            "LivyAddress",
            name=names.livy_parameter(name),
            type="String",
            value=f"{scheme}://{cluster.primary_dns}:{LIVY_PORT}",
        )

    def _restarts(self, cluster: str) -> str:
        """Return the number of times that `mlproject cluster up` has replaced a cluster.

        The command increases this parameter of the deployed stack, and `cdk deploy` keeps it (--previous-parameters).
        """
        option = "" if cluster == MAIN_CLUSTER else f" --cluster {cluster}"
        return cdk.CfnParameter(
            self,
            restarts_parameter(cluster),
            type="Number",
            default=0,
            min_value=0,
            description=f"Increased by `mlproject cluster up{option}`. A different number replaces the cluster",
        ).value_as_string
