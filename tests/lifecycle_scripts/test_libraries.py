"""The libraries of a notebook instance: installed, kept, swapped, refused; the instance starts whatever happens."""

from __future__ import annotations

from pathlib import Path

from mlproject import embedded_aws as aws
from tests.libraries.project import project
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.instance import in_kernel, kernel, new_instance
from tests.node_scripts.machine import until

VERSION = "import tiny_science; print(tiny_science.VERSION)"


def test_what_libraries_push_uploads_is_installed_kept_and_swapped(
    tmp_path: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """One notebook through four starts, with no network but AWS."""
    (tmp_path / "checkout").mkdir()
    checkout = project(tmp_path / "checkout", registry, name="boots", server=embedded_aws, science="tiny-science<2\n")
    pushing = ("libraries", "push", "boots", "--environment", "local")
    assert checkout.run(*pushing).returncode == 0
    instance = new_instance(tmp_path, embedded_aws, checkout.names().bucket("artifacts"), work_seconds=0.1)

    with instance.started() as machine:
        instance.installed()
        assert instance.status == (
            'installed: the kernel "tiny (science)" has the list of 2 libraries, from S3, without an index'
        )
        assert in_kernel(machine, VERSION).stdout == "1.0\n"
        argv = kernel(machine)["argv"]
        assert machine.run(*argv[:3], user="ec2-user").stdout == "a kernel\n"
        assert kernel(machine)["display_name"] == "tiny (science)"
        assert not (instance.volume / ".mlproject" / "wheels").exists()
        first = instance.environments

        # A newer list changes nothing for those who work, but they are told.
        path = checkout.root / "projects" / "boots" / "libraries" / "science.txt"
        path.write_text("tiny-science>=2\n")
        assert checkout.run(*pushing).returncode == 0
        until(lambda: instance.status.endswith("; newer libraries at the next start"))
        assert in_kernel(machine, VERSION).stdout == "1.0\n"

    with instance.started() as machine:
        # What was there is there at once; the new list takes its place when it is complete.
        until(lambda: instance.status.startswith("installed") and "newer" not in instance.status)
        assert in_kernel(machine, VERSION).stdout == "2.0\n"
        assert len(instance.environments) == 2

    built = instance.log.count("installing: from S3")
    starts = instance.log.count(" installed: ")
    with instance.started() as machine:
        until(lambda: instance.log.count(" installed: ") == starts + 1)
        assert in_kernel(machine, VERSION).stdout == "2.0\n"
        # This list was there already, and the first one's environment is gone.
        assert instance.log.count("installing: from S3") == built == 2
        assert len(instance.environments) == 1
        assert instance.environments != first
