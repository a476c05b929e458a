"""Architecture diagram of the real stacks: counts, links and labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.architecture import Architecture, build_architecture, build_plan, read_assembly
from mlproject.drawing import build_svg
from tests.checkouts import ROOT
from tests.drawing.test_plan import labelled

ENVIRONMENTS = ("dev", "pre", "prod", "local")
EXAMPLES = ("owned", "joined", "lent")


def architecture(folder: Path, environment: str, project: str) -> Architecture:
    return build_architecture(read_assembly(folder, (environment, f"{environment}/{project}"), remedy="cdk synth"))


def said(found: Architecture) -> set[str]:
    names = {node.id: node.name for stack in found.stacks for node in stack.nodes}
    names |= {node.id: node.name for node in found.outside}
    return {f"{names[link.source]} {link.label} {names[link.target]}" for link in found.links}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_is_drawn_or_counted(cloud_assembly: Path, environment: str) -> None:
    stacks = read_assembly(cloud_assembly, (environment, f"{environment}/flights"), remedy="cdk synth")
    found = build_architecture(stacks)
    assert [content.name for content in found.stacks] == [stack.name for stack in stacks]
    for stack, content in zip(stacks, found.stacks, strict=True):
        drawn = [name for node in content.nodes for name in node.resources]
        assert len(drawn) == len(set(drawn))
        assert len(drawn) + sum(content.others.values()) == content.resources == len(stack.template["Resources"])


def test_who_acts_on_what_in_a_project_with_everything(cloud_assembly: Path) -> None:
    found = said(architecture(cloud_assembly, "dev", "flights"))
    assert {
        "explore reads, writes data",
        "explore reads artifacts",
        "explore starts flights-dev",
        "explore calls port 8998 flights-dev-1",
        "flights-dev-1 reads data",
        "flights-dev-1 reads, writes artifacts",
        "flights-dev reads data",
        "flights-dev reads, writes artifacts",
        "flights-dev registers in flights-dev",
        "flights-dev pulls 2 container images",
        "flights-dev alerts 3 event rules",
        "explore alerts 3 event rules",
        "flights-dev-1 alerts 3 event rules",
        "3 event rules alerts flights-dev",
        "300 USD a month alerts flights-dev",
        "flights-dev alerts data-science@example.com",
        "data logs to access-logs",
        "artifacts logs to access-logs",
    } <= found
    assert not any("CDK assets" in sentence and "writes" in sentence for sentence in found)


def test_the_picture_on_the_start_page_is_that_of_the_templates(cloud_assembly: Path) -> None:
    plan = build_plan(architecture(cloud_assembly, "dev", "flights"), title="The architecture of flights in dev")
    again = "in tests/example: `cdk synth`, then `mlproject architecture flights -e dev --output FILE`"
    assert (ROOT / "docs" / "images" / "architecture.svg").read_text() == build_svg(plan), again


def test_a_schedule_starts_the_pipeline_in_production(cloud_assembly: Path) -> None:
    assert "cron(0 4 * * ? *) starts flights-prod" in said(architecture(cloud_assembly, "prod", "flights"))


def test_data_that_exists_already_is_read_and_stands_apart(example_assembly: Path) -> None:
    found = architecture(example_assembly, "joined", "alpha")
    assert {"company-lake", "airports", "analysts"} <= {node.name for node in found.outside}
    assert {"alpha-joined reads company-lake", "alpha-joined reads airports"} <= said(found)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_arrow_of_the_real_project_has_its_label(cloud_assembly: Path, environment: str) -> None:
    plan = build_plan(architecture(cloud_assembly, environment, "flights"), title="")
    _, bundles, labels = labelled(plan)
    assert [bundle.label for bundle, label in zip(bundles, labels, strict=True) if label is None] == []
