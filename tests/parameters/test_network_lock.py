"""The deployed network of an environment is compared with environments.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.parameters import LockedNetwork, changed_networks, load_valid_parameters, read_lock, write_lock
from tests.parameters.sample_files import write_files

ENVIRONMENTS = """\
region: eu-west-1
environments:
  dev: {{account: "{account}", region: {region}, network: {network}}}
  pre: {{account: "222222222222", network: {{new: {{cidr: 10.99.0.0/16}}}}}}
"""
LOCK = LockedNetwork(
    account="111111111111", region="eu-west-1", cidr="10.20.0.0/16", zones=("eu-west-1a", "eu-west-1b")
)
SAME = "{new: {cidr: 10.20.0.0/16}}"
IMPORTED = (
    "{imported: {vpc_id: vpc-0123456789abcdef0, subnet_ids: [subnet-0123456789abcdef0], zones: [eu-west-1a], "
    "endpoints: exist}}"
)


def moved(root: Path, network: str, *, account: str = "111111111111", region: str = "eu-west-1") -> list[str]:
    write_files(root, environments=ENVIRONMENTS.format(network=network, account=account, region=region), projects={})
    write_lock(root, {"dev": LOCK})
    return [str(each) for each in changed_networks(root, load_valid_parameters(root).environments).values()]


@pytest.mark.parametrize(
    ("network", "written"),
    [
        ("{new: {cidr: 10.30.0.0/16}}", "10.30.0.0/16 in eu-west-1a, eu-west-1b"),
        ("{new: {cidr: 10.20.0.0/16, zones: [eu-west-1a, eu-west-1c]}}", "10.20.0.0/16 in eu-west-1a, eu-west-1c"),
        (IMPORTED, "an imported network"),
    ],
)
def test_another_network_is_one_sentence_with_what_is_deployed_and_what_to_do(
    network: str, written: str, tmp_path: Path
) -> None:
    (sentence,) = moved(tmp_path, network)
    assert sentence.startswith(f"environments.yaml:3: environments.dev.network: {written} would replace")
    assert "the deployed network of dev, 10.20.0.0/16 in eu-west-1a, eu-west-1b (environments.lock.json)" in sentence
    assert sentence.endswith(
        "After you destroy dev/network, run `mlproject lock --environment dev` to remove its entry."
    )


@pytest.mark.parametrize(
    "elsewhere", [{}, {"account": "999999999999"}, {"region": "us-east-1"}], ids=["here", "account", "region"]
)
def test_the_same_network_is_right_and_in_another_account_or_region_nothing_is_deployed_yet(
    elsewhere: dict[str, str], tmp_path: Path
) -> None:
    assert moved(tmp_path, "{new: {cidr: 10.30.0.0/16}}" if elsewhere else SAME, **elsewhere) == []


def test_a_lock_is_read_as_it_was_written_and_goes_with_its_last_entry(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == {}
    path = write_lock(tmp_path, {"dev": LOCK})
    assert read_lock(tmp_path) == {"dev": LOCK}
    write_lock(tmp_path, {})
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"dev": {}}', '{"dev": {"account": 1}}'])
def test_a_damaged_lock_is_refused_with_what_to_do(text: str, tmp_path: Path) -> None:
    (tmp_path / "environments.lock.json").write_text(text)
    with pytest.raises(UserError, match="Restore the file from version control"):
        read_lock(tmp_path)
