"""Names of the deployed resources, derived from project and environment, so that stacks need no exports.

Only resources whose names people type have fixed names: buckets, pipelines, model package groups, notebooks, policies
and roles. CloudFormation names all others.
"""

from __future__ import annotations

from dataclasses import dataclass

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_NAME_LIMIT = 63
# CreatePipeline allows 256 characters, but job names (63) contain the pipeline's name and a suffix:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-step-types.html; 82 is the effective limit.
PIPELINE_NAME_LIMIT = 82
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
MODEL_PACKAGE_GROUP_NAME_LIMIT = 63
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
ENDPOINT_NAME_LIMIT = 63
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE_NAME_LIMIT = 64
POLICY_NAME_LIMIT = 128
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
NOTEBOOK_NAME_LIMIT = 63

# The cluster with the parameters of `emr` itself, beside those of `emr.clusters`.
MAIN_CLUSTER = "main"
# In the place of a cluster: the EMR Serverless application of the project.
APPLICATION = "emr_serverless"
# Parameter of the emr stack for the main cluster. `mlproject cluster up` increments it to replace the cluster.
_RESTARTS = "Restarts"
# Start of the logical id of every other cluster in the emr stack. CDK derives that of the main cluster.
_NAMED_CLUSTER = "NamedCluster"

BUCKET_USES = ("data", "artifacts", "access-logs")
ROLE_USES = (
    "pipeline",
    "notebooks",
    "emr-service",
    "emr-nodes",
    "emr-serverless",
    "schedule",
    "promotion",
    "serving",
    "batch-schedule",
    "notebook-hours",
    "approval",
)


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of one project in one environment.

    Args:
        project: the project's name, such as `flights`.
        environment: the environment's name, such as `dev`.
        account: the account ID, 12 digits.
        region: the region, such as `eu-west-1`.
    """

    project: str
    environment: str
    account: str
    region: str

    @property
    def path(self) -> str:
        """Path of the project's stacks in the CDK app, such as `dev/flights` in `cdk deploy 'dev/flights/*'`."""
        return f"{self.environment}/{self.project}"

    @property
    def prefix(self) -> str:
        """Prefix of all names, such as `flights-dev`."""
        return f"{self.project}-{self.environment}"

    def stack(self, name: str) -> str:
        """Return the name of a stack in AWS, such as `flights-dev-storage`."""
        return f"{self.prefix}-{name}"

    def bucket(self, use: str) -> str:
        """Return the name of a bucket. Account and region make it globally unique."""
        return f"{self.prefix}-{use}-{self.account}-{self.region}"

    @property
    def pipeline(self) -> str:
        return self.prefix

    @property
    def model_package_group(self) -> str:
        return self.prefix

    @property
    def batch_pipeline(self) -> str:
        """Name of the pipeline that scores files with the served model, such as `flights-dev-batch`."""
        return f"{self.prefix}-batch"

    def endpoint(self, kind: str) -> str:
        """Return the name of the endpoint of a kind, such as `flights-dev-real-time`.

        SageMaker does not convert an endpoint to another kind, so each kind has its own name:
        https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
        """
        return f"{self.prefix}-{kind.replace('_', '-')}"

    def role(self, use: str) -> str:
        """Return the name of a role, such as `flights-dev-pipeline`."""
        return f"{self.prefix}-{use}"

    def notebook(self, name: str) -> str:
        """Return the name of a notebook instance, such as `flights-dev-explore`."""
        return f"{self.prefix}-{name}"

    def opening_policy(self, notebook: str) -> str:
        """Return the name of the policy that allows users to open a notebook, such as `flights-dev-open-explore`."""
        return f"{self.prefix}-open-{notebook}"

    def cluster(self, cluster: str) -> str:
        """Return the start of the name of a cluster in EMR, such as `flights-dev`, or `flights-dev.large`.

        A generation and a number of restarts follow. The name of a project or an environment contains no dot, so that
        no cluster of `flights-dev` in the environment `large` has the same name.

        Args:
            cluster: the cluster's name in project.yaml, or `main`.
        """
        return self.prefix if cluster == MAIN_CLUSTER else f"{self.prefix}.{cluster}"

    def livy_parameter(self, cluster: str) -> str:
        """Return the name of the SSM parameter with the URL of Livy of a cluster, or of the application."""
        name = cluster.replace("_", "-")
        return self.parameter("livy-address" if cluster == MAIN_CLUSTER else f"livy-address-{name}")

    @property
    def gitlab_connection(self) -> str:
        """Name of the connection of EventBridge to GitLab, and of its API destination, such as `flights-dev-gitlab`."""
        return f"{self.prefix}-gitlab"

    @property
    def key_alias(self) -> str:
        return f"alias/{self.prefix}"

    def parameter(self, name: str) -> str:
        """Return the name of the SSM parameter through which a stack passes a value that cannot be derived."""
        return project_parameter(self.environment, self.project, name)


def restarts_parameter(cluster: str) -> str:
    """Return the parameter of the emr stack for a cluster's number of restarts: `Restarts`, or `RestartsLarge`."""
    return _RESTARTS if cluster == MAIN_CLUSTER else f"{_RESTARTS}{cluster.capitalize()}"


def named_cluster_id(cluster: str) -> str:
    """Return the logical id of a cluster of `emr.clusters` in the emr stack, such as `NamedClusterLarge`."""
    return f"{_NAMED_CLUSTER}{cluster.capitalize()}"


def cluster_of_resource(logical_id: str) -> str:
    """Return the name of the cluster with a logical id in the emr stack: `main`, or that in project.yaml."""
    return logical_id.removeprefix(_NAMED_CLUSTER).lower() if logical_id.startswith(_NAMED_CLUSTER) else MAIN_CLUSTER


def deploy_role(environment: str) -> str:
    """Return the name of the role with which CI jobs deploy an environment, such as `mlproject-deploy-dev`."""
    return f"mlproject-deploy-{environment}"


def diff_role(environment: str) -> str:
    """Return the name of the role with which CI jobs compare with an environment, such as `mlproject-diff-dev`."""
    return f"mlproject-diff-{environment}"


def gitlab_token_secret(environment: str, generation: int | str) -> str:
    """Return the name of the secret with the token that starts pipelines, such as `mlproject/dev/gitlab-token-1`.

    A new token is in a secret of another name, since CloudFormation reads a secret again only if the reference changes:
    https://repost.aws/knowledge-center/cloudformation-stack-update-secrets
    """
    return f"mlproject/{environment}/gitlab-token-{generation}"


def project_parameter(environment: str, project: str, name: str) -> str:
    """Return an SSM parameter of a project in an environment, such as `/mlproject/dev/flights/key-arn`."""
    return f"/mlproject/{environment}/{project}/{name}"


def network_parameter(environment: str, name: str) -> str:
    """Return an SSM parameter of an environment's network: `vpc-id`, `subnet-ids` (comma-separated), `endpoint-kms`."""
    return f"/mlproject/{environment}/network/{name}"
