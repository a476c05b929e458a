"""`mlproject libraries diff --since`: the locks of this checkout beside those of an earlier commit."""

from __future__ import annotations

from pathlib import Path

from tests.cli.git_checkout import commit, git
from tests.libraries.project import lists_of, project, write_lock
from tests.libraries.registry import Registry

LOCKS = "projects/changed/libraries/locks"


def test_the_versions_since_the_merge_base_are_listed_and_not_those_of_the_other_branch(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    checkout = project(root, Registry(folder=tmp_path / "registry"), name="changed", cluster=True)
    notebook, cluster = lists_of(checkout)
    write_lock(notebook, {"ipykernel": "6.0", "tiny-base": "1.0", "tiny-old": "1.0"})
    write_lock(cluster, {"tiny-spark": "3.0"})
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, "The first locks")
    git(root, "checkout", "--quiet", "-b", "change")
    # The main branch moves on; this is not a change of the branch `change`.
    git(root, "checkout", "--quiet", "main")
    write_lock(notebook, {"ipykernel": "7.0"})
    commit(root, "Another version on main")
    git(root, "checkout", "--quiet", "change")
    write_lock(notebook, {"ipykernel": "6.0", "tiny-base": "2.0", "tiny-new": "0.1"})
    settings = root / "projects" / "changed" / "project.yaml"
    settings.write_text(settings.read_text().replace(", libraries: spark", ""))

    done = checkout.run("libraries", "diff", "changed", "--since", "main")

    assert (done.returncode, done.stdout) == (
        0,
        f"{LOCKS}/emr/spark.txt: removed\n"
        f"{LOCKS}/notebook/science.txt: 3 changed versions\n"
        "  ~ tiny-base 1.0 -> 2.0\n"
        "  + tiny-new 0.1\n"
        "  - tiny-old 1.0\n",
    ), done.stderr


def test_a_new_lock_an_unknown_commit_and_a_missing_choice_are_told(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    checkout = project(root, Registry(folder=tmp_path / "registry"), name="changed")
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, "No locks yet")
    (notebook,) = lists_of(checkout)
    write_lock(notebook, {"ipykernel": "6.0", "tiny-base": "1.0"})

    new = checkout.run("libraries", "diff", "changed", "--since", "main")
    unknown = checkout.run("libraries", "diff", "changed", "--since", "release")
    neither = checkout.run("libraries", "diff", "changed")

    assert (new.returncode, new.stdout) == (0, f"{LOCKS}/notebook/science.txt: new (2 libraries)\n")
    assert unknown.returncode == neither.returncode == 2
    assert "--since release: no such commit in this clone." in unknown.stderr
    assert "Give either --environment, to compare with S3, or --since, to compare with a commit." in neither.stderr
