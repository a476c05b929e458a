"""Each gap does what it says, moto does not do it by itself, and the printed list is the code's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from embedded_aws import gaps
from embedded_aws.dispatcher import operations_of
from embedded_aws.gaps import Gap
from embedded_aws.moto_additions import ENGINE, GUARD, moto_additions
from tests.embedded_aws.gaps import (
    proofs_account,
    proofs_applications,
    proofs_data,
    proofs_deletion,
    proofs_ec2,
    proofs_emr,
    proofs_emr_serverless,
    proofs_endpoints,
    proofs_images,
    proofs_messaging,
    proofs_notebooks,
    proofs_operations,
    proofs_s3,
    proofs_sagemaker,
    proofs_simulation,
)
from tests.embedded_aws.gaps.proofs import PROOFS
from tests.embedded_aws.moto_server import Services

assert proofs_account  # each registers its proofs
assert proofs_applications
assert proofs_data
assert proofs_deletion
assert proofs_ec2
assert proofs_emr
assert proofs_emr_serverless
assert proofs_endpoints
assert proofs_images
assert proofs_messaging
assert proofs_notebooks
assert proofs_operations
assert proofs_s3
assert proofs_sagemaker
assert proofs_simulation

GAPS = {gap.key: gap for gap in gaps.gaps()}
every_gap = pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)


def name_of(gap: Gap, suffix: str) -> str:
    letters = "".join(letter if letter.isalnum() else "-" for letter in gap.key.lower())
    return f"{letters.replace('--', '-').strip('-')[:40].strip('-')}-{suffix}"


@pytest.fixture(scope="module", autouse=True)
def nothing_left(moto_services: Services) -> Iterator[None]:
    """What was made without a gap is no state that other tests should meet."""
    yield
    moto_services.reset()


def test_every_gap_has_a_proof_and_every_proof_a_gap() -> None:
    assert set(PROOFS) == set(GAPS)


@every_gap
def test_with_the_gap_filled_it_does_what_it_says(gap: Gap, moto_services: Services) -> None:
    PROOFS[gap.key](moto_services, name_of(gap, "filled"))


@pytest.fixture
def unfilled(gap: Gap) -> Iterator[Gap]:
    """The gap as moto leaves it."""
    gap.uninstall()
    operations_of.cache_clear()
    yield gap
    gap.install()
    operations_of.cache_clear()


@every_gap
def test_moto_alone_does_not_do_it(gap: Gap, unfilled: Gap, moto_services: Services) -> None:
    """If this fails, moto has learnt it: take the gap out."""
    with pytest.raises((AssertionError, KeyError, ClientError, ResponseParserError, pytest.fail.Exception)):
        PROOFS[unfilled.key](moto_services, name_of(gap, "unfilled"))


def test_installing_again_changes_nothing(moto_services: Services) -> None:
    assert moto_services
    before = {key: vars(gap.owner)[gap.name] for key, gap in GAPS.items()}
    gaps.install()
    assert {key: vars(gap.owner)[gap.name] for key, gap in GAPS.items()} == before
    assert before == {key: gap.replacement for key, gap in GAPS.items()}


def test_the_list_that_is_printed_names_every_gap_the_engine_and_the_guard() -> None:
    shown = list(moto_additions())
    for whole in (ENGINE, GUARD):
        shown.remove(whole)
    assert sorted(map(str, shown)) == sorted(str(gap.addition) for gap in GAPS.values())
    assert all(addition.service and addition.what and addition.why for addition in shown)
