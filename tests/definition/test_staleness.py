"""A stale definition is reported with its reason and the command that updates it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlproject.definition import read_definition
from mlproject.definition.sources import fingerprint, sdk_versions, source_files
from mlproject.errors import UserError
from tests.definition.folders import ROOT, committed, copied


def append(path: Path, text: str = "\n# changed\n") -> None:
    with path.open("a") as file:
        file.write(text)


def edit_lock(folder: Path) -> None:
    path = folder / "definition.lock.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "hash": "0" * 64}))


def raise_sdk(folder: Path) -> None:
    path = folder.parents[1] / "requirements" / "pipelines.txt"
    path.write_text(path.read_text().replace("sagemaker==3.27.0", "sagemaker==3.28.0"))


def test_the_committed_definition_is_fresh() -> None:
    assert committed().staleness() is None
    assert not committed().is_stale


def test_a_copy_elsewhere_is_fresh(tmp_path: Path) -> None:
    assert read_definition(copied(tmp_path)).staleness() is None


def helper(folder: Path, name: str) -> Path:
    """Return a module of pipeline_builder in the copied project."""
    return folder.parents[1] / "pipeline_builder" / name


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "source": (lambda folder: append(folder / "pipeline.py"), r"pipelines/flight_delays/pipeline\.py changed"),
    "import": (lambda folder: append(helper(folder, "offline.py")), r"pipeline_builder/offline\.py changed"),
    "import of an import": (
        lambda folder: append(helper(folder, "sdk_settings.py")),
        r"pipeline_builder/sdk_settings\.py changed",
    ),
    "sdk": (raise_sdk, "the version of the SageMaker SDK changed"),
    "hand": (lambda folder: append(folder / "definition.json", " "), "it was edited after it was built"),
    "lock": (edit_lock, r"definition\.lock\.json was edited"),
    "no lock": (lambda folder: (folder / "definition.lock.json").unlink(), r"definition\.lock\.json is missing"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_reported_with_its_reason_and_the_command(tmp_path: Path, change: str) -> None:
    folder = copied(tmp_path)
    make, reason = CHANGES[change]
    make(folder)
    sentence = read_definition(folder).staleness()
    assert sentence is not None
    assert re.fullmatch(
        rf".*definition\.json is stale: {reason}\. Run `mlproject pipeline build flight_delays`\.", sentence
    )


def test_step_scripts_and_foreign_files_do_not_make_it_stale(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    append(folder / "steps" / "train.py")
    append(folder.parent / "images.py")
    assert read_definition(folder).staleness() is None


def test_a_new_import_is_a_source(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder.parent / "shared.py").write_text("")
    append(folder / "pipeline.py", "\nfrom pipelines import shared\nimport pipelines.nowhere\n")
    names = [path.name for path in source_files(folder / "pipeline.py", root=tmp_path)]
    assert "shared.py" in names
    assert "nowhere.py" not in names


def test_a_relative_import_is_a_source(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "beside.py").write_text("from ..above import x\n")
    (folder.parent / "above.py").write_text("")
    append(folder / "pipeline.py", "\nfrom . import beside\n")
    found = {path.relative_to(tmp_path).as_posix() for path in source_files(folder / "pipeline.py", root=tmp_path)}
    assert {"pipelines/flight_delays/beside.py", "pipelines/above.py"} <= found


def test_a_source_that_is_no_python_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    append(folder / "pipeline.py", "\ndef :\n")
    with pytest.raises(UserError, match=r"pipeline\.py: cannot be parsed as Python"):
        read_definition(folder).staleness()


def test_a_missing_lock_of_the_sdk_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    lock = tmp_path / "requirements" / "pipelines.txt"
    lock.write_text("boto3==1.0\n")
    with pytest.raises(UserError, match=r"pipelines\.txt: does not pin sagemaker"):
        read_definition(folder).staleness()
    lock.unlink()
    with pytest.raises(UserError, match=r"pipelines\.txt: cannot be read"):
        read_definition(folder).staleness()


def test_the_hash_is_of_sources_and_sdk_only() -> None:
    found = fingerprint(ROOT / "pipelines" / "flight_delays" / "pipeline.py", root=ROOT)
    assert found["hash"] == committed().hash
    assert found["sdk"] == sdk_versions(ROOT)
    assert sorted(found["sources"]) == [
        "pipeline_builder/__init__.py",
        "pipeline_builder/check_image_table.py",
        "pipeline_builder/images.py",
        "pipeline_builder/offline.py",
        "pipeline_builder/sdk_settings.py",
        "pipeline_builder/serving.py",
        "pipeline_builder/steps.py",
        "pipelines/flight_delays/pipeline.py",
    ]
