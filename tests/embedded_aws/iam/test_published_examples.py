"""The examples that AWS publishes: what its pages say of a request is what the evaluator decides."""

from __future__ import annotations

import pytest

from tests.embedded_aws.iam.published.conditions import CONDITIONS
from tests.embedded_aws.iam.published.elements import ELEMENTS
from tests.embedded_aws.iam.published.evaluation import EVALUATION
from tests.embedded_aws.iam.published.model import Example, PublishedRequest
from tests.embedded_aws.iam.published.services import SERVICES

EXAMPLES = (*CONDITIONS, *ELEMENTS, *EVALUATION, *SERVICES)


@pytest.mark.parametrize(
    ("example", "request_"),
    [
        pytest.param(
            example, request, id=f"{example.name}-{place}-{request.action}-{'allowed' if request.allowed else 'denied'}"
        )
        for example in EXAMPLES
        for place, request in enumerate(example.requests)
    ],
)
def test_a_request_is_decided_as_awss_page_says(example: Example, request_: PublishedRequest) -> None:
    decision = example.decide(request_)
    assert decision.allowed is request_.allowed, (example.page, request_.keys, decision.reason)
    assert "cannot be decided" not in decision.reason
