"""What EMR Serverless shows of applications, in the template's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, list_all, reader

_SHOWN = (
    "architecture",
    "autoStartConfiguration",
    "autoStopConfiguration",
    "interactiveConfiguration",
    "maximumCapacity",
    "monitoringConfiguration",
    "name",
    "networkConfiguration",
    "releaseLabel",
    "runtimeConfiguration",
)


@reader("AWS::EMRServerless::Application")
def applications(services: Services) -> Shown:
    """Those that live: the service shows deleted ones for a while."""
    client = services("emr-serverless")
    listed = list_all(client, "list_applications", "applications")
    return {each["id"]: application(client, each["id"]) for each in listed if each["state"] != "TERMINATED"}


def application(client: Any, application_id: str) -> dict[str, Any]:
    about = client.get_application(applicationId=application_id)["application"]
    return {
        **{_capital(name): in_template_words(about.get(name)) for name in _SHOWN},
        "Type": about["type"].upper(),
        "Tags": [{"Key": key, "Value": value} for key, value in about.get("tags", {}).items()],
    }


def in_template_words(value: Any) -> Any:
    """A description by the names of templates, which begin in upper case; settings of Spark as they are."""
    if isinstance(value, list):
        return [in_template_words(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        _capital(name): member if name == "properties" else in_template_words(member) for name, member in value.items()
    }


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]
