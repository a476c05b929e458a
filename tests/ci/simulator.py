"""A GitLab project on this machine: a clone whose pipelines gitlab-ci-local runs, job by job, as shell scripts.

gitlab-ci-local neither issues ID tokens nor honours resource_group, and drops the result of a child pipeline.
`job_hook.sh` adds these: every job's shell reads it first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.cdk_cli import VALIDATION
from tests.checkouts import ROOT

HOST = "gitlab.example.com"
PATH = "data/platform"
HOOK = Path(__file__).with_name("job_hook.sh")


@dataclass(frozen=True, kw_only=True)
class PipelineRun:
    """A pipeline that has ended.

    Args:
        jobs: exit code of each job that ran, by name, those of child pipelines included.
        output: what the pipeline printed.
        artifacts: the folder with the artifacts of each job.
    """

    jobs: Mapping[str, int]
    output: str
    artifacts: Path

    @property
    def failed(self) -> list[str]:
        return sorted(name for name, code in self.jobs.items() if code)

    def artifact(self, job: str, path: str) -> Path:
        """Return a file that a job kept as an artifact."""
        return self.artifacts / job.replace(":", "Og").replace("/", "Lw") / path


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project in GitLab.

    Args:
        folder: the clone.
        home: the empty HOME of its jobs.
        variables: further environment variables of every job, such as AWS_ENDPOINT_URL.
        issuer: the folder with the key that signs ID tokens.
        default_branch: the name of the default branch, the only protected one.
    """

    folder: Path
    home: Path
    issuer: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    default_branch: str = "main"

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit every change, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def run_merge_request(
        self, *, base: str, iid: int = 7, only: Sequence[str] = (), manual: Sequence[str] = ()
    ) -> PipelineRun:
        """Run the pipeline of a merge request of the branch that is checked out.

        Args:
            base: the commit of the default branch where the branch began.
            iid: number of the merge request.
            only: the jobs to run; all if empty.
            manual: names of manual jobs to start.
        """
        branch = self.git("branch", "--show-current")
        return self._run(
            *only,
            "--unset-variable",
            "CI_COMMIT_BRANCH",
            manual=manual,
            values={
                "CI_PIPELINE_SOURCE": "merge_request_event",
                "CI_MERGE_REQUEST_IID": str(iid),
                "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": branch,
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": self.default_branch,
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            },
        )

    def run_push(self, *, before: str, only: Sequence[str] = ()) -> PipelineRun:
        """Run the pipeline of a push to the branch that is checked out.

        Args:
            before: the commit of the branch before the push.
            only: the jobs to run; all if empty.
        """
        return self._run(*only, values={"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before})

    def write_snapshots(self) -> None:
        """Write the snapshots of the repository's stacks, as its team does before it commits a change of them."""
        subprocess.run(
            [sys.executable, "-m", "tests.repository.snapshots"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def run_schedule(self, **variables: str) -> PipelineRun:
        """Run a scheduled pipeline of the default branch."""
        return self._run(values={"CI_PIPELINE_SOURCE": "schedule", **variables})

    def run_web(self, **variables: str) -> PipelineRun:
        """Run a pipeline as with GitLab's button "New pipeline", with variables."""
        return self._run(values={"CI_PIPELINE_SOURCE": "web", **variables})

    def list_jobs(self, variables: Mapping[str, str]) -> str:
        """Return the jobs of a pipeline as JSON, without running them."""
        arguments = [part for name, value in variables.items() for part in ("--variable", f"{name}={value}")]
        if "CI_COMMIT_BRANCH" not in variables:
            arguments += ["--unset-variable", "CI_COMMIT_BRANCH"]
        done = self._simulate("--list-json", *arguments, environment=self._environment(variables))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run_child(self, file: str, *, manual: Sequence[str] = ()) -> tuple[int, PipelineRun]:
        """Run a child pipeline on its own, and return gitlab-ci-local's exit code too, which a parent would drop."""
        return self._process("--file", file, manual=manual, values={"CI_PIPELINE_SOURCE": "parent_pipeline"})

    def _run(self, *options: str, values: Mapping[str, str], manual: Sequence[str] = ()) -> PipelineRun:
        return self._process(*options, values=values, manual=manual)[1]

    def _process(self, *options: str, values: Mapping[str, str], manual: Sequence[str] = ()) -> tuple[int, PipelineRun]:
        state = self.folder / ".gitlab-ci-local"
        results = state / "results.jsonl"
        results.unlink(missing_ok=True)
        variables = {"CI_DEFAULT_BRANCH": self.default_branch, **values}
        arguments = [
            *options,
            *(part for name, value in variables.items() for part in ("--variable", f"{name}={value}")),
        ]
        arguments += [part for job in manual for part in ("--manual", job)]
        environment = self._environment(variables)
        # A child pipeline overwrites the expanded file, in which the hook looks up the jobs of the parent.
        preview = self._simulate("--preview", *arguments, environment=environment)
        state.mkdir(exist_ok=True)
        assert preview.returncode == 0, preview.stderr
        (state / "parent.yml").write_text(preview.stdout)
        done = self._simulate(*arguments, environment={**environment, "BASH_ENV": str(HOOK)})
        lines = results.read_text().splitlines() if results.exists() else []
        jobs: dict[str, int] = {}
        for each in map(json.loads, lines):
            # A second shell of a job runs its after_script, whose result GitLab ignores.
            jobs.setdefault(each["name"], int(each["code"]))
        assert jobs, done.stdout + done.stderr
        return done.returncode, PipelineRun(jobs=jobs, output=done.stdout + done.stderr, artifacts=state / "artifacts")

    def _simulate(self, *arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        assert shutil.which("rsync"), "gitlab-ci-local needs rsync, a package of every Linux distribution. Install it."
        program = [ROOT / ".venv" / "bin" / "node", ROOT / "node_modules" / "gitlab-ci-local" / "dist" / "index.js"]
        options = ["--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color"]
        return subprocess.run(
            [*program, *options, *arguments],
            cwd=self.folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the only variables of a job's shell: the test's own must not leak into it."""
        return {
            "PATH": os.pathsep.join([str(HOOK.parent / "bin"), os.environ["PATH"]]),
            "HOME": str(self.home),
            "GCL_IGNORE_PREDEFINED_VARS": ",".join(variables),
            "SIMULATOR_CHECKOUT": str(ROOT),
            "SIMULATOR_PYTHON": sys.executable,
            "SIMULATOR_STATE": str(self.folder / ".gitlab-ci-local"),
            "SIMULATOR_ISSUER": str(self.issuer),
            # Types of the same sources are not computed again in every clone.
            "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache"),
            VALIDATION: "false",
            **self.variables,
        }
