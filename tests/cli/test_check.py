"""`mlproject check` in a process of its own: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlproject.parameters.input_models import schema
from tests.definition.folders import copied, lock
from tests.mlproject_command import run_mlproject
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, replaced, write_files


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_mlproject("check", *arguments, folder=folder)


def test_what_is_right_is_shown_as_a_table(tmp_path: Path) -> None:
    done = check(write_files(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "OK: 1 project, 2 environments.\n"
        "project  environment  account       region     network\n"
        "flights  dev          111111111111  eu-west-1  new 10.20.0.0/16\n"
        "flights  prod         222222222222  eu-west-1  imported vpc-0123456789abcdef0\n"
    )


def test_it_works_from_a_folder_below_the_root(tmp_path: Path) -> None:
    write_files(tmp_path)
    assert check(tmp_path / "projects" / "flights").returncode == 0


def test_mistakes_go_to_stderr_with_exit_code_2(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "region: eu-west-1", "region: eu-west-0")
    project = replaced(PROJECT, "  noncurrent_days: 30", "  noncurrent_days: many")
    done = check(write_files(tmp_path, environments=environments, projects={"flights": project}))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: 2 errors in the parameter files:\n"
        "environments.yaml:1: region: eu-west-0 is not a region where SageMaker is available. "
        "Did you mean eu-west-3? Allowed: a region where SageMaker is available, such as eu-west-1.\n"
        "projects/flights/project.yaml:5: storage.noncurrent_days: many is read as text. "
        "Allowed: whole days, 1 to 36500.\n"
    )


def test_a_machine_reads_the_mistakes_as_json(tmp_path: Path) -> None:
    project = replaced(PROJECT, "  folder: flight_delays", "  folder: flight_delay")
    done = check(write_files(tmp_path, projects={"flights": project}), "--json")
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout) == {
        "ok": False,
        "notes": [],
        "findings": [
            {
                "file": "projects/flights/project.yaml",
                "line": 9,
                "key": "pipeline.folder",
                "value": "flight_delay",
                "message": "pipelines/flight_delay does not exist",
                "allowed": "flight_delays",
                "suggestion": "flight_delays",
                "successor": "",
            }
        ],
        "deployments": [],
    }


def test_a_machine_reads_what_is_right_as_json(tmp_path: Path) -> None:
    done = check(write_files(tmp_path), "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"], document["findings"]) == (0, True, [])
    assert document["deployments"][0] == {
        "project": "flights",
        "environment": "dev",
        "account": "111111111111",
        "region": "eu-west-1",
        "network": "new 10.20.0.0/16",
    }


def test_outside_a_checkout_it_says_where_to_run_it(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: {tmp_path.resolve()}: no environments.yaml here or in a parent folder. "
        "Run the command in a project's checkout.\n"
    )


def test_the_schemas_can_be_written_anew(tmp_path: Path) -> None:
    done = check(write_files(tmp_path), "--write-schemas")
    assert (done.returncode, done.stdout.split()) == (0, list(schema.render()))
    assert {path: (tmp_path / path).read_text() for path in schema.render()} == schema.render()


def pipeline_checkout(root: Path, *, folder: str = "flight_delays", project: str = PROJECT) -> Path:
    """The small tree with the real pipeline beside it, and a project that uses one of both."""
    (root / "pipelines").mkdir(parents=True, exist_ok=True)
    write_files(root, projects={"flights": replaced(project, "  folder: flight_delays", f"  folder: {folder}")})
    shutil.rmtree(root / "pipelines")
    shutil.rmtree(root / "requirements")
    copied(root)
    return root


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def unused(root: Path) -> Path:
    """A second pipeline that no project uses."""
    folder = root / "pipelines" / "other"
    shutil.copytree(root / "pipelines" / "flight_delays", folder)
    lock(folder)
    return folder


def test_a_real_pipeline_and_one_that_no_project_uses_are_right(tmp_path: Path) -> None:
    unused(pipeline_checkout(tmp_path))
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_pipeline_that_changed_and_was_not_rebuilt_is_refused_with_the_command(tmp_path: Path) -> None:
    append(pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "pipeline.py", "# changed\n")
    done = check(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: pipelines/flight_delays/definition.json: is stale: pipelines/flight_delays/pipeline.py changed. "
        "Run `mlproject pipeline build flight_delays`.\n"
    )


def test_a_stale_pipeline_that_no_project_uses_is_refused_too_and_told_as_such(tmp_path: Path) -> None:
    append(unused(pipeline_checkout(tmp_path)) / "pipeline.py", "# changed\n")
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: pipelines/other/definition.json: is stale: pipelines/other/pipeline.py changed. "
        "Run `mlproject pipeline build other` (no project uses this pipeline).\n"
    )


def test_a_pipeline_that_was_never_built_is_refused(tmp_path: Path) -> None:
    (unused(pipeline_checkout(tmp_path)) / "definition.json").unlink()
    done = check(tmp_path)
    assert done.returncode == 2
    assert "pipelines/other/definition.json: cannot be read (No such file or directory)" in done.stderr
    assert "Run `mlproject pipeline build other`" in done.stderr


def test_a_definition_without_its_source_is_refused(tmp_path: Path) -> None:
    (unused(pipeline_checkout(tmp_path)) / "pipeline.py").unlink()
    done = check(tmp_path)
    assert done.returncode == 2
    assert "pipelines/other/definition.json: is stale: pipeline.py, which builds it, is missing" in done.stderr


def test_a_folder_that_a_project_names_and_nobody_built_is_told_once(tmp_path: Path) -> None:
    (pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "definition.json").unlink()
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("definition.json") == 1


def test_a_list_of_libraries_that_its_input_contradicts_is_refused(tmp_path: Path) -> None:
    append(pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "image.in", "pyarrow\npandas>=3\n")
    done = check(tmp_path)
    assert done.returncode == 2
    assert "flight_delays/image.in:15: image.txt does not pin pyarrow. Update image.txt" in done.stderr
    assert "flight_delays/image.in:16: requires pandas>=3, but image.txt pins 2.2.3. Update image.txt" in done.stderr


def test_a_script_that_its_image_cannot_run_is_refused_with_file_and_line(tmp_path: Path) -> None:
    steps = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "steps"
    (steps / "train.py").write_text("import tomllib\n")
    (steps / "prepare.py").write_text("try:\n    pass\nexcept* ValueError:\n    pass\n")
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: 2 errors in the parameter files and pipelines:\n"
        "pipelines/flight_delays/steps/prepare.py:3: cannot use `except*` on Python 3.10 (syntax was added in Python "
        "3.11) (step Prepare, image sagemaker-scikit-learn:1.9-0-cpu-py3, Python 3.10). "
        "Allowed: the syntax of Python 3.10.\n"
        "pipelines/flight_delays/steps/train.py:1: imports tomllib, which requires Python 3.11 (step Train, "
        "image sagemaker-xgboost:3.2-0, Python 3.10). "
        "Allowed: the standard library of Python 3.10 and the packages in flight_delays/image.txt.\n"
    )


def test_a_script_that_is_gone_is_refused_though_the_definition_is_fresh(tmp_path: Path) -> None:
    (pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "steps" / "score.py").unlink()
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: pipelines/flight_delays/definition.json: steps/score.py does not exist, but ${ScoreCode} "
        "refers to it. Create it, or rename the step after a script in steps/ (evaluate.py, inference.py, prepare.py, "
        "prepare_spark.py, train.py).\n"
    )


def test_a_training_step_that_starts_another_script_than_its_archives_is_refused(tmp_path: Path) -> None:
    folder = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays"
    path = folder / "definition.json"
    path.write_text(path.read_text().replace('"sagemaker_program": "train.py"', '"sagemaker_program": "fit.py"'))
    lock(folder)
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: pipelines/flight_delays/definition.json: step Train starts fit.py, but its archive contains "
        "only train.py. Allowed: sagemaker_program: train.py.\n"
    )


def add_step(folder: Path, step: dict[str, Any]) -> None:
    path = folder / "definition.json"
    document = json.loads(path.read_text())
    document["Steps"].append(step)
    path.write_text(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    lock(folder)


def test_a_step_whose_permissions_are_unknown_is_refused_by_name(tmp_path: Path) -> None:
    folder = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays"
    add_step(folder, {"Name": "Query", "Type": "Athena", "Arguments": {}})
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: pipelines/flight_delays/definition.json: step Query: the permissions that steps of type Athena need "
        "are unknown, so the pipeline's role could not run them. Add them, with their AWS page, to STEP_PERMISSIONS in "
        "mlproject/aws_rules/step_permissions.py.\n"
    )


def aws_steps_checkout(root: Path, **values: str) -> Path:
    """A project whose pipeline has steps that only AWS runs, with these values of its parameters."""
    lines = "".join(f"    {name}: {value}\n" for name, value in values.items())
    project = replaced(PROJECT, "    Margin: 0.02\n", lines)
    folder = pipeline_checkout(root, folder="aws_steps", project=project) / "pipelines" / "aws_steps"
    shutil.copytree(root_of_tests() / "stacks" / "pipelines" / "aws_steps", folder)
    lock(folder)
    return root


def root_of_tests() -> Path:
    return Path(__file__).parents[1]


AWS_VALUES = {
    "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:notify",
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/approvals",
    "ClusterId": "j-1ABC",
    "RuntimeRole": "spark",
    "JobRunRole": "serverless",
    "Application": "00abc",
}


def test_steps_that_only_aws_runs_are_accepted_with_a_note_for_each(tmp_path: Path) -> None:
    aws_steps_checkout(tmp_path, **AWS_VALUES)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    steps = {
        "Notify": "Lambda",
        "Approve": "Callback",
        "Quality": "QualityCheck",
        "Bias": "ClarifyCheck",
        "Search": "AutoML",
    }
    notes = [
        f"pipelines/aws_steps: step {name} ({kind}) cannot run here; it runs on AWS. "
        f"`mlproject run --stand-in {name}=FILE.json` gives its outputs."
        for name, kind in steps.items()
    ]
    assert done.stdout.splitlines()[-len(notes) :] == notes
    answer = json.loads(check(tmp_path, "--json").stdout)
    assert (answer["ok"], answer["notes"], answer["findings"]) == (True, notes, [])


def test_a_value_that_identifies_no_resource_is_refused_where_it_is_written(tmp_path: Path) -> None:
    values = {**AWS_VALUES, "FunctionArn": "notify"}
    del values["QueueUrl"]
    done = check(aws_steps_checkout(tmp_path, **values))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert (
        "projects/flights/project.yaml:11: pipeline.parameters.FunctionArn: step Notify (Lambda): FunctionArn is "
        "'notify', which is not the ARN of a Lambda function. The pipeline's role needs it at deployment. Set "
        "pipeline.parameters.FunctionArn in project.yaml." in lines
    )
    missing = [line for line in lines if "step Approve (Callback)" in line]
    assert len(missing) == 2  # one for each environment
    assert all("SqsQueueUrl is the pipeline parameter QueueUrl, which has no value." in line for line in missing)


def test_a_function_that_only_an_execution_knows_is_refused(tmp_path: Path) -> None:
    folder = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays"
    arn = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    add_step(folder, {"Name": "Notify", "Type": "Lambda", "Arguments": {}, "FunctionArn": arn, "OutputParameters": []})
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: pipelines/flight_delays/definition.json: step Notify (Lambda): FunctionArn is Steps.Train."
        "ModelArtifacts.S3ModelArtifacts, which only an execution determines. The pipeline's role needs it at "
        "deployment. Use a pipeline parameter.\n"
    )


def test_an_error_in_data_json_is_told_with_its_line(tmp_path: Path) -> None:
    path = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays" / "data.json"
    content = {"description": "x", "versoin": "v1", "licence": "CC0-1.0", "origin": "x", "files": []}
    path.write_text(json.dumps(content, indent=2))
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: 2 errors in the parameter files and pipelines:\n"
        "pipelines/flight_delays/data.json:3: versoin: unknown key. Did you mean version? "
        "Allowed: description, files, licence, origin, source, version.\n"
        "pipelines/flight_delays/data.json:6: files: the list has 0 items. Allowed: a list of at least one file.\n"
    )


OWN = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/own:1"


def test_a_deployment_that_reads_another_version_of_the_data_is_told(tmp_path: Path) -> None:
    pipeline_checkout(tmp_path)
    assert "of the data" not in check(tmp_path).stdout
    file = tmp_path / "pipelines" / "flight_delays" / "data.json"
    described = json.loads(file.read_text())
    file.write_text(json.dumps({**described, "version": "2014-05"}))
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    used = f"dev/flights reads version {described['version']} of the data"
    assert f"{used}, but pipelines/flight_delays/data.json describes version 2014-05. To read it" in done.stdout

    project = tmp_path / "projects" / "flights" / "project.yaml"
    project.write_text(replaced(project.read_text(), "  parameters:\n", "  parameters:\n    DataVersion: 2014-05\n"))
    assert "of the data" not in check(tmp_path).stdout


def test_a_script_in_an_image_of_ones_own_is_told_to_be_unchecked(tmp_path: Path) -> None:
    folder = pipeline_checkout(tmp_path) / "pipelines" / "flight_delays"
    (folder / "steps" / "prepare.py").write_text("import tomllib\n")
    path = folder / "definition.json"
    path.write_text(path.read_text().replace("${SageMakerRegistry}/sagemaker-scikit-learn:1.9-0-cpu-py3", OWN))
    lock(folder)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    notes = [
        "pipelines/flight_delays: the script of step Prepare is not checked, "
        "since the Python version of its image is unknown.",
        "pipelines/flight_delays: the container team/own:1 (Prepare) runs on AWS. On this machine, its scripts run "
        "only with `mlproject run --image team/own=PYTHON`.",
    ]
    assert done.stdout.splitlines()[-2:] == notes
    assert json.loads(check(tmp_path, "--json").stdout)["notes"] == notes


PYTORCH = "${DeepLearningContainersRegistry}/pytorch-training:2.5.1-cpu-py311"


def with_image(root: Path, image: Any, *, project: str = PROJECT) -> None:
    """A checkout whose training step has another image."""
    folder = pipeline_checkout(root, project=project) / "pipelines" / "flight_delays"
    document = json.loads((folder / "definition.json").read_text())
    document["Parameters"].append({"Name": "Image", "Type": "String"})
    (train,) = (step for step in document["Steps"] if step["Type"] == "Training")
    train["Arguments"]["AlgorithmSpecification"]["TrainingImage"] = image
    (folder / "definition.json").write_text(json.dumps(document))
    lock(folder)


def test_a_container_of_aws_that_cannot_run_here_is_told_and_valid(tmp_path: Path) -> None:
    with_image(tmp_path, PYTORCH)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(
        "pipelines/flight_delays: the container pytorch-training:2.5.1-cpu-py311 (Train) runs on AWS. On this machine, "
        "its scripts run only with `mlproject run --image pytorch-training=PYTHON`.\n"
    )


def test_a_container_that_aws_does_not_publish_in_the_region_is_refused(tmp_path: Path) -> None:
    with_image(tmp_path, PYTORCH.replace("2.5.1", "2.5.9"))
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: projects/flights/project.yaml:9: pipeline.folder: pipelines/flight_delays, step Train: TrainingImage: "
        "AWS does not publish pytorch-training:2.5.9-cpu-py311 in eu-west-1. Versions in eu-west-1: "
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        (OWN.replace("eu-west-1", "us-east-1"), "is in us-east-1, but SageMaker pulls images only from the region of "),
        (OWN.replace("1111", "", 1), "has the account '22223333' instead of 12 digits. Write ACCOUNT.dkr.ecr."),
        (OWN.removesuffix(":1"), "has neither a tag nor a digest. Write ACCOUNT.dkr.ecr."),
    ],
)
def test_an_image_that_cannot_be_pulled_is_told_where_it_is_written(tmp_path: Path, image: str, problem: str) -> None:
    project = replaced(PROJECT, "    Margin: 0.02\n", f"    Margin: 0.02\n    Image: {image}\n")
    with_image(tmp_path, {"Get": "Parameters.Image"}, project=project)
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: projects/flights/project.yaml:12: pipeline.parameters.Image: step Train: TrainingImage: "
        f"'{image}' {problem}"
    )
    assert done.stderr.count("\n") == 1


def test_a_parameter_that_aws_refuses_is_told_where_it_is_written_for_each_environment(tmp_path: Path) -> None:
    project = replaced(PROJECT, "    Margin: 0.02\n", "    Margin: 0.02\n    InstanceType: ml.m5.largest\n")
    project = replaced(project, "  dev: {}\n", "  dev: {pipeline: {parameters: {InstanceType: ml.g5.xlarge}}}\n")
    done = check(pipeline_checkout(tmp_path, project=project))
    assert done.returncode == 2
    assert done.stderr == (
        "error: 2 errors in the parameter files:\n"
        "projects/flights/project.yaml:12: pipeline.parameters.InstanceType: step Prepare: "
        "ProcessingResources.ClusterConfig.InstanceType: 'ml.m5.largest' is not one of the 207 allowed values "
        "(also in Train, Evaluate, Score). Did you mean ml.m5.large?\n"
        "projects/flights/project.yaml:14: environments.dev.pipeline.parameters.InstanceType: step Prepare: "
        "ProcessingResources.ClusterConfig.InstanceType: 'ml.g5.xlarge' has local disks, for which SageMaker "
        "rejects VolumeKmsKeyId (also in Train, Evaluate, Score).\n"
    )


OPERATIONS = "operations:\n  emails: [a@example.com]\n  monthly_budget_usd: 1\n  schedule: {{expression: {}}}\n"


def with_schedule(expression: str) -> str:
    return replaced(PROJECT, "environments:\n", OPERATIONS.format(f'"{expression}"') + "environments:\n")


def test_a_schedule_whose_dates_are_all_past_is_refused(tmp_path: Path) -> None:
    done = check(pipeline_checkout(tmp_path, project=with_schedule("cron(0 4 * * ? 2020)")))
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: projects/flights/project.yaml:15: operations.schedule.expression: cron(0 4 * * ? 2020) never runs "
        "again: all its dates have passed (today is "
    )


def test_a_schedule_that_finds_no_value_for_a_parameter_is_refused(tmp_path: Path) -> None:
    folder = pipeline_checkout(tmp_path, project=with_schedule("rate(1 day)")) / "pipelines" / "flight_delays"
    document = json.loads((folder / "definition.json").read_text())
    del next(each for each in document["Parameters"] if each["Name"] == "DataVersion")["DefaultValue"]
    (folder / "definition.json").write_text(json.dumps(document))
    lock(folder)
    done = check(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: projects/flights/project.yaml:15: operations.schedule: starts the pipeline without a value for "
        "DataVersion, which has no default in pipelines/flight_delays. Allowed: a schedule, once "
        "pipeline.parameters has a value for DataVersion.\n"
    )
