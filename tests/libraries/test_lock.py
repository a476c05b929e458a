"""`mlproject libraries lock` and `check` with real uv and pip: what they reject, with the lines that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlproject.outcome import State
from tests.cli.checkout import Checkout
from tests.libraries.project import project
from tests.libraries.registry import Registry

pytestmark = pytest.mark.slow

LIST = "projects/locked/libraries/science.txt"
LOCK = "projects/locked/libraries/locks/notebook/science.txt"
REMEDY = "Run `mlproject libraries lock locked` and commit the result."


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(folder=tmp_path / "registry")
    made.add("ipykernel", "6.0")
    made.add("tiny-base", "1.0")
    made.add("tiny-base", "2.5")
    made.add("tiny-science", "1.0", requires=["tiny-base>=2"])
    return made


def locked(tmp_path: Path, registry: Registry, science: str = "tiny-science\n") -> tuple[Checkout, str]:
    """Lock the list, and return the checkout with the last line of the command."""
    (tmp_path / "checkout").mkdir()
    checkout = project(tmp_path / "checkout", registry, name="locked", science=science)
    done = checkout.run("libraries", "lock", "locked")
    if done.returncode == 0:
        return checkout, done.stdout
    assert done.returncode == 2, done.stderr
    assert not (checkout.root / LOCK).exists()
    return checkout, done.stderr.splitlines()[-1]


def test_a_conflict_names_the_libraries_and_the_lines_that_ask_for_them(tmp_path: Path, registry: Registry) -> None:
    registry.add("tiny-other", "1.0")
    _, said = locked(tmp_path, registry, "# First\ntiny-science\ntiny-other\ntiny-base<2\n")
    assert said.startswith(f"error: {LIST}:2: cannot be resolved, so nothing was locked: Because ")
    assert said.endswith(
        "The list asks for them in line 2 (tiny-science) and line 4 (tiny-base<2). Change the versions."
    )


@pytest.mark.parametrize(
    ("others", "remedy"),
    [
        (("0.8", "0.9"), "The newest versions with one: 0.9, 0.8."),
        ((), "No version has one. Remove it, or use another."),
    ],
)
def test_a_missing_wheel_names_the_versions_that_have_one(
    tmp_path: Path, registry: Registry, others: tuple[str, ...], remedy: str
) -> None:
    registry.add("tiny-odd", "1.0", tag="cp312-cp312-manylinux_2_28_x86_64")
    for version in others:
        registry.add("tiny-odd", version)
    _, said = locked(tmp_path, registry, "tiny-science\ntiny-odd>=1\n")
    assert said == (
        f"error: {LIST}:2: tiny-odd>=1 has no wheel for Python 3.10 on Linux x86_64, so nothing was locked. {remedy}"
    )


def test_an_unknown_library_is_told_with_the_nearest_name(tmp_path: Path, registry: Registry) -> None:
    _, said = locked(tmp_path, registry, "tiny-science\nmatplotlb\n")
    assert said == (
        f"error: {LIST}:2: the package index has no library matplotlb. Did you mean matplotlib? Nothing was locked."
    )


def test_without_a_network_nothing_is_locked_but_a_check_passes(tmp_path: Path, registry: Registry) -> None:
    checkout, said = locked(tmp_path, registry)
    assert said == f"{LOCK}: written\n"
    (registry.folder / "uv.toml").write_text('index-url = "http://localhost:9/simple"\n')
    offline = Checkout(root=checkout.root, project="locked", variables={**checkout.variables, "UV_HTTP_RETRIES": "0"})
    before = (checkout.root / LOCK).read_bytes()

    checked, failed = offline.run("libraries", "check"), offline.run("libraries", "lock", "--upgrade")

    assert (checked.returncode, checked.stdout) == (0, f"{LOCK}: up to date\n")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == (
        f"error: {LIST}: the package index cannot be reached, so nothing was locked. "
        "Check the network and the index in uv's configuration, and run the command again."
    )
    assert (checkout.root / LOCK).read_bytes() == before


def _edit(root: Path) -> None:
    (root / LOCK).write_text((root / LOCK).read_text().replace("tiny-base==2.5", "tiny-base==2.4"))


def _change_list(root: Path) -> None:
    (root / LIST).write_text("tiny-science<9\n")


def _comment(root: Path) -> None:
    (root / LIST).write_text("# Only a comment.\ntiny-science\n")


PUSH = ("libraries", "push", "locked", "-e", "local")
CHECK = ("libraries", "check", "locked")


@pytest.mark.parametrize(
    ("change", "command", "problem"),
    [
        (_edit, PUSH, f"error: {LOCK}:1: was edited or merged by hand. Change {LIST} instead. {REMEDY}\n"),
        (_change_list, CHECK, f"error: {LOCK}:1: is older than {LIST}, which has changed since. {REMEDY}\n"),
        (lambda root: (root / LOCK).unlink(), ("check",), f"{LIST}: has no lock ({LOCK}). {REMEDY}\n"),
        (_comment, CHECK, ""),
    ],
    ids=["edited", "older than its list", "missing", "only a comment in the list"],
)
def test_a_lock_that_does_not_match_its_list_is_found_before_anything_is_uploaded(
    tmp_path: Path, registry: Registry, change: Callable[[Path], None], command: tuple[str, ...], problem: str
) -> None:
    checkout, _ = locked(tmp_path, registry)
    change(checkout.root)
    done = checkout.run(*command)
    assert done.returncode == (2 if problem else 0)
    assert problem in done.stderr
    assert bool(done.stderr) == bool(problem)


@pytest.mark.parametrize(
    ("gigabytes", "state", "words"),
    [
        (2.4, State.PROBLEM, "error: "),
        (2.2, State.WARNING, f"{LIST}: the libraries need"),
        (1.0, State.OK, ""),
    ],
    ids=["two environments do not fit", "more than 80 percent", "room"],
)
def test_libraries_that_do_not_fit_on_the_volume_are_found_before_a_deployment(
    tmp_path: Path, registry: Registry, gigabytes: float, state: State, words: str
) -> None:
    """A lock whose wheel has this installed size, as `lock` writes it, on volumes of 5 GB."""
    from mlproject.cli.common.library_outcomes import volume_outcomes
    from mlproject.libraries import Lock, Pin, Wheel, read_library_lists
    from mlproject.parameters import load_parameters

    checkout = project(tmp_path, registry, name="locked")
    file = tmp_path / "projects" / "locked" / "project.yaml"
    file.write_text(file.read_text().replace("ml.t3.medium,", "ml.t3.medium, volume_gb: 5,"))
    (of_list,) = read_library_lists(load_parameters(tmp_path).deployment("locked", "dev"), tmp_path)
    wheel = Wheel(file="big-1.0-py3-none-any.whl", sha256="a" * 64, size=2**29, installed=int(gigabytes * 2**30))
    pin = Pin(name="big", version="1.0", hashes=frozenset({wheel.sha256}))
    of_list.lock_path.parent.mkdir(parents=True)
    of_list.lock_path.write_text(Lock(pins=(pin,), wheels=(wheel,)).text(of_list))

    done = checkout.run("libraries", "check", "locked")

    assert done.returncode == (2 if state is State.PROBLEM else 0)
    needed = f"the libraries need {2 * gigabytes + 0.5:.1f} GB on the notebook explore in dev"
    assert words in done.stdout + done.stderr
    assert (needed in done.stdout + done.stderr) == bool(words)
    outcomes = list(volume_outcomes([load_parameters(tmp_path).deployment("locked", "dev")], tmp_path))
    assert [each.state for each in outcomes] == [state, state]
    assert any(needed in each.message for each in outcomes)


def test_the_installed_size_is_that_of_the_unpacked_wheels(tmp_path: Path, registry: Registry) -> None:
    import zipfile

    from mlproject.libraries import read_lock

    checkout, _ = locked(tmp_path, registry)
    for wheel in read_lock((checkout.root / LOCK).read_text()).wheels:
        path = registry.wheels / wheel.file
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / wheel.file)
        files = [each for each in (tmp_path / wheel.file).rglob("*") if each.is_file()]
        bytecode = sum(each.stat().st_size for each in files if each.suffix == ".py")
        assert wheel.size == path.stat().st_size
        assert wheel.installed == sum(each.stat().st_size for each in files) + bytecode
