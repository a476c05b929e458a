"""`mlproject instances`: the table, JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlproject.cli.main import build_app
from mlproject.errors import UserError
from tests.cli.checkout import Checkout, lay_out


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return lay_out(tmp_path_factory.mktemp("instances"))


def cells(output: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.strip().startswith("ml.")}


def test_named_types_are_shown_with_their_prices_and_what_replaces_them(checkout: Checkout) -> None:
    done = checkout.run("instances", "ml.c5.large", "ml.m5.xlarge", "ml.p2.xlarge")
    assert (done.returncode, done.stderr) == (0, "")
    found = cells(done.stdout)
    assert list(found) == ["ml.c5.large", "ml.m5.xlarge", "ml.p2.xlarge"]
    # vCPU, GiB, generation, notebook, training, processing, hosting, replaced by
    assert found["ml.c5.large"] == ["2", "4", "previous", "-", "-", "-", "unknown", "ml.c7i.large"]
    assert found["ml.m5.xlarge"] == ["4", "16", "previous", "unknown", "0.257", "0.257", "0.257", "ml.m7i.xlarge"]
    assert found["ml.p2.xlarge"][:3] == ["unknown", "unknown", "unknown"]
    assert "2023-12" in done.stdout


def test_json_has_the_source_of_prices_and_whether_the_region_has_the_type(checkout: Checkout, tmp_path: Path) -> None:
    outside = Checkout(root=tmp_path, project="none")
    told = json.loads(outside.run("instances", "--use", "processing", "--region", "us-east-1", "--json").stdout)
    types = {each["type"]: each for each in told["types"]}
    assert types["ml.m5.large"]["uses"]["processing"]["usd_per_hour"] == 0.115
    assert "USE1-Processing:ml.m5.large" in types["ml.m5.large"]["uses"]["processing"]["source"]
    assert types["ml.m5.large"]["uses"]["training"]["in_region"] is None
    assert types["ml.m5.large"]["uses"]["processing"]["in_region"] is True
    # The price list has G6 for processing in other regions only.
    elsewhere = checkout.run("instances", "ml.g6.xlarge", "--region", "eu-west-1")
    assert cells(elsewhere.stdout)["ml.g6.xlarge"][-2] == "-"
    assert set(told["sources"]) == {"uses", "hardware", "regions"}


def test_what_cannot_be_meant_is_refused_in_one_sentence(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_app()
    for folder, arguments, code, said in (
        (checkout.root, ["--memory", "-1"], 2, "--memory -1: give a number of GiB above 0"),
        (checkout.root, ["--memory", "nan"], 2, "--memory nan: give a number of GiB above 0"),
        (checkout.root, ["--region", "eu-west-9"], 2, "--region eu-west-9: not a region of SageMaker. Did you mean"),
        (checkout.root, ["ml.t3.mediun"], 2, "not an instance type of SageMaker. Did you mean ml.t3.medium?"),
        (checkout.root, ["ml.t3.medium", "--gpu"], 2, "name types, or select them"),
        (checkout.root, ["--memory", "1000000"], 1, "no instance type meets these requirements"),
        (tmp_path, [], 2, "no environments.yaml here"),
    ):
        monkeypatch.chdir(folder)
        with pytest.raises(UserError) as refused:
            app(["instances", *arguments], standalone_mode=False)
        assert said in str(refused.value)
        assert (refused.value.exit_code, str(refused.value).count("\n")) == (code, 0)
