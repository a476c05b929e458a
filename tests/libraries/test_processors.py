"""Libraries for clusters with x86 and with ARM processors, from one list."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.libraries import read_lock
from mlproject.node_scripts import Tools, bootstrap_arguments
from mlproject.parameters import load_parameters
from tests.cli.checkout import Checkout
from tests.libraries.project import lists_of, project
from tests.libraries.registry import Registry

pytestmark = pytest.mark.slow

X86, ARM = "cp39-cp39-manylinux_2_17_x86_64", "cp39-cp39-manylinux_2_17_aarch64"
LOCKS = "projects/mixed/libraries/locks"


def mixed(root: Path, *tags: str) -> Checkout:
    """Create a project whose cluster has x86 processors in `dev` and ARM processors elsewhere.

    Args:
        tags: the processors for which the index has a wheel of the cluster's library.
    """
    registry = Registry(folder=root / "registry")
    for name in ("ipykernel", "tiny-science"):
        registry.add(name, "1.0")
    for tag in tags:
        registry.add("tiny-spark", "1.0", tag=tag)
    checkout = project(root, registry, name="mixed", cluster=True)
    file = root / "projects" / "mixed" / "project.yaml"
    arm = "{emr: {primary_instance_type: m7g.xlarge, core_instance_type: r7g.xlarge}}"
    text = file.read_text().replace("kept: {}", f"kept: {arm}").replace("local: {}", f"local: {arm}")
    file.write_text(text)
    return checkout


def test_the_list_of_a_cluster_is_locked_with_the_wheels_of_its_processors(tmp_path: Path) -> None:
    checkout = mixed(tmp_path, X86, ARM)

    done = checkout.run("libraries", "lock", "mixed")

    assert done.returncode == 0, done.stderr
    wheels = {
        target: [wheel.file for wheel in read_lock((tmp_path / f"{LOCKS}/{target}/spark.txt").read_text()).wheels]
        for target in ("emr", "emr-arm64")
    }
    assert wheels == {"emr": [f"tiny_spark-1.0-{X86}.whl"], "emr-arm64": [f"tiny_spark-1.0-{ARM}.whl"]}


def test_a_node_reads_the_list_that_a_push_uploads_for_its_processor(tmp_path: Path) -> None:
    checkout = mixed(tmp_path, X86)
    platform = load_parameters(tmp_path)
    for environment, name in (("dev", "spark"), ("kept", "arm64/spark")):
        program = Tools(uri="s3://bucket/program.tar.gz", sha256="0" * 64)
        _, _, _, libraries, _, read, *_ = bootstrap_arguments(platform.deployment("mixed", environment), program)
        assert read == name
        (pushed,) = (each.key for each in lists_of(checkout, environment) if not each.has_kernel)
        # bootstrap_actions/install_libraries.sh
        assert f"{libraries}/emr/{read}/requirements.txt".endswith(f"/{pushed}")


def test_clusters_of_one_project_with_different_processors_have_a_list_each(tmp_path: Path) -> None:
    checkout = mixed(tmp_path, X86, ARM)
    file = tmp_path / "projects" / "mixed" / "project.yaml"
    arm = "{emr: {clusters: {arm: {primary_instance_type: m7g.xlarge, core_instance_type: r7g.xlarge}}}}"
    file.write_text(file.read_text().replace("dev: {}", f"dev: {arm}"))
    assert [each.target for each in lists_of(checkout, "dev")] == ["notebook", "emr", "emr-arm64"]


def test_a_library_without_a_wheel_for_arm_is_named_and_nothing_is_locked(tmp_path: Path) -> None:
    checkout = mixed(tmp_path, X86)

    missing = checkout.run("check")
    assert missing.returncode != 0
    assert f"{LOCKS}/emr-arm64/spark.txt" in missing.stdout + missing.stderr

    done = checkout.run("libraries", "lock", "mixed")
    assert done.returncode != 0
    assert (
        "projects/mixed/libraries/spark.txt:1: tiny-spark has no wheel for Python 3.9 on Linux aarch64, so nothing "
        "was locked."
    ) in done.stderr
    assert not (tmp_path / f"{LOCKS}/emr-arm64/spark.txt").exists()
