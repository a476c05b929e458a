"""The committed table of notebook types matches botocore, and lists a successor of every unsupported family."""

from __future__ import annotations

from mlproject.parameters.tables import generate_notebook_types, notebook_types


def test_the_table_is_fresh() -> None:
    again = "run `python -m mlproject.parameters.tables.generate_notebook_types`"
    assert notebook_types.TABLE.read_text() == generate_notebook_types.render(), again


def test_no_type_of_a_refused_family_is_supported() -> None:
    assert {each.rpartition(".")[0] for each in notebook_types.SUPPORTED}.isdisjoint(notebook_types.SUCCESSORS)
    assert "ml.p2.xlarge" in notebook_types.FAMILIES["ml.p2"]
    assert {"ml.t3.medium", "ml.p4d.24xlarge", "ml.c5.xlarge"} <= set(notebook_types.SUPPORTED)


def test_every_successor_is_supported() -> None:
    for family in notebook_types.SUCCESSORS.values():
        assert set(notebook_types.FAMILIES[family]) <= set(notebook_types.SUPPORTED)


def test_the_platform_is_one_that_the_api_takes() -> None:
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    pattern = model.shape_for("PlatformIdentifier").metadata["pattern"]
    assert notebook_types.PLATFORM in pattern.strip("()").split("|")
