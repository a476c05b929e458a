"""The examples that AWS publishes: what its pages say of a request is what both evaluators decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded_aws.iam.published.buckets import BUCKETS
from tests.embedded_aws.iam.published.conditions import CONDITIONS
from tests.embedded_aws.iam.published.elements import ELEMENTS
from tests.embedded_aws.iam.published.evaluation import EVALUATION
from tests.embedded_aws.iam.published.model import Example, PublishedRequest
from tests.embedded_aws.iam.published.services import SERVICES
from tests.embedded_aws.iam.random_cases import guard_outcome, reference_outcome

PAGES = Path(__file__).parents[3] / "docs"
EXAMPLES = (*CONDITIONS, *ELEMENTS, *EVALUATION, *BUCKETS, *SERVICES)


@pytest.mark.parametrize(
    ("example", "published"),
    [
        pytest.param(
            example, request, id=f"{example.name}-{place}-{request.action}-{'allowed' if request.allowed else 'denied'}"
        )
        for example in EXAMPLES
        for place, request in enumerate(example.requests)
    ],
)
def test_a_request_is_decided_as_awss_page_says(example: Example, published: PublishedRequest) -> None:
    case = example.case(published)
    expected = {"Allow"} if published.allowed else {"ExplicitDeny", "ImplicitDeny"}
    assert guard_outcome(case) in expected, example.page
    assert reference_outcome(case) == guard_outcome(case), example.page


@pytest.mark.parametrize(("page", "words"), [("en", ("examples", "requests")), ("es", ("ejemplos", "peticiones"))])
def test_the_page_tells_how_many_there_are(page: str, words: tuple[str, str]) -> None:
    text = (PAGES / page / "permissions.md").read_text()
    assert f"{len(EXAMPLES)} {words[0]}" in text
    assert f"{sum(len(example.requests) for example in EXAMPLES)} {words[1]}" in text
