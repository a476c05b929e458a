"""The committed definition and image table are what the SDK builds, on any machine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from mlproject.definition.build import definition_text, images_text
from tests.definition.folders import FLIGHT_DELAYS, ROOT

pytestmark = pytest.mark.pipelines


def test_a_build_gives_the_committed_bytes() -> None:
    assert definition_text("flight_delays", root=ROOT) == (FLIGHT_DELAYS / "definition.json").read_text()


@pytest.mark.parametrize(
    ("seed", "region", "zone"), [("11", "us-gov-west-1", "Asia/Tokyo"), ("22", "ap-southeast-5", "America/Lima")]
)
def test_hash_seed_home_region_and_time_zone_do_not_matter(tmp_path: Path, seed: str, region: str, zone: str) -> None:
    """Run by hand, that is without the clean environment that `mlproject pipeline build` gives it."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(f"[default]\nregion = {region}\n")
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": seed,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_PROFILE": "there-is-none",
        "SAGEMAKER_ROLE_ARN": "arn:aws:iam::111122223333:role/someone",
        "TZ": zone,
    }
    done = subprocess.run(
        [ROOT / ".venv-pipelines" / "bin" / "python", "-m", "pipelines.flight_delays.pipeline"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    built = {key: value for key, value in json.loads(done.stdout).items() if value is not None}
    text = json.dumps(built, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert text == (FLIGHT_DELAYS / "definition.json").read_text()


def test_the_committed_table_of_images_is_the_sdks() -> None:
    assert images_text(root=ROOT) == (ROOT / "mlproject" / "definition" / "images" / "images.json").read_text()
