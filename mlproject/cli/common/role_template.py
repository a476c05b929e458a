"""The template of the stack that creates a role: the deployed one, or the synthesized one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.aws_rules.partitions import partition_of
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.access_denied import ProjectRole, RoleTemplate

_KEY_PARAMETER = "KeyArn"


def read_deployed_template(role: ProjectRole, root: Path) -> RoleTemplate:
    """Read the template of the deployed stack, with the values of its parameters and the ids of its resources.

    Raises:
        UserError: the stack is not deployed, or AWS cannot be reached.
    """
    from botocore.exceptions import ClientError

    from mlproject.access_denied import RoleTemplate
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.deployment import read_template

    session = create_session(role.deployment.environment, root)
    cloudformation = session.client("cloudformation")
    name = role.stack_name
    with reporting_aws_errors(f"reading the template of {name}"):
        try:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                raise UserError(f"the stack {name} is not deployed", exit_code=1, topic="not-deployed") from error
            raise
        body = read_template(cloudformation, name)
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    values = {
        each["ParameterKey"]: each.get("ResolvedValue") or each["ParameterValue"]
        for each in stack.get("Parameters", ())
    }
    values |= {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in resources}
    return RoleTemplate(
        origin=f"the deployed stack {name}",
        body=body,
        values=values,
        pseudo=_pseudo(role),
    )


def read_synthesized_template(role: ProjectRole, root: Path) -> RoleTemplate | None:
    """Read the template in cdk.out, or return None if it is not there."""
    from mlproject.access_denied import RoleTemplate
    from mlproject.architecture import read_assembly

    path = f"{role.deployment.names.path}"
    try:
        stacks = read_assembly(root / "cdk.out", (path,), remedy="cdk synth")
    except UserError:
        return None
    for stack in stacks:
        if stack.stack_name == role.stack_name:
            return RoleTemplate(
                origin=f"the synthesized template of {role.stack_name} in cdk.out",
                body=stack.template,
                pseudo=_pseudo(role),
            )
    return None


def key_arn(template: RoleTemplate | None) -> str | None:
    """Return the ARN of the project's key, which a deployed stack has as a parameter, or None."""
    return template.values.get(_KEY_PARAMETER) if template else None


def _pseudo(role: ProjectRole) -> dict[str, str]:
    environment = role.deployment.environment
    return {
        "AWS::AccountId": environment.account,
        "AWS::Partition": partition_of(environment.region),
        "AWS::Region": environment.region,
        "AWS::StackName": role.stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }
