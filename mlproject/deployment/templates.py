"""Templates of deployed stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_template(cloudformation: Any, stack: str) -> Mapping[str, Any]:
    """Return the template of a deployed stack, as it was uploaded.

    Args:
        cloudformation: the boto3 client.
        stack: name or ARN of the stack.

    Returns:
        the template. boto3 parses templates in JSON, and the CDK CLI deploys no others; the key `text` contains one
        that is not JSON.
    """
    body = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    return body if isinstance(body, Mapping) else {"text": body}
