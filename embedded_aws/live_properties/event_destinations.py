"""What EventBridge shows of connections and API destinations, in the template's words."""

from __future__ import annotations

from embedded_aws.live_properties.registry import Services, Shown, list_all, pick, reader


@reader("AWS::Events::Connection")
def connections(services: Services) -> Shown:
    """Without AuthParameters, whose secrets EventBridge does not show."""
    events = services("events")
    listed = (each["Name"] for each in list_all(events, "list_connections", "Connections"))
    return {
        name: pick(events.describe_connection(Name=name), "AuthorizationType", "Description", "Name") for name in listed
    }


@reader("AWS::Events::ApiDestination")
def api_destinations(services: Services) -> Shown:
    events = services("events")
    members = ("ConnectionArn", "Description", "HttpMethod", "InvocationEndpoint", "InvocationRateLimitPerSecond")
    listed = (each["Name"] for each in list_all(events, "list_api_destinations", "ApiDestinations"))
    return {name: pick(events.describe_api_destination(Name=name), "Name", *members) for name in listed}
