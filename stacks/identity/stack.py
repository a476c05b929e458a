"""Stack of an account's OIDC provider and of the roles that GitLab CI jobs assume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlproject.identity import deploy_permissions, deploy_trust, diff_permissions, diff_trust, indistinguishable
from mlproject.names import deploy_role, diff_role
from mlproject.parameters import Environment, GitLab
from stacks.identity.roles import CiRole


class IdentityStage(cdk.Stage):
    """The stacks `identity/ACCOUNT`, one for each account.

    Args:
        gitlab: the GitLab project whose jobs deploy.
        environments: all environments.
    """

    def __init__(self, scope: Construct, *, gitlab: GitLab, environments: Sequence[Environment]) -> None:
        super().__init__(scope, "identity")
        accounts: dict[str, list[Environment]] = {}
        for environment in environments:
            accounts.setdefault(environment.account, []).append(environment)
        stacks = [IdentityStack(self, account, gitlab=gitlab, environments=own) for account, own in accounts.items()]
        _warn_of_shared_trust(stacks[0], gitlab, [environment.name for environment in environments])


class IdentityStack(cdk.Stack):
    """The OIDC provider of an account, and a deploy role and a read-only role for each of its environments.

    A person with administrator rights deploys the stack. It uses neither the roles nor the bucket of the bootstrap
    (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.LegacyStackSynthesizer.html): a job that may use the
    bootstrap's roles must not be able to change whom its own role trusts.

    Args:
        gitlab: the GitLab project whose jobs deploy.
        environments: the environments of the account.
    """

    def __init__(self, scope: Construct, account: str, *, gitlab: GitLab, environments: Sequence[Environment]) -> None:
        super().__init__(
            scope,
            account,
            stack_name="mlproject-identity",
            # IAM is global; the stack itself is in the region of the account's first environment.
            env=cdk.Environment(account=account, region=environments[0].region),
            description=f"The identity provider {gitlab.host} and the roles of the CI jobs of {gitlab.project}",
            tags=_common_tags(environments),
            termination_protection=True,
            synthesizer=cdk.LegacyStackSynthesizer(),
        )
        provider = iam.CfnOIDCProvider(self, "Provider", url=gitlab.url, client_id_list=[gitlab.audience])
        for environment in environments:
            self._add_roles(environment, gitlab, provider.attr_arn)

    def _add_roles(self, environment: Environment, gitlab: GitLab, provider: str) -> None:
        name = environment.name
        title = name.capitalize()
        CiRole(
            self,
            f"{title}Deploy",
            name=deploy_role(name),
            environment=environment,
            trust=deploy_trust(gitlab, name, provider=provider),
            permissions=deploy_permissions(environment, partition=self.partition),
            description=f"CI jobs of {gitlab.project} that deploy {name}",
            boundary=self._boundary(environment),
        )
        CiRole(
            self,
            f"{title}Diff",
            name=diff_role(name),
            environment=environment,
            trust=diff_trust(gitlab, provider=provider),
            permissions=diff_permissions(environment, partition=self.partition),
            description=f"CI jobs of {gitlab.project} that compare with {name}, on any branch",
            boundary=self._boundary(environment),
        )

    def _boundary(self, environment: Environment) -> str | None:
        policy = environment.permissions_boundary
        if policy is None or policy.startswith("arn:"):
            return policy
        return f"arn:{self.partition}:iam::{self.account}:policy/{policy}"


def _common_tags(environments: Sequence[Environment]) -> Mapping[str, str]:
    """Return the tags that all environments of the account have in common."""
    first, *others = (environment.tags for environment in environments)
    return {key: value for key, value in first.items() if all(tags.get(key) == value for tags in others)}


def _warn_of_shared_trust(stack: cdk.Stack, gitlab: GitLab, environments: Sequence[str]) -> None:
    pairs = indistinguishable(gitlab, environments)
    if not pairs:
        return
    listed = ", ".join(f"{one} and {other}" for one, other in pairs)
    cdk.Annotations.of(stack).add_warning_v2(
        "mlproject:shared-trust",
        f"The tokens of {gitlab.project} do not tell these environments apart: {listed}. A job that may deploy one may "
        "deploy the other. Set deploy_tags or sub_claim_components in environments.yaml (docs/en/gitlab-identity.md).",
    )
