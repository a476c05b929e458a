"""The committed table is what the installed sources say, and older types lead to types that can be used."""

from __future__ import annotations

import pytest

from mlproject.errors import UserError
from mlproject.instances import USES, find_types, generate, instance_types, select_types, successor
from mlproject.instances.successors import NEWER

KNOWN = instance_types()


def test_the_table_is_what_botocore_moto_and_cfn_lint_say() -> None:
    assert generate.TABLE.read_text() == generate.render(), "run `python -m mlproject.instances.generate`"


def test_the_hardware_of_well_known_types_is_right() -> None:
    # https://aws.amazon.com/ec2/instance-types/
    small, gpu, trainium = (KNOWN[name] for name in ("ml.m5.large", "ml.g4dn.12xlarge", "ml.trn1.32xlarge"))
    assert (small.vcpus, small.memory_gib, small.has_gpu) == (2, 8, False)
    assert (gpu.vcpus, gpu.memory_gib, gpu.has_gpu) == (48, 192, True)
    assert [(each.name, each.count, each.memory_gib) for each in gpu.accelerators] == [("T4", 4, 16)]
    # AWS's own accelerators are no GPUs.
    assert trainium.accelerators
    assert not trainium.has_gpu


def test_unknown_hardware_is_unknown_and_meets_no_requirement() -> None:
    retired = KNOWN["ml.p2.xlarge"]
    assert (retired.vcpus, retired.memory_gib, retired.is_current) == (None, None, None)
    assert retired in select_types(use="training")
    assert retired not in select_types(use="training", gpu=True)
    assert retired not in select_types(use="training", memory_gib=1)


def test_types_are_selected_by_use_gpu_and_memory_together() -> None:
    assert len(select_types()) > len(select_types(use="notebook")) > len(select_types(use="notebook", gpu=True)) > 0
    found = select_types(use="processing", gpu=True, memory_gib=384)
    assert {"ml.g5.24xlarge", "ml.g6.48xlarge"} <= {each.name for each in found}
    assert all("processing" in each.uses and each.has_gpu and (each.memory_gib or 0) >= 384 for each in found)
    # The platform of new notebooks does not support P2, though the API still lists it.
    assert "ml.p2.xlarge" not in {each.name for each in select_types(use="notebook")}
    assert select_types(memory_gib=1e6) == ()


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("ml.t2.medium", "ml.t3.medium"),
        ("ml.m4.xlarge", "ml.m7i.xlarge"),
        ("ml.p2.xlarge", "ml.g4dn.xlarge"),
        ("ml.g4dn.xlarge", None),
        # No notebook, training or processing has this type, so its successor is one for notebooks.
        ("ml.c5.large", "ml.c7i.large"),
        # A size that the newer family does not have: the next larger one.
        ("ml.c5.9xlarge", "ml.c7i.12xlarge"),
        # The family that replaces P3 is a previous generation itself.
        ("ml.p3.2xlarge", "ml.g6.2xlarge"),
    ],
)
def test_an_older_type_leads_to_its_successor(older: str, newer: str | None) -> None:
    found = successor(KNOWN[older])
    assert (found.name if found else None) == newer


def test_no_successor_is_smaller_older_or_usable_for_less() -> None:
    for each in KNOWN.values():
        newer = successor(each)
        assert newer is None or (newer.family not in NEWER and newer.is_current), each.name
        assert newer is None or (newer.vcpus or 0) >= (each.vcpus or 0), each.name
        assert newer is None or each.uses - {"hosting"} <= newer.uses, each.name
    assert {use for each in KNOWN.values() for use in each.uses} == set(USES)


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    assert [each.name for each in find_types(["ml.t3.medium", "ml.c5.large"])] == ["ml.t3.medium", "ml.c5.large"]
    with pytest.raises(UserError, match=r"ml\.m5\.larg: not an instance type .*Did you mean ml\.m5\.large"):
        find_types(["ml.t3.medium", "ml.m5.larg"])
