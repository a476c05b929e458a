"""Installation, update and rejection of libraries on a notebook instance, which starts in any case."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.libraries import read_lock
from tests.libraries.project import client, project
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.fault_cases import CASES
from tests.lifecycle_scripts.instance import VOLUME, Sandbox, kernel, new_instance, run_in_kernel
from tests.node_scripts.machine import python_like, wait_until

VERSION = "import tiny_science; print(tiny_science.VERSION)"


@pytest.mark.slow
def test_what_libraries_push_uploads_is_installed_kept_and_swapped(
    tmp_path: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """Four starts of one notebook, without network access except to AWS."""
    (tmp_path / "checkout").mkdir()
    checkout = project(tmp_path / "checkout", registry, name="boots", server=embedded_aws, science="tiny-science<2\n")
    pushing = ("libraries", "push", "boots", "--environment", "local")
    assert checkout.run("libraries", "lock", "boots").returncode == 0
    assert checkout.run(*pushing).returncode == 0
    instance = new_instance(tmp_path, embedded_aws, checkout.names().bucket("artifacts"), work_seconds=0.1)

    with instance.started() as machine:
        instance.wait_installed()
        assert instance.status == ('installed: the kernel "tiny (science)" has 2 libraries, from S3, without an index')
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        argv = kernel(machine)["argv"]
        assert machine.run(*argv[:3], user="ec2-user").stdout == "a kernel\n"
        assert kernel(machine)["display_name"] == "tiny (science)"
        assert instance.outcome["state"] == "installed"
        first = instance.environments

        # A newer list does not change the running kernel, but the status reports it.
        path = checkout.root / "projects" / "boots" / "libraries" / "science.txt"
        path.write_text("tiny-science>=2\n")
        assert checkout.run("libraries", "lock", "boots").returncode == 0
        assert checkout.run(*pushing).returncode == 0
        wait_until(lambda: instance.status.endswith("; newer libraries at the next start"))
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"

    with instance.started() as machine:
        instance.wait_installed()
        assert "newer" not in instance.status
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"
        assert len(instance.environments) == 2

    built = instance.log.count("installing: from S3")
    with instance.started() as machine:
        instance.wait_installed()
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"
        # The environment of this list is reused, and that of the first list is kept.
        assert instance.log.count("installing: from S3") == built == 2
        assert len(instance.environments) == 2 > len(first)

        rolled_back = checkout.run("libraries", "rollback", "boots", "--environment", "local")
        assert "tiny-science: 2.0 -> 1.0" in rolled_back.stdout, rolled_back.stderr
        downloads = instance.log.count("downloading wheels")
        again = machine.run("bash", "/opt/mlproject/tools/libraries.sh", user="ec2-user")
        assert again.stdout.startswith("installed: ")
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        assert instance.log.count("downloading wheels") == downloads
        assert instance.outcome["libraries"] == {"ipykernel": "6.0", "tiny-science": "1.0"}


@pytest.mark.slow
def test_whoever_kills_the_installation_in_the_middle_only_delays_it(sandbox: Sandbox) -> None:
    """Kill the script and power off the machine before the environment is marked complete: it is never used."""
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    instance = sandbox.instance()
    held = {"sync": "#!/bin/sh\ntouch /tmp/held\nexec sleep infinity\n"}
    with instance.started(programs=held) as machine:
        wait_until(machine.file("/tmp/held").exists)
        assert kernel(machine) == {}
        assert instance.status.startswith("installing")
        machine.program("sync", '#!/bin/sh\nexec /usr/bin/sync "$@"\n')
        # Wait for the process, since it holds the lock for which the next script would wait.
        wait_until(lambda: bool(machine.processes("sleep infinity")))
        for process in [*machine.processes("-m libraries"), *machine.processes("sleep infinity")]:
            process.kill()
        again = machine.run("bash", "/opt/mlproject/tools/libraries.sh", user="ec2-user")
        assert (again.returncode, run_in_kernel(machine, VERSION).stdout) == (0, "1.0\n")

    sandbox.publish("ipykernel==6.0", "tiny-science==2.0")
    with instance.started(programs=held) as machine:
        wait_until(machine.file("/tmp/held").exists)
        # The old environment is still used, and the new one is not complete.
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
    with instance.started() as machine:
        instance.wait_installed()
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"


@pytest.mark.slow
def test_without_s3_the_instance_starts_with_what_it_had_and_says_so(sandbox: Sandbox) -> None:
    instance = sandbox.instance()
    instance.server = None
    with instance.started() as machine:
        wait_until(lambda: instance.status.startswith("failed: no tools: cannot read s3://"))
        assert "Could not connect" in instance.status
        assert kernel(machine) == {}

    instance.server = sandbox.server
    with instance.started() as machine:
        assert "libraries/notebook/science/requirements.txt (run: mlproject libraries push)" in instance.wait_failed()
        assert kernel(machine) == {}

    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    with instance.started():
        instance.wait_installed()

    instance.server = None
    with instance.started() as machine:
        assert instance.wait_failed().endswith(". The previous libraries stay in use")
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("changed", "tiny_science-1.0-py3-none-any.whl does not match the sha256 in the list"),
        ("lost", "tiny_science-1.0-py3-none-any.whl: "),
        ("unlisted", "uv: No solution found"),
        ("kernelless", "the list does not contain ipykernel, which the kernel requires"),
    ],
)
def test_a_list_whose_wheels_are_not_its_own_is_refused(sandbox: Sandbox, damage: str, words: str) -> None:
    names = ["tiny-science==1.0"] + ([] if damage == "kernelless" else ["ipykernel==6.0"])
    sandbox.publish(*names)
    s3 = client(sandbox.server, "s3")
    key = "libraries/notebook/science/requirements.txt"
    text = s3.get_object(Bucket=sandbox.bucket, Key=key)["Body"].read().decode()
    (wheel,) = (each for each in read_lock(text).wheels if each.distribution == "tiny-science")
    if damage == "changed":
        s3.put_object(Bucket=sandbox.bucket, Key=wheel.key, Body=b"not the wheel")
    elif damage == "lost":
        s3.delete_object(Bucket=sandbox.bucket, Key=wheel.key)
    elif damage == "unlisted":
        # The list contains a library without its wheel, which uv must not download from elsewhere.
        s3.put_object(Bucket=sandbox.bucket, Key=key, Body=text.replace(f"# wheel {wheel.sha256}", "# lost").encode())
    instance = sandbox.instance()
    with instance.started() as machine:
        assert words in instance.wait_failed()
        assert kernel(machine) == {}


@pytest.mark.slow
def test_rule_20_another_python_of_the_machine_makes_the_environment_anew(sandbox: Sandbox) -> None:
    """SageMaker may update the base environment between stop and start, which breaks links in the old environment."""
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    instance = sandbox.instance()
    with instance.started(python=python_like("3.9")[0]) as machine:
        instance.wait_installed()
        first = run_in_kernel(machine, "import sys; print(sys.version)").stdout
    installing = instance.log.count(CASES["base Python"].shown)
    with instance.started(python=Path(sys.base_prefix)) as machine:
        instance.wait_installed()
        assert instance.log.count(CASES["base Python"].shown) > installing
        second = run_in_kernel(machine, "import sys; print(sys.version)").stdout
        assert second == f"{sys.version}\n" != first
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"


@pytest.mark.slow
def test_an_index_of_the_network_is_used_where_there_is_one_and_hashes_hold(sandbox: Sandbox) -> None:
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    simple = sandbox.folder / "simple"
    for path in sandbox.registry.wheels.glob("*.whl"):
        folder = simple / path.name.split("-")[0].replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(path.read_bytes())
        with (folder / "index.html").open("a") as page:
            page.write(f'<a href="{path.name}">{path.name}</a>\n')
    instance = sandbox.instance(library_index="http://localhost:8000/")
    serve = {"serve": f"#!/bin/sh\ncd /srv/simple && exec {sys.executable} -m http.server 8000\n"}
    with instance.started(programs=serve, binds={simple: "/srv/simple"}, first=["serve"]) as machine:
        instance.wait_installed()
        assert instance.status.endswith("from the index of this environment")
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        assert not machine.run("ls", f"{VOLUME}/.mlproject/cache/wheels").stdout


def test_a_notebook_without_a_list_starts_without_a_kernel_of_ours(sandbox: Sandbox) -> None:
    instance = sandbox.instance(libraries=None, kernel_title="")
    with instance.started() as machine:
        wait_until(lambda: bool(machine.processes("idle.sh")))
        assert not machine.processes("libraries.sh")
        assert not machine.file("/home/ec2-user/.local").exists()
