"""Names of what is deployed, derived from project and environment: one place, so that stacks share no exports.

Fixed names are only for what people type (bucket, pipeline, model package group, notebook, policy, role); all else is
unnamed.
"""

from __future__ import annotations

from dataclasses import dataclass

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_NAME_LIMIT = 63
# CreatePipeline allows 256 characters, but job names (63) carry the pipeline's name and a suffix:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-step-types.html; 82 is what works in effect.
PIPELINE_NAME_LIMIT = 82
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
MODEL_PACKAGE_GROUP_NAME_LIMIT = 63
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE_NAME_LIMIT = 64
POLICY_NAME_LIMIT = 128
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
NOTEBOOK_NAME_LIMIT = 63

# The parameter of the emr stack that `mlproject cluster up` raises: another number, another cluster.
RESTARTS = "Restarts"

BUCKET_USES = ("data", "artifacts", "access-logs")
ROLE_USES = ("pipeline", "notebooks", "emr-service", "emr-nodes", "schedule")


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of one project in one environment.

    Args:
        project: the project's name, such as `flights`.
        environment: the environment's name, such as `dev`.
        account: twelve digits.
        region: such as `eu-west-1`.
    """

    project: str
    environment: str
    account: str
    region: str

    @property
    def path(self) -> str:
        """Where the CDK app has the project's stacks, such as `dev/flights`: `cdk deploy 'dev/flights/*'`."""
        return f"{self.environment}/{self.project}"

    @property
    def prefix(self) -> str:
        """What every name begins with, such as `flights-dev`."""
        return f"{self.project}-{self.environment}"

    def stack(self, name: str) -> str:
        """A stack's name in AWS, such as `flights-dev-storage`."""
        return f"{self.prefix}-{name}"

    def bucket(self, use: str) -> str:
        """A bucket's name; account and region make it unique in the world."""
        return f"{self.prefix}-{use}-{self.account}-{self.region}"

    @property
    def pipeline(self) -> str:
        return self.prefix

    @property
    def model_package_group(self) -> str:
        return self.prefix

    def role(self, use: str) -> str:
        """A role's name, such as `flights-dev-pipeline`."""
        return f"{self.prefix}-{use}"

    def notebook(self, name: str) -> str:
        """A notebook instance's name, such as `flights-dev-explore`."""
        return f"{self.prefix}-{name}"

    def opening_policy(self, notebook: str) -> str:
        """The policy with which people open a notebook, such as `flights-dev-open-explore`."""
        return f"{self.prefix}-open-{notebook}"

    @property
    def key_alias(self) -> str:
        return f"alias/{self.prefix}"

    def parameter(self, name: str) -> str:
        """An SSM parameter through which a stack tells the others what has no derivable name."""
        return f"/mlproject/{self.environment}/{self.project}/{name}"


def network_parameter(environment: str, name: str) -> str:
    """An SSM parameter of an environment's network: `vpc-id`, `subnet-ids` (comma-separated), `endpoint-kms`."""
    return f"/mlproject/{environment}/network/{name}"
