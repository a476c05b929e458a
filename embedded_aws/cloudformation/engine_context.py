"""What the engine works with: the services, the handlers, the rules; and what a template's expressions see of them."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.intrinsics import PENDING, Scope
from embedded_aws.cloudformation.secret_references import SecretReference
from embedded_aws.cloudformation.stack import Output, Resource, Settings, Stack
from embedded_aws.resource_rules import ResourceRules, resource_rules
from embedded_aws.resources.handler import Context, Handler

_DYNAMIC = re.compile(r"\{\{resolve:([^:}]+):([^}]+)\}\}")
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


@dataclass(frozen=True, kw_only=True)
class EngineContext:
    """An account and region with its services.

    Args:
        client: gives a boto3 client for a service, such as `client("s3")`.
        handlers: by resource type.
        import_value: the value of an export of this account and region.
        check_exports: refuses outputs that other stacks' exports or imports forbid.
        client_as: gives clients with the permissions of a role, which CloudFormation assumes unless another service is
            named; None where permissions are not evaluated.
        rules: what AWS does with a type's properties.
    """

    client: Callable[[str], Any]
    handlers: Mapping[str, Handler]
    account: str
    region: str
    import_value: Callable[[str], str]
    check_exports: Callable[[Stack, tuple[Output, ...]], None]
    rules: Callable[[str], ResourceRules] = resource_rules
    client_as: Callable[..., Callable[[str], Any]] | None = None

    @property
    def partition(self) -> str:
        return next((name for start, name in _PARTITIONS.items() if self.region.startswith(f"{start}-")), "aws")

    def handler_context(self, stack: Stack, logical_id: str, *, suffix: str | None = None) -> Context:
        """Where a handler works; a new suffix for a name that is made up, unless one is given."""
        role = stack.settings.role_arn
        return Context(
            client=self.client_as(role) if role and self.client_as else self.client,
            account=self.account,
            region=self.region,
            stack_name=stack.name,
            stack_id=stack.stack_id,
            logical_id=logical_id,
            unique_suffix=suffix or new_suffix(),
            client_as=self.client_as,
            unrestricted_client=self.client,
        )

    def fetch_parameter(self, name: str) -> str:
        """A value of the Parameter Store.

        Raises:
            CloudFormationError: there is none of that name.
        """
        answer = self.client("ssm").get_parameters(Names=[name], WithDecryption=False)
        if not answer["Parameters"]:
            raise CloudFormationError(f"Unable to fetch parameters [{name}] from parameter store for this account.")
        return str(answer["Parameters"][0]["Value"])

    def zones(self, region: str) -> list[str]:
        """The availability zones of this region."""
        if region != self.region:
            raise CloudFormationError(f"Template error: Fn::GetAZs knows the stack's own region only, not {region}")
        answer = self.client("ec2").describe_availability_zones()
        return sorted(zone["ZoneName"] for zone in answer["AvailabilityZones"])

    def scope(
        self,
        stack: Stack,
        settings: Settings,
        resources: Mapping[str, Resource],
        *,
        pending: Collection[str] = (),
        changing: Collection[str] = (),
    ) -> Scope:
        """What the expressions of a template see.

        Args:
            resources: those that exist.
            pending: those whose values will be known later.
            changing: those that will be changed in place: an attribute that they lack may come.
        """

        def ref(name: str) -> Any:
            if name in pending:
                return PENDING
            if name not in resources:
                raise CloudFormationError(
                    f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of "
                    f"the template"
                )
            return resources[name].physical_id

        def attribute(name: str, attribute: str) -> Any:
            if ref(name) is PENDING:
                return PENDING
            found = _attribute(resources[name], attribute)
            if found is PENDING and name not in changing:
                raise CloudFormationError(
                    f"Template error: the handler of {resources[name].type_name} gives no attribute {attribute} in "
                    "Fn::GetAtt"
                )
            return found

        return Scope(
            parameters={
                **self._pseudo_parameters(stack, settings),
                **{n: p.value for n, p in settings.parameters.items()},
            },
            mappings=settings.template.mappings,
            conditions=settings.template.conditions,
            ref=ref,
            attribute=attribute,
            import_value=self.import_value,
            zones=self.zones,
            pending=pending,
        )

    def _pseudo_parameters(self, stack: Stack, settings: Settings) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"""
        return {
            "AWS::AccountId": self.account,
            "AWS::NotificationARNs": list(settings.notification_arns),
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": stack.stack_id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
        }

    def with_dynamic_references(self, value: Any) -> Any:
        """The value with `{{resolve:ssm:name}}` replaced by what the Parameter Store holds.

        References to secrets stay; the handler's call resolves them.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
        """
        if isinstance(value, Mapping):
            return {name: self.with_dynamic_references(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.with_dynamic_references(item) for item in value]
        if isinstance(value, str) and "{{resolve:" in value:
            return _DYNAMIC.sub(self._dynamic, value)
        return value

    def _dynamic(self, match: re.Match[str]) -> str:
        service, reference = match[1], match[2]
        if service == "secretsmanager":
            SecretReference.parse(reference)
            return match[0]
        if service != "ssm":
            raise CloudFormationError(
                "Template error: the embedded AWS resolves dynamic references to ssm and secretsmanager only, not "
                f"{service}"
            )
        return self.fetch_parameter(reference)


def new_suffix() -> str:
    """What CloudFormation appends to the names that it makes up: 12 letters and digits."""
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))


def _attribute(resource: Resource, attribute: str) -> Any:
    """What the handler reported; for types that let Fn::GetAtt read their properties, the property itself."""
    if attribute in resource.attributes:
        return resource.attributes[attribute]
    found: Any = resource.properties
    for name in attribute.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return PENDING
        found = found[name]
    return found
