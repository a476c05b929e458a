"""`mlproject architecture`: the picture, the counts, the costs, and its errors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.architecture.test_assembly import write_assembly
from tests.cli.checkout import Checkout, lay_out


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "checkout"
    root.mkdir()
    checkout = lay_out(root)
    write_assembly(root / "cdk.out", {"dev": ["network"], "dev/tiny": ["storage", "new"]})
    return checkout


def test_the_picture_is_drawn_from_cdk_out_and_counts_and_costs_are_told(checkout: Checkout) -> None:
    done = checkout.run("architecture", "tiny", "--environment", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["dev/tiny/storage", "1", "1.00", "USD"] in lines
    assert ["dev/tiny/new", "1", "unknown"] in lines
    assert ["total", "3", "unknown"] in lines
    picture = checkout.root / "build" / "architecture" / "tiny-dev.svg"
    assert str(picture) in done.stdout
    titles = [element.text for element in ElementTree.parse(picture).iter("{http://www.w3.org/2000/svg}title")]  # noqa: S314
    assert titles[0] == "The architecture of tiny in dev"


def test_as_json_everything_is_told_and_nothing_drawn_unless_a_file_is_named(checkout: Checkout) -> None:
    done = checkout.run("architecture", "tiny", "-e", "dev", "--json")
    told = json.loads(done.stdout)
    assert [stack["name"] for stack in told["stacks"]] == ["dev/network", "dev/tiny/storage", "dev/tiny/new"]
    assert told["stacks"][1]["types"] == {"AWS::S3::Bucket": 1}
    assert told["stacks"][1]["things"][0]["type"] == "S3 bucket"
    assert told["stacks"][1]["idle_usd_per_month"] == 1.0
    assert told["stacks"][2]["idle_usd_per_month"] is None
    assert (told["links"], told["outside"], told["picture"]) == ([], [], None)
    assert not (checkout.root / "build").exists()

    named = checkout.root / "here.svg"
    done = checkout.run("architecture", "tiny", "-e", "dev", "--json", "--output", str(named))
    assert json.loads(done.stdout)["picture"] == str(named)
    assert named.read_text().startswith("<?xml")


def test_another_folder_of_templates_can_be_named(checkout: Checkout) -> None:
    other = write_assembly(checkout.root / "other", {"kept/tiny": ["storage"]})
    done = checkout.run("architecture", "tiny", "-e", "kept", "--assembly", str(other))
    assert done.returncode == 0
    assert "kept/tiny/storage" in done.stdout


def test_templates_that_are_older_than_their_sources_are_drawn_with_a_note(checkout: Checkout) -> None:
    sources = [checkout.root / "environments.yaml", checkout.root / "projects" / "tiny" / "project.yaml"]
    made = (checkout.root / "cdk.out" / "manifest.json").stat().st_mtime
    for source in sources:
        os.utime(source, (made - 5, made - 5))
    assert checkout.run("architecture", "tiny", "-e", "dev").stderr == ""
    os.utime(sources[1], (made + 5, made + 5))
    done = checkout.run("architecture", "tiny", "-e", "dev")
    assert done.returncode == 0
    assert done.stderr == (
        f"note: projects/tiny/project.yaml is newer than {checkout.root / 'cdk.out'}; run "
        "`cdk synth --quiet --context project=tiny --context environment=dev` to draw it.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("tiny", "-e", "kept"),
            "cdk.out: does not contain kept/tiny, only dev, dev/tiny; run "
            "`cdk synth --quiet --context project=tiny --context environment=kept` first.",
        ),
        (
            ("tiny", "-e", "dev", "--assembly", "nowhere"),
            "nowhere: contains no synthesized templates; run "
            "`cdk synth --quiet --context project=tiny --context environment=dev` first.",
        ),
        (("tinny", "-e", "dev"), "tinny: no such project in projects/. Did you mean tiny? Known: tiny."),
        (("tiny", "-e", "deb"), "Did you mean dev?"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(
    checkout: Checkout, arguments: tuple[str, ...], sentence: str
) -> None:
    done = checkout.run("architecture", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (checkout.root / "build").exists()
