"""`mlproject run` as a person types it: what it prints, its exit codes, what it refuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import embedded_aws as aws
from mlproject.cli.common.run_options import reject_local_options
from mlproject.cli.common.run_output import print_result
from mlproject.errors import UserError
from mlproject.runner import MissingPermission, RunResult, StepResult
from tests.cli.checkout import Checkout, clients, lay_out, make_bucket
from tests.runner.conftest import STEP
from tests.runner.samples import definition, grants, parameter, policy, processing, register, training, write

REGION = "eu-south-2"
PARAMETERS = (
    parameter("Word", "String", "word"),
    parameter("Rounds", "Integer", 5),
    parameter("Commit", "String", "no"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a definition and its code, outside of any checkout."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "step.py").write_text(STEP)
    write(tmp_path, definition(processing("A", arguments=[{"Get": "Parameters.Word"}]), parameters=PARAMETERS))
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return Checkout(root=folder, project="").run("run", *arguments)


def run_file(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "--definition", "definition.json", "--code", "code", *arguments)


def test_a_definition_file_runs_without_any_aws(folder: Path) -> None:
    done = run_file(folder, "--parameter", "Word=hello")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "A: started"
    assert lines[1].startswith("A: succeeded in ")
    (log,) = folder.glob(".mlproject/runs/*/logs/A.log")
    assert log.read_text() == "wrote hello\n"
    assert f"Logs: {log.parent}" in lines


def test_a_second_run_says_that_nothing_changed(folder: Path) -> None:
    run_file(folder)
    done = run_file(folder)
    assert "A: succeeded, unchanged since an earlier run" in done.stdout
    assert "unchanged" not in run_file(folder, "--no-cache").stdout


def test_json_is_one_object_on_standard_output_and_progress_goes_elsewhere(folder: Path) -> None:
    done = run_file(folder, "--json")
    told = json.loads(done.stdout)
    assert (told["status"], told["failure"]) == ("Succeeded", None)
    (step,) = told["steps"]
    assert (step["name"], step["type"], step["status"], step["cached"]) == ("A", "Processing", "Succeeded", False)
    assert done.stderr.startswith("A: started\n")


def test_local_data_stands_behind_an_address(folder: Path) -> None:
    write(folder, definition(processing("A", inputs={"data": "s3://raw/2013"})))
    (folder / "here").mkdir()
    (folder / "here" / "x.txt").write_text("mine")
    assert run_file(folder, "--data", "s3://raw/2013=here").returncode == 0
    (log,) = folder.glob(".mlproject/runs/*/logs/A.log")
    assert log.read_text() == "wrote mine\n"


def test_missing_scripts_and_data_are_named_before_anything_runs(folder: Path) -> None:
    write(folder, definition(processing("A", inputs={"data": "s3://raw/2013"})))
    done = run(folder, "--definition", "definition.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith("--code FOLDER (a folder with step.py) --data s3://raw/2013=PATH")


def test_a_failing_step_ends_with_code_1_and_its_last_lines(folder: Path) -> None:
    (folder / "code" / "step.py").write_text("raise SystemExit('no rows in the table')\n")
    done = run_file(folder)
    assert done.returncode == 1
    assert done.stderr.startswith("error: step A failed: exit code 1. The last lines of ")
    assert done.stderr.endswith("\n  no rows in the table\n")
    assert "A: failed in" in done.stdout


def test_an_image_without_support_runs_with_a_python_that_is_named(folder: Path) -> None:
    write(folder, definition(processing("A", image="a/mine:1")))
    assert "add --image a/mine=PYTHON" in run_file(folder).stderr
    done = run_file(folder, "--image", f"mine={sys.executable}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_step_in_awss_pytorch_container_trains_with_a_python_that_is_named(folder: Path) -> None:
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5.1-cpu-py311"
    (folder / "code" / "fit.py").write_text(
        "import os\nfrom pathlib import Path\n"
        "Path(os.environ['SM_MODEL_DIR'], 'model.pt').write_text('weights')\nprint('trained by', __file__)\n"
    )
    step = training("Fit", channels={}, image=image, program="fit.py", submitted="s3://code/fit.tar.gz")
    write(folder, definition(step))
    refused = run_file(folder)
    assert refused.returncode == 2
    assert "step Fit (Training): image 'pytorch-training:2.5.1-cpu-py311' needs the Python package" in refused.stderr
    assert "add --image pytorch-training=PYTHON" in refused.stderr
    done = run_file(folder, "--image", f"pytorch-training={sys.executable}")
    assert (done.returncode, done.stderr) == (0, "")
    (log,) = folder.glob(".mlproject/runs/*/logs/Fit.log")
    assert "trained by" in log.read_text()
    (archive,) = folder.glob(".mlproject/objects/artifacts/models/**/model.tar.gz")
    with tarfile.open(archive) as content:
        assert [name for name in content.getnames() if name.endswith("model.pt")]


def test_a_script_that_calls_aws_finds_the_data_in_a_server_that_ends_with_the_run(folder: Path) -> None:
    (folder / "x.txt").write_text("rows")
    (folder / "code" / "step.py").write_text(
        "import os\nimport boto3\n"
        "s3 = boto3.client('s3')\n"
        "print(s3.get_object(Bucket='theirs', Key='raw/x.txt')['Body'].read().decode())\n"
        "s3.put_object(Bucket='theirs', Key='seen', Body=os.environ['AWS_ENDPOINT_URL'].encode())\n"
    )
    done = run_file(folder, "--data", "s3://theirs/raw/x.txt=x.txt")
    assert (done.returncode, done.stderr) == (0, "")
    (log,) = folder.glob(".mlproject/runs/*/logs/A.log")
    assert log.read_text() == "rows\n"
    (endpoint,) = folder.glob(".mlproject/runs/*/objects/theirs/seen")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("localhost", urlsplit(endpoint.read_text()).port or 0))


def test_a_step_with_a_stand_in_is_marked_in_the_text_and_in_json(folder: Path) -> None:
    lambda_step = {
        "Name": "Count",
        "Type": "Lambda",
        "Arguments": {},
        "OutputParameters": [{"OutputName": "rows", "OutputType": "Integer"}],
    }
    rows = {"Get": "Steps.Count.OutputParameters['rows']"}
    write(folder, definition(lambda_step, processing("A", arguments=[{"Std:Join": {"On": "", "Values": [rows]}}])))
    assert "add --stand-in Count=FILE.json" in run_file(folder).stderr
    (folder / "count.json").write_text('{"OutputParameters": {"rows": 7}}')
    done = run_file(folder, "--stand-in", "Count=count.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Count: stood in, nothing ran" in done.stdout
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("  Count "))
    assert line.endswith("stood in")
    told = json.loads(run_file(folder, "--stand-in", "Count=count.json", "--json").stdout)
    assert {step["name"]: step["stood_in"] for step in told["steps"]} == {"Count": True, "A": False}


def test_options_for_steps_on_this_machine_are_refused_in_aws() -> None:
    with pytest.raises(UserError, match=r"^--image, --stand-in: environment dev is in AWS"):
        reject_local_options("dev", image={"a": "b"}, stand_in={"c": {}})
    reject_local_options("dev", image={}, stand_in={})


def test_a_failing_script_shows_its_own_line_first(folder: Path) -> None:
    (folder / "code" / "step.py").write_text("import json\njson.loads('{')  # SAGEMAKER_BASE_DIR\n")
    lines = run_file(folder).stderr.splitlines()
    assert lines[0].startswith("error: step A failed: exit code 1: json.decoder.JSONDecodeError: Expecting")
    assert lines[1].endswith("/processing/input/code/step.py, line 2, in <module>")


def test_sigterm_stops_the_run_as_ctrl_c_does(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    endless = f"import signal\nopen({str(pipe)!r}, 'w').write('here')\nwhile True:\n    signal.pause()\n"
    (folder / "code" / "step.py").write_text(endless)
    arguments = ["run", "--definition", "definition.json", "--code", "code"]
    checkout = Checkout(root=folder, project="")
    process = subprocess.Popen(
        [sys.executable, "-m", "mlproject.cli.main", *arguments],
        cwd=folder,
        env=checkout.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert pipe.read_text() == "here"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "A: stopped" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name a project and where it is deployed"),
        (("flights",), "name a project and where it is deployed"),
        (("flights", "--definition", "definition.json"), "leave out the project, --pipeline and --environment"),
        (("flights", "--pipeline", "x", "-e", "local"), "--pipeline names a deployed pipeline; leave out the project"),
        (("--pipeline", "x"), "name a project and where it is deployed"),
        (("--definition", "definition.json", "--pipeline", "x"), "leave out the project, --pipeline and --environment"),
        (("--definition", "none.json"), "none.json: cannot be read (No such file or directory)"),
        (("--definition", "definition.json", "--code", "none"), "none: no such file or folder"),
        (("--definition", "definition.json", "--data", "x"), "--data 'x': must be s3://...=PATH"),
        (("--definition", "definition.json", "--image", "mine"), "--image 'mine': must be NAME=PYTHON"),
        (("--definition", "definition.json", "--image", "mine=/no"), "/no cannot be run (No such file or directory)"),
        (("--definition", "definition.json", "--stand-in", "x"), "--stand-in 'x': must be STEP=FILE.json"),
        (("--definition", "definition.json", "--stand-in", "A=no.json"), "no.json: cannot be read (No such file"),
        (("--definition", "definition.json", "-p", "Word"), "--parameter 'Word': must be NAME=VALUE"),
        (("--definition", "definition.json", "-p", "Word=1", "-p", "Word=2"), "--parameter Word: given twice"),
        (("--definition", "definition.json", "-p", "Wrd=1"), "Did you mean Word?"),
        (("--definition", "definition.json", "-p", "Rounds=x"), "parameter Rounds='x': must be a whole number"),
        (("--definition", "definition.json", "--isolation", "docker"), "must be one of namespace, bubblewrap, prefix"),
        (("flights", "--environment", "local"), "no environments.yaml here or in a parent folder"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = run(folder, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not (folder / ".mlproject" / "objects").exists()


def test_a_definition_that_cannot_run_here_is_refused_by_name_before_anything_runs(folder: Path) -> None:
    search = {"Name": "Search", "Type": "AutoML", "Arguments": {}}
    write(folder, definition(processing("A"), processing("B", image="a/mine:1"), search))
    done = run_file(folder)
    assert done.returncode == 2
    assert "step Search: an AutoML step runs only in AWS" in done.stderr
    assert "step B (Processing): image 'a/mine:1' is not supported" in done.stderr
    assert "started" not in done.stdout


def test_the_list_of_what_is_supported_is_printed(tmp_path: Path) -> None:
    text = run(tmp_path, "--supported").stdout
    told = json.loads(run(tmp_path, "--supported", "--json").stdout)
    assert "RegisterModel" in told["step types"]
    assert "sagemaker-xgboost" in told["images"]
    assert all(name in text for names in told.values() for name in names)


def deploy(checkout: Checkout, server: aws.Server, document: dict[str, Any], *, but: tuple[str, ...] = ()) -> Any:
    """Create what CDK would: bucket, role (without some actions), group, pipeline; the sagemaker client."""
    client, names = clients(server, REGION), checkout.names()
    bucket = make_bucket(client("s3"), names.bucket("artifacts"))
    client("s3").put_object(Bucket=bucket, Key="step.py", Body=STEP.encode())
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = client("iam").create_role(
        RoleName=names.role("pipeline"),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    needed = grants(bucket=bucket, role=role, group=names.model_package_group, region=REGION)
    document_of_role = policy(*(each for each in needed if each["Action"] not in but))
    client("iam").put_role_policy(RoleName=names.role("pipeline"), PolicyName="steps", PolicyDocument=document_of_role)
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=names.model_package_group)
    text = json.dumps(document).replace("s3://code/", f"s3://{bucket}/").replace("s3://artifacts", f"s3://{bucket}")
    text = text.replace("arn:aws:iam::123456789012:role/tests", role)
    sagemaker.create_pipeline(
        PipelineName=names.pipeline, PipelineDefinition=text, RoleArn=role, ClientRequestToken="x" * 32
    )
    return sagemaker


def test_a_deployed_pipeline_runs_with_the_commit_that_is_checked_out(tmp_path: Path, embedded_aws: aws.Server) -> None:
    project = f"runs{os.getpid()}"
    checkout = lay_out(tmp_path, project=project, server=embedded_aws)
    package = register("Register", "s3://m/x", group=checkout.names().model_package_group)
    package["Arguments"]["MetadataProperties"] = {"CommitId": {"Get": "Parameters.Commit"}}
    sagemaker = deploy(checkout, embedded_aws, definition(processing("A"), package, parameters=PARAMETERS))
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "environments.yaml"), (*identity, "commit", "-q", "-m", "x")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True)
    done = checkout.run("run", project, "--environment", "local", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert registered_commit(sagemaker, told["model_package_arn"]) == head.stdout.strip()
    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=told["execution_arn"])[
        "PipelineExecutionStatus"
    ] == ("Succeeded")
    with (tmp_path / "environments.yaml").open("a") as file:
        file.write("# changed\n")
    dirty = json.loads(checkout.run("run", project, "--environment", "local", "--json").stdout)
    assert [step["cached"] for step in dirty["steps"]] == [True, False]
    assert registered_commit(sagemaker, dirty["model_package_arn"]) == f"{head.stdout.strip()}-dirty"
    given = checkout.run("run", project, "--environment", "local", "-p", "Commit=mine", "--json")
    assert registered_commit(sagemaker, json.loads(given.stdout)["model_package_arn"]) == "mine"


def registered_commit(sagemaker: Any, arn: str) -> str:
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    return str(package["MetadataProperties"]["CommitId"])


def test_a_pipeline_that_another_app_deployed_is_run_by_its_name(tmp_path: Path, embedded_aws: aws.Server) -> None:
    theirs = lay_out(tmp_path, project=f"theirs{os.getpid()}", server=embedded_aws)
    sagemaker = deploy(theirs, embedded_aws, definition(processing("A")))
    name = theirs.names().pipeline
    waiting = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    done = theirs.run("run", "--pipeline", name, "--environment", "local", "--json")
    assert json.loads(done.stdout)["status"] == "Succeeded"
    # What a client started, and nothing runs, does not keep the pipeline from being deleted.
    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=waiting)["PipelineExecutionStatus"] == "Executing"
    sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken="x" * 32)
    unknown = theirs.run("run", "--pipeline", name, "--environment", "local")
    assert f"pipeline '{name}' is not deployed in " in unknown.stderr


def test_a_project_that_is_not_deployed_is_said(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project=f"absent{os.getpid()}", server=embedded_aws)
    done = checkout.run("run", checkout.project, "--environment", "local")
    assert done.returncode == 1
    assert f"pipeline '{checkout.names().pipeline}' is not deployed in " in done.stderr


def test_an_unknown_project_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path, project="tiny")
    done = checkout.run("run", "tinny", "--environment", "local")
    assert done.returncode == 2
    assert "tiny" in done.stderr


LACKING = ("ecr:BatchGetImage", "sagemaker:CreateProcessingJob", "s3:PutObject")


def test_a_run_fails_by_the_name_of_a_permission_that_only_sagemaker_would_use(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    checkout = lay_out(tmp_path, project=f"lacks{os.getpid()}", server=embedded_aws)
    deploy(checkout, embedded_aws, definition(processing("A")), but=("sagemaker:CreateProcessingJob",))
    done = checkout.run("run", checkout.project, "--environment", "local", "--json")
    assert done.returncode == 1
    assert "step A failed: AWS would deny it:\n  User: arn:aws:sts::" in done.stderr
    assert "is not authorized to perform: sagemaker:CreateProcessingJob on resource: arn:aws:sagemaker:" in done.stderr
    assert json.loads(done.stdout)["missing_permissions"] is None
    assert not list(tmp_path.glob(".mlproject/runs/*/logs/A.log"))


def test_a_report_runs_everything_and_lists_exactly_what_is_missing(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project=f"reports{os.getpid()}", server=embedded_aws)
    deploy(checkout, embedded_aws, definition(processing("A"), processing("B", arguments=["b"])), but=LACKING)
    command = ("run", checkout.project, "--environment", "local", "--permissions", "report")
    done = checkout.run(*command, "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert [(step["status"], step["cached"]) for step in told["steps"]] == [("Succeeded", False)] * 2
    missing = told["missing_permissions"]
    assert {(each["step"], each["action"]) for each in missing} == {(step, each) for step in "AB" for each in LACKING}
    session = f"arn:aws:sts::{aws.ACCOUNT}:assumed-role/{checkout.names().role('pipeline')}/sagemaker"
    assert {each["principal"] for each in missing} == {session}
    assert {each["reason"] for each in missing} == {
        f"because no identity-based policy allows the {action} action" for action in LACKING
    }
    assert "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-scikit-learn" in {
        each["resource"] for each in missing
    }
    again = checkout.run(*command)
    assert again.returncode == 1
    assert "Missing permissions: 3." in again.stdout
    assert "unchanged" not in again.stdout
    (line,) = (line for line in again.stdout.splitlines() if line.startswith("  ecr:BatchGetImage "))
    assert line.split()[2:4] == ["A,", "B"]


def test_a_report_that_finds_nothing_ends_well(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project=f"complete{os.getpid()}", server=embedded_aws)
    deploy(checkout, embedded_aws, definition(processing("A")))
    done = checkout.run("run", checkout.project, "--environment", "local", "--permissions", "report")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No permission is missing." in done.stdout
    enforced = checkout.run("run", checkout.project, "--environment", "local")
    assert enforced.returncode == 0, enforced.stderr
    assert "unchanged" not in enforced.stdout  # a report leaves no results behind


def test_a_report_says_which_steps_it_has_not_seen_and_tells_principals_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lacks = MissingPermission(
        step="A", principal="arn:one", action="s3:GetObject", resource="arn:b/k", reason="because no"
    )
    result = RunResult(
        execution_arn="arn:x",
        status="Failed",
        failure="no",
        seconds=1.0,
        steps=(
            StepResult(name="A", type="Processing", status="Failed"),
            StepResult(name="B", type="Training", status="Skipped"),
            StepResult(name="D", type="Fail", status="Skipped"),  # needs nothing of anybody
        ),
        outputs={},
        property_files={},
        model_package_arn=None,
        folder=None,
        missing=(lacks, replace(lacks, step="C"), replace(lacks, principal="arn:two")),
    )
    print_result(result, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert "Missing permissions: 2. Not checked, since they did not run: B." in lines
    start = lines.index("arn:one is not allowed:")
    assert [line.split() for line in lines[start + 1 : start + 3]] == [
        ["ACTION", "RESOURCE", "STEPS", "REASON"],
        ["s3:GetObject", "arn:b/k", "A,", "C", "because", "no"],
    ]
    assert lines[lines.index("arn:two is not allowed:") + 2].split()[:3] == ["s3:GetObject", "arn:b/k", "A"]


def test_a_report_needs_the_embedded_aws(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    of_file = run_file(folder, "--permissions", "report")
    assert of_file.returncode == 2
    assert "--permissions report: a definition from a file runs without AWS" in of_file.stderr
    checkout = lay_out(tmp_path_factory.mktemp("checkout"))
    of_aws = checkout.run("run", "tiny", "--environment", "dev", "--permissions", "report")
    assert of_aws.returncode == 2
    assert "--permissions report: environment dev is in AWS, which refuses what is missing" in of_aws.stderr
    unknown = run_file(folder, "--permissions", "off")
    assert unknown.returncode == 2
    assert "--permissions off: must be enforce or report." in unknown.stderr
