"""Libraries for notebooks with and without a GPU, from one list."""

from __future__ import annotations

from pathlib import Path

from mlproject.instances import instance_types
from mlproject.libraries import lock_notes, read_lock
from mlproject.node_scripts import notebook_target
from mlproject.node_scripts.settings import notebook_settings
from mlproject.node_scripts.tools import Tools
from mlproject.parameters import load_parameters
from tests.cli.checkout import Checkout
from tests.libraries.project import lists_of, project, write_lock
from tests.libraries.registry import Registry

LOCKS = "projects/graphics/libraries/locks"
SCIENCE = 'tiny-science\ntiny-boost-cpu; extra == "cpu"\ntiny-boost; python_version < "4" and extra == "gpu"\n'


def graphics(root: Path, science: str) -> Checkout:
    """Create a project with the notebooks `again` (with a GPU) and `explore` (without), which have the same list."""
    root.mkdir(exist_ok=True)
    registry = Registry(folder=root / "registry")
    for name in ("ipykernel", "tiny-boost-cpu", "nvidia-tiny", "tiny-science"):
        registry.add(name, "1.0")
    registry.add("tiny-boost", "1.0", requires=["nvidia-tiny"])
    checkout = project(root, registry, name="graphics", science=science, cluster=True)
    file = root / "projects" / "graphics" / "project.yaml"
    text = file.read_text().replace("again: {instance_type: ml.t3.medium", "again: {instance_type: ml.g4dn.xlarge")
    file.write_text(text.replace("libraries: spark", "libraries: science"))
    return checkout


def test_every_notebook_type_with_a_gpu_installs_the_lock_for_gpus() -> None:
    types = [each for each in instance_types().values() if "notebook" in each.uses]
    assert {each.name for each in types if notebook_target(each.name) == "notebook-gpu"} == {
        each.name for each in types if each.has_gpu
    }


def test_one_list_is_locked_with_the_builds_of_each_kind_of_machine(tmp_path: Path) -> None:
    checkout = graphics(tmp_path, SCIENCE)

    done = checkout.run("libraries", "lock", "graphics")

    assert done.returncode == 0, done.stderr
    files = [f"{LOCKS}/{target}/science.txt" for target in ("notebook", "notebook-gpu", "emr")]
    assert done.stdout.splitlines() == [f"{file}: written" for file in files]
    cpu, gpu, cluster = (set(read_lock((tmp_path / file).read_text()).versions) for file in files)
    assert cpu == {"ipykernel", "tiny-science", "tiny-boost-cpu"}
    assert gpu == {"ipykernel", "tiny-science", "tiny-boost", "nvidia-tiny"}
    assert cluster == {"tiny-science", "tiny-boost-cpu"}


def test_an_instance_reads_the_list_that_a_push_uploads_for_it(tmp_path: Path) -> None:
    checkout = graphics(tmp_path, SCIENCE)
    deployment = load_parameters(tmp_path).deployment("graphics", "dev")
    keys = {notebook.name: each.key for each in lists_of(checkout) for _, notebook in each.notebooks}
    tools = Tools(uri="s3://assets/tools.tar.gz", sha256="0" * 64)
    bucket = deployment.names.bucket("artifacts")
    for notebook in deployment.notebooks:
        location = notebook_settings(deployment, notebook, tools=tools).variables()["LIBRARIES"]
        if notebook.libraries:
            assert f"{location}/requirements.txt" == f"s3://{bucket}/{keys[notebook.name]}"
    assert keys == {
        "again": "libraries/notebook-gpu/science/requirements.txt",
        "explore": "libraries/notebook/science/requirements.txt",
    }


def test_builds_for_gpus_on_an_instance_without_one_are_reported_with_the_line(tmp_path: Path) -> None:
    checkout = graphics(tmp_path, "tiny-science\nonnx-gpu\n")
    for library_list in lists_of(checkout):
        write_lock(library_list, {"nvidia-tiny": "1.0", "onnx-gpu": "2.0", "tiny-science": "1.0"}, installed=2**30)
    (note,) = lock_notes(lists_of(checkout))
    assert note == (
        "projects/graphics/libraries/science.txt:2: the notebook explore in dev (ml.t3.medium) has no GPU, but its "
        "lock contains builds for GPUs: nvidia-tiny 1.0, onnx-gpu 2.0 (2.0 GB). Write a line for each kind of "
        'instance, such as `xgboost-cpu; extra == "cpu"` and `xgboost; extra == "gpu"`, or select an instance type '
        "with a GPU."
    )


def test_a_list_without_a_line_for_its_machines_and_an_unknown_extra_are_told(tmp_path: Path) -> None:
    nothing = graphics(tmp_path / "a", 'tiny-boost; extra == "gpu"\n').run("libraries", "check")
    unknown = graphics(tmp_path / "b", 'tiny-science\ntiny-boost; extra == "gpus"\n').run("libraries", "check")
    assert nothing.returncode == unknown.returncode == 2
    assert "science.txt: has no requirements for notebooks without a GPU. Add one" in nothing.stderr
    assert (
        'science.txt:2: the extra gpus does not exist in a list. Allowed: extra == "cpu" for machines without a GPU, '
        'and extra == "gpu" for notebooks with one.'
    ) in unknown.stderr
