"""What an action's parameters ask for; what would change the outcome and is not done here is refused."""

from __future__ import annotations

from embedded_aws.cloudformation import templates
from embedded_aws.cloudformation.actions.registry import Parameters
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.parameters import GivenParameter
from embedded_aws.cloudformation.request import OperationOptions, Request
from embedded_aws.cloudformation.template import parse

# ImportExistingResources is let through, since `cdk bootstrap` always asks for it: nothing is imported, so a thing
# that exists makes its resource fail, with the service's message.
REFUSED = (
    "ResourcesToImport",
    "StackPolicyBody",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "StackPolicyURL",
)
MODES = {"ChangeSetType": ("CREATE", "UPDATE"), "DeletionMode": ("STANDARD",), "DeploymentMode": ()}


def refuse(given: Parameters) -> None:
    """Refuse what a caller asks for in vain."""
    for name in REFUSED:
        if given.get(name):
            raise CloudFormationError(f"The embedded AWS does not know the parameter {name}.")
    modes = {**given, "Mode": (given.get("DeploymentConfig") or {}).get("Mode")}
    for name, known in {**MODES, "Mode": ("STANDARD",)}.items():
        if modes.get(name) and modes[name] not in known:
            raise CloudFormationError(f"The embedded AWS does not know the {name} {modes[name]}.")
    if (given.get("RollbackConfiguration") or {}).get("RollbackTriggers"):
        raise CloudFormationError("The embedded AWS watches no rollback triggers.")


def request_of(engine: Engine, given: Parameters) -> Request:
    """What CreateStack, UpdateStack or CreateChangeSet asks for.

    Raises:
        CloudFormationError: a parameter is refused, or the template cannot be read.
    """
    refuse(given)
    parameters = given.get("Parameters") or []
    request = Request(
        template=None if given.get("UsePreviousTemplate") else template_text(engine, given),
        parameters={
            p["ParameterKey"]: GivenParameter(value=None if p.get("UsePreviousValue") else p.get("ParameterValue", ""))
            for p in parameters
        },
        tags=None if given.get("Tags") is None else {tag["Key"]: tag["Value"] for tag in given["Tags"]},
        capabilities=tuple(given.get("Capabilities") or ()),
        role_arn=given.get("RoleARN"),
        notification_arns=tuple(given.get("NotificationARNs") or ()),
    )
    if request.template is not None:
        templates.check_capabilities(parse(request.template), request.capabilities)
    return request


def template_text(engine: Engine, given: Parameters) -> str:
    """The template's text, from the request itself or from S3."""
    if given.get("TemplateBody"):
        return templates.check_body(given["TemplateBody"])
    if given.get("TemplateURL"):
        return templates.fetch(given["TemplateURL"], engine.context.client)
    raise CloudFormationError("Either Template URL or Template Body must be specified.")


def how_of(given: Parameters) -> OperationOptions:
    """How the operation is carried out."""
    return OperationOptions(
        on_failure="DO_NOTHING" if given.get("DisableRollback") else given.get("OnFailure", "ROLLBACK"),
        retain_except_on_create=bool(given.get("RetainExceptOnCreate")),
        token=given.get("ClientRequestToken"),
    )
