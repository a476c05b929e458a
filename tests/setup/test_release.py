"""`scripts/release` in a repository of its own: reproducible files, and a refusal in one sentence for each reason."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from scripts.sbom import SCHEMA, create_sbom, render
from tests.checkouts import ROOT

DATED = "# Changelog\n\n## 1.2.0 (2026-11-30)\n\n- A change.\n"
PIN = "tiny==1.0 \\\n    --hash=sha256:" + "a" * 64 + "\n"


@dataclass(frozen=True, kw_only=True)
class Repository:
    root: Path

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        done = subprocess.run(["git", *identity, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "change")

    def release(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["scripts/release"], cwd=self.root, capture_output=True, text=True, check=False)

    def files(self, version: str = "1.2.0") -> dict[str, bytes]:
        folder = self.root / "build" / "release" / version
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(root=tmp_path / "repository")
    for path in ("scripts", "requirements", "mlproject/spark/maven", "docs_site/browser"):
        (found.root / path).mkdir(parents=True)
    for path in ("scripts/release", "scripts/sbom.py", "scripts/check_locks.py", "pyproject.toml"):
        shutil.copy2(ROOT / path, found.root / path)
    (found.root / "mlproject" / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (found.root / "CHANGELOG.md").write_text(DATED)
    (found.root / ".gitignore").write_text("build/\n.venv\n__pycache__/\n")
    (found.root / "requirements" / "tiny.in").write_text("tiny\n")
    (found.root / "requirements" / "tiny.txt").write_text(PIN)
    (found.root / "mlproject" / "spark" / "maven" / "jars.lock").write_text("# From pom.xml.\n")
    for folder in (found.root, found.root / "docs_site" / "browser"):
        (folder / "package.json").write_text('{"devDependencies": {}}')
        (folder / "package-lock.json").write_text('{"packages": {"": {}}}')
    (found.root / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
    found.git("init", "--quiet", "--initial-branch", "main")
    found.git("config", "user.name", "a")
    found.git("config", "user.email", "a@example.com")
    found.commit()
    return found


def test_a_release_has_an_archive_of_the_commit_an_sbom_checksums_and_a_tag(repository: Repository) -> None:
    done = repository.release()
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "To publish it: git push origin v1.2.0" in done.stdout
    files = repository.files()
    assert sorted(files) == ["SHA256SUMS", "mlproject-1.2.0.cdx.json", "mlproject-1.2.0.tar.gz"]
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split()
        assert hashlib.sha256(files[name]).hexdigest() == digest
    archive = repository.root / "build" / "release" / "1.2.0" / "mlproject-1.2.0.tar.gz"
    with tarfile.open(archive) as members:
        names = {member.name for member in members.getmembers() if member.isfile()}
    assert names == {f"mlproject-1.2.0/{path}" for path in repository.git("ls-files").splitlines()}
    (component,) = json.loads(files["mlproject-1.2.0.cdx.json"])["components"]
    assert (component["purl"], component["hashes"]) == ("pkg:pypi/tiny@1.0", [{"alg": "SHA-256", "content": "a" * 64}])
    assert repository.git("rev-parse", "v1.2.0^{commit}") == repository.git("rev-parse", "HEAD")


def test_the_same_commit_gives_the_same_bytes_and_keeps_its_tag(repository: Repository) -> None:
    assert repository.release().returncode == 0
    first, tag = repository.files(), repository.git("rev-parse", "v1.2.0")
    for path in (repository.root / "CHANGELOG.md", repository.root / "requirements" / "tiny.txt"):
        path.touch()
    assert repository.release().returncode == 0
    assert repository.files() == first
    assert repository.git("rev-parse", "v1.2.0") == tag


def _change_a_file(repository: Repository) -> None:
    (repository.root / "requirements" / "tiny.txt").write_text("")


def _add_a_file(repository: Repository) -> None:
    (repository.root / "notes.txt").touch()


def _remove_the_date(repository: Repository) -> None:
    (repository.root / "CHANGELOG.md").write_text(DATED.replace("2026-11-30", "unreleased"))
    repository.commit()


def _increase_the_version(repository: Repository) -> None:
    (repository.root / "mlproject" / "__init__.py").write_text('__version__ = "1.3.0"\n')
    repository.commit()


def _commit_after_the_tag(repository: Repository) -> None:
    repository.git("tag", "v1.2.0")
    _add_a_file(repository)
    repository.commit()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_change_a_file, "the working tree has changes. Commit or remove them."),
        (_add_a_file, "the working tree has changes. Commit or remove them."),
        (_remove_the_date, "CHANGELOG.md: 1.2.0 has no date. Write '## 1.2.0 ("),
        (_increase_the_version, "CHANGELOG.md begins with '## 1.2.0 (2026-11-30)', but mlproject/__init__.py has the"),
        (_commit_after_the_tag, "the tag v1.2.0 is the commit "),
    ],
)
def test_what_does_not_agree_is_refused_in_one_sentence_and_nothing_is_built(
    repository: Repository, change: Callable[[Repository], None], sentence: str
) -> None:
    change(repository)
    tags = repository.git("tag")
    done = repository.release()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"release: {sentence}")
    assert (repository.files(), repository.git("tag")) == ({}, tags)


def test_the_sbom_of_this_repository_follows_the_schema_of_cyclonedx_and_lists_every_lock() -> None:
    moment = datetime(2026, 11, 30, tzinfo=UTC)
    text = render(create_sbom(root=ROOT, release="1.2.0", commit="c" * 40, moment=moment))
    assert JsonStrictValidator(SCHEMA).validate_str(text) is None
    document = json.loads(text)
    locks = {
        each["value"]: component["name"] for component in document["components"] for each in component["properties"]
    }
    requirements = {f"requirements/{path.name}" for path in (ROOT / "requirements").glob("*.txt")}
    others = {"package-lock.json", "docs_site/browser/package-lock.json", "mlproject/spark/maven/jars.lock"}
    assert set(locks) == requirements | others
    assert all(component["hashes"] for component in document["components"])
    packages = {component["name"]: component for component in document["components"]}
    assert "requirements/local.txt" in {each["value"] for each in packages["moto"]["properties"]}
    (root,) = (each for each in document["dependencies"] if each["ref"] == document["metadata"]["component"]["bom-ref"])
    assert packages["moto"]["bom-ref"] in root["dependsOn"]
