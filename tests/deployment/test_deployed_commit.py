"""The deployed commit, recorded in the embedded AWS."""

from __future__ import annotations

import embedded_aws as aws
from mlproject.deployment import delete_deployed_commit, read_deployed_commit, write_deployed_commit
from tests.cluster.cluster_stack import clients

FIRST, SECOND = "a" * 40, f"{'b' * 40}-dirty"


def test_each_project_and_environment_has_its_own_commit_and_the_last_one_counts(embedded_aws: aws.Server) -> None:
    client = clients(embedded_aws)

    def commits() -> dict[tuple[str, str], str | None]:
        places = [(project, environment) for project in ("argon", "argon-b") for environment in ("dev", "pre")]
        return {each: read_deployed_commit(client, project=each[0], environment=each[1]) for each in places}

    assert set(commits().values()) == {None}
    write_deployed_commit(client, project="argon", environment="dev", commit=FIRST)
    write_deployed_commit(client, project="argon-b", environment="dev", commit=FIRST)
    write_deployed_commit(client, project="argon", environment="dev", commit=SECOND)
    assert commits() == {
        ("argon", "dev"): SECOND,
        ("argon", "pre"): None,
        ("argon-b", "dev"): FIRST,
        ("argon-b", "pre"): None,
    }

    for _ in range(2):
        delete_deployed_commit(client, project="argon", environment="dev")
    assert read_deployed_commit(client, project="argon", environment="dev") is None
    delete_deployed_commit(client, project="argon-b", environment="dev")
    assert set(commits().values()) == {None}
