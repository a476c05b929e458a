"""ARNs of another partition than the environment's, which IAM would reject in a policy, are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parameters.sample_files import ENVIRONMENTS, SERVICES, error_lines, replaced, write_files

BEIJING = replaced(ENVIRONMENTS, '"111111111111"\n', '"111111111111"\n    region: cn-north-1\n')


def refusal(partition: str, *, region: str = "eu-west-1", expected: str = "aws") -> str:
    return (
        f"the ARN belongs to the partition {partition}, but {region} is in {expected}. "
        f"Allowed: an ARN that starts with arn:{expected}:."
    )


@pytest.mark.parametrize("partition", ["aws-cn", "awsome"])
def test_a_key_and_a_secret_of_another_partition_are_refused(tmp_path: Path, partition: str) -> None:
    project = replaced(SERVICES, "arn:aws:kms", f"arn:{partition}:kms")
    project = replaced(project, "arn:aws:secretsmanager", f"arn:{partition}:secretsmanager")
    write_files(tmp_path, projects={"flights": project})
    assert error_lines(tmp_path) == [
        f"projects/flights/project.yaml:22: notebooks.explore.repository.secret_arn: {refusal(partition)}",
        f"projects/flights/project.yaml:41: existing_data.buckets[1].key_arn: {refusal(partition)}",
    ]


def test_a_boundary_of_another_partition_is_refused(tmp_path: Path) -> None:
    boundary = "    permissions_boundary: arn:aws:iam::aws:policy/PowerUserAccess\n"
    write_files(tmp_path, environments=replaced(BEIJING, "    retain_data: false\n", boundary))
    (line,) = [line for line in error_lines(tmp_path) if "permissions_boundary" in line]
    reason = refusal("aws", region="cn-north-1", expected="aws-cn")
    assert line == f"environments.yaml:8: environments.dev.permissions_boundary: {reason}"
