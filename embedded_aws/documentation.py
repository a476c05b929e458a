"""Tables for the README: what is supported, and what differs from moto."""

from __future__ import annotations

from collections import defaultdict


def types_table() -> str:
    """The resource types that CloudFormation deploys, by service, as Markdown."""
    import embedded_aws.resources  # noqa: F401  (registers the handlers)
    from embedded_aws.resources.handler import HANDLERS

    services: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(HANDLERS):
        service, _, kind = name.rpartition("::")
        services[service].append(kind)
    rows = (f"| `{service}` | {', '.join(kinds)} |" for service, kinds in sorted(services.items()))
    return "\n".join(["| service | types |", "|---|---|", *rows])


def additions_table() -> str:
    """What is added to moto or replaces a part of it, as Markdown."""
    from embedded_aws.moto_additions import moto_additions

    rows = (f"| {each.service} | {each.what} | {each.why} |" for each in moto_additions())
    return "\n".join(["| service | here | because |", "|---|---|---|", *rows])
