"""`mlproject cost`: the table, JSON, the plot, what it refuses, and the update of prices."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mlproject.cli.main import build_app
from mlproject.errors import UserError
from tests.checkouts import ROOT, copy_example_parameters
from tests.cli.checkout import Checkout
from tests.price_list.price_list_server import product, serve

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(root=lay_out(tmp_path_factory.mktemp("cost")), project="flights")


def lay_out(root: Path) -> Path:
    copy_example_parameters(root)
    (root / "pipelines").symlink_to(ROOT / "pipelines")
    return root


def test_each_environment_on_aws_has_a_table_and_the_assumptions_are_told(checkout: Checkout) -> None:
    done = checkout.run("cost", "flights")
    assert (done.returncode, done.stderr) == (0, "")
    heads = [line.split()[2].rstrip(",") for line in done.stdout.splitlines() if line.startswith(" flights in ")]
    told = json.loads(checkout.run("cost", "flights", "--json").stdout)
    assert heads == [each["environment"] for each in told["environments"]]
    assert "local" not in heads
    for option in ("--days", "--hours", "--cluster-hours", "--runs", "--step-minutes", "--data-gb"):
        assert option in done.stdout
    # Its sum is a lower limit as long as a price is unknown.
    assert "Unknown prices, so the totals are lower limits: " in done.stdout
    assert "over " in done.stdout
    for environment in told["environments"]:
        lines = [line for component in environment["components"] for line in component["lines"]]
        known = sum(line["usd_per_month"] or 0 for line in lines)
        assert environment["known_usd_per_month"] == pytest.approx(known, abs=0.01)
        assert environment["unknown_prices"] == sum(line["usd_per_month"] is None for line in lines)
        assert all(line["price"] is None or line["price"]["source"] for line in lines)


def test_options_change_the_assumptions_and_the_plot_is_drawn(checkout: Checkout, tmp_path: Path) -> None:
    plot = tmp_path / "cost.svg"
    arguments = ("cost", "flights", "-e", "local", "--hours", "0", "--data-gb", "2000", "--json", "--plot", str(plot))
    told = json.loads(checkout.run(*arguments).stdout)
    assert (told["assumptions"]["notebook_hours"], told["assumptions"]["work_days"]) == (0, 21)
    (environment,) = told["environments"]
    lines = {line["what"]: line for each in environment["components"] for line in each["lines"]}
    assert lines["2000 GB in the buckets"]["usd_per_month"] == 46
    assert lines["explore, 0 hours"]["usd_per_month"] == 0
    assert environment["network_shared_by"] == ["flights"]
    assert told["plot"] == str(plot)
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")  # noqa: S314


def test_what_cannot_be_meant_is_refused_in_one_sentence(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.root)
    app = build_app()
    for arguments, said in (
        (["flights", "--hours", "25"], "--hours 25: give a number from 0 to 24."),
        (["flights", "--runs", "-1"], "--runs -1: give a number from 0 to 100000."),
        (["flights", "--data-gb", "nan"], "--data-gb nan: give a number from 0 to 10000000."),
        (["flights", "--plot", str(tmp_path / "cost.png")], "only SVG is drawn"),
        (["flihgts"], "flihgts: no such project in projects/. Did you mean flights?"),
        (["flights", "-e", "lab"], "lab: no such environment in environments.yaml"),
    ):
        with pytest.raises(UserError) as refused:
            app(["cost", *arguments], standalone_mode=False)
        assert said in str(refused.value)
        assert (refused.value.exit_code, str(refused.value).count("\n")) == (2, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def own(tmp_path: Path) -> Checkout:
    """A checkout of a test's own, which it changes."""
    return Checkout(root=lay_out(tmp_path), project="flights", variables=CREDENTIALS)


def test_an_update_writes_the_prices_that_the_price_list_has_and_every_command_uses_them(own: Checkout) -> None:
    file = own.root / "prices.json"
    row = {
        "region": "eu-west-1",
        "item": "emr/m5.xlarge",
        "usd": 0.05,
        "unit": "hour",
        "date": "2026-01-01",
        "source": "x",
    }
    older = {**row, "item": "notebook/ml.t3.medium"}
    file.write_text(json.dumps({"about": "by hand", "prices": [row, older]}))
    offers = {
        "AmazonSageMaker": [
            product("EU-Notebk:ml.t3.medium", "0.0600000000", sku="NOTEBOOK"),
            product("EU-Train:ml.m5.large", "0.1280000000", sku="TRAINING"),
        ],
        "AmazonVPC": [product("EU-VpcEndpoint-Hours", "0.0220000000", sku="ENDPOINT")],
    }
    with serve(offers) as (url, _):
        variables = {**own.variables, "AWS_ENDPOINT_URL_PRICING": url}
        updating = Checkout(root=own.root, project="flights", variables=variables)
        done = updating.run("cost", "flights", "-e", "dev", "--refresh", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["environments"][0]["components"]
    prices = {line["item"]: line["price"] for component in told for line in component["lines"]}
    assert prices["notebook/ml.t3.medium"]["usd"] == 0.06
    assert prices["training/ml.m5.large"]["source"] == "AWS Price List API, offer AmazonSageMaker, SKU TRAINING"
    assert prices["training/ml.m5.large"]["date"] == "2026-11-20"
    assert prices["emr/m5.xlarge"]["usd"] == 0.05
    assert "3 of " in done.stderr
    assert "emr/m5.xlarge in eu-west-1 is unchanged: the price list has no such price" in done.stderr
    rows = json.loads(file.read_text())["prices"]
    assert [row["item"] for row in rows] == [
        "emr/m5.xlarge", "interface-endpoint", "notebook/ml.t3.medium", "training/ml.m5.large",
    ]  # fmt: skip
    # Other commands use them without AWS.
    assert "0.128" in own.run("instances", "ml.m5.large").stdout


def test_an_update_without_aws_says_why_in_one_sentence_and_changes_nothing(own: Checkout, tmp_path: Path) -> None:
    with serve({}) as (url, _):
        cases = (
            ({"AWS_ENDPOINT_URL": "http://localhost:1"}, 2, "the embedded AWS has no prices: unset AWS_ENDPOINT_URL"),
            ({"AWS_ENDPOINT_URL_PRICING": "http://localhost:1"}, 1, "AWS cannot be reached"),
            ({"AWS_ENDPOINT_URL_PRICING": url}, 1, "AWS's price list has none of the"),
            ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}, 1, "log in"),
        )
        for variables, code, said in cases:
            failing = Checkout(
                root=own.root, project="flights", variables={**own.variables, "HOME": str(tmp_path), **variables}
            )
            done = failing.run("cost", "flights", "-e", "dev", "--refresh")
            assert (done.returncode, done.stdout) == (code, ""), done.stderr
            assert said in done.stderr
            assert len(done.stderr.splitlines()) == 1
    assert not (own.root / "prices.json").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{not json", "prices.json: Invalid JSON"),
        (
            '{"about": "", "prices": [{"region": "eu-west-1", "item": "kms-key", "usd": 0}]}',
            "prices.0.usd: Input should",
        ),
        ('{"about": "", "prices": [], "more": 1}', "more: Extra inputs"),
    ],
)
def test_a_file_of_prices_with_an_error_is_refused_with_its_place(
    own: Checkout, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    (own.root / "prices.json").write_text(content)
    monkeypatch.chdir(own.root)
    with pytest.raises(UserError) as refused:
        build_app()(["cost", "flights"], standalone_mode=False)
    assert said in str(refused.value)
    assert str(refused.value).count("\n") == 0
