"""Definitions run for real: order, branches, outputs, failures, and what the next run takes over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner import run_definition_file
from mlproject.runner.storage import cache
from mlproject.runner.storage.object_store import StoredObject, UnreachableError
from tests.runner.conftest import Bench
from tests.runner.samples import (
    at_least,
    condition,
    definition,
    fail,
    join,
    json_get,
    output_of,
    parameter,
    processing,
    register,
    training,
)

# Two steps that can only end together: each opens one end of the same pipe, which waits for the other.
MEET = """
import sys
with open(sys.argv[1], sys.argv[2]) as pipe:
    pipe.read() if sys.argv[2] == "r" else pipe.write("here")
"""
# Fails until the file of its first argument exists.
NEEDS = """
import os, pathlib, sys
if not pathlib.Path(sys.argv[1]).exists():
    print("line before the end")
    sys.exit(3)
pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out/done").write_text("done")
"""
METRICS = """
import json, os, pathlib, sys
out = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
out.joinpath("metrics.json").write_text(json.dumps({"auc": float(sys.argv[1])}))
"""
TRAIN = """
import argparse, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int)
rounds = parser.parse_args().rounds
text = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "text.txt").read_text()
config = json.loads(pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "input/config/hyperparameters.json").read_text())
assert config["rounds"] == str(rounds), config
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(f"{rounds} {text}")
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "curve.txt").write_text("curve")
print("auc=0.5")
print("auc=0.7")
"""


def text_of(bench: Bench, uri: str) -> str:
    return bench.object(f"{uri}/text.txt").read_text()


def evaluated(value: str) -> dict[str, Any]:
    """A step that writes a metric into a property file."""
    return processing("Evaluate", script="metrics.py", arguments=[value], property_files={"M": ("out", "metrics.json")})


def chain() -> dict[str, Any]:
    return definition(
        processing("A", arguments=["a", {"Get": "Parameters.Word"}]),
        processing("B", inputs={"data": output_of("A", "out")}, arguments=["b"]),
        parameters=(parameter("Word", "String", "word"),),
    )


def cached(bench: Bench, document: dict[str, Any], **options: Any) -> dict[str, bool]:
    """Which steps of a run took an earlier result."""
    result = bench.run(document, **options)
    assert result.status == "Succeeded", result.failure
    return {step.name: step.cached for step in result.steps}


def test_outputs_flow_from_step_to_step(bench: Bench) -> None:
    result = bench.run(chain(), parameters={"Word": "hello"})
    assert result.status == "Succeeded", result.failure
    assert text_of(bench, result.outputs["B"]["out"]) == "b a hello"
    assert result.execution_id in result.outputs["A"]["out"]


def test_logs_stay_and_work_folders_go(bench: Bench) -> None:
    result = bench.run(chain())
    log = result.step("A").log
    assert log
    assert log.read_text() == "wrote a word\n"
    assert result.folder
    assert [path.name for path in result.folder.joinpath("work").iterdir()] == []
    assert not result.folder.joinpath("running.json").exists()


@pytest.mark.parametrize("depends", [False, True])
def test_independent_steps_run_at_the_same_time(bench: Bench, depends: bool) -> None:
    bench.script("meet.py", MEET)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    first = processing("First", script="step.py")
    left = processing("Left", script="meet.py", arguments=[str(pipe), "r"], DependsOn=["First"] if depends else [])
    right = processing("Right", script="meet.py", arguments=[str(pipe), "w"], DependsOn=["First"] if depends else [])
    result = bench.run(definition(first, left, right))
    assert result.status == "Succeeded", result.failure


def test_a_step_starts_only_after_what_it_depends_on(bench: Bench) -> None:
    bench.run(definition(processing("B", DependsOn=["A"]), processing("A")))
    assert bench.events == [("A", "Executing"), ("A", "Succeeded"), ("B", "Executing"), ("B", "Succeeded")]


@pytest.mark.parametrize(("value", "taken", "left"), [("0.8", "Good", "Bad"), ("0.6", "Bad", "Good")])
def test_a_condition_takes_one_branch_and_skips_the_other(bench: Bench, value: str, taken: str, left: str) -> None:
    bench.script("metrics.py", METRICS)
    after = processing("After", DependsOn=["Good"])
    choice = condition(
        "Choice",
        [at_least(json_get("Evaluate", "M", "auc"), {"Get": "Parameters.Limit"})],
        then=[processing("Good")],
        otherwise=[processing("Bad")],
    )
    limit = parameter("Limit", "Float", 0.7)
    result = bench.run(definition(evaluated(value), choice, after, parameters=(limit,)))
    assert result.status == "Succeeded", result.failure
    assert result.step(taken).status == "Succeeded"
    assert result.step(left).status == "Skipped"
    assert result.step("After").status == result.step("Good").status
    assert result.property_files == {"Evaluate.M": {"auc": float(value)}}


def test_a_fail_step_fails_the_run_with_its_message(bench: Bench) -> None:
    bench.script("metrics.py", METRICS)
    message = join("AUC ", json_get("Evaluate", "M", "auc"), " is too low", on="")
    result = bench.run(definition(evaluated("0.6"), condition("If", [], then=[fail("TooWeak", message)], otherwise=[])))
    assert result.status == "Failed"
    assert result.failure == "step TooWeak failed: AUC 0.6 is too low"


def test_training_packs_its_model_and_registers_it(bench: Bench) -> None:
    bench.script("train.py", TRAIN)
    rounds = join({"Get": "Parameters.Rounds"}, on="")
    train = training("Train", channels={"train": output_of("A", "out")}, hyperparameters={"rounds": rounds})
    train["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=(.*)"}]
    model = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    read = processing("Read", script="step.py", inputs={"model": model}, arguments=["size"])
    read["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["python3", "-c", "print('no output')"]
    metric = {"Get": "Steps.Train.FinalMetricDataList['auc'].Value"}
    good = condition("Good", [at_least(metric, 0.7)], then=[register("Register", model)], otherwise=[])
    document = definition(processing("A"), train, read, good, parameters=(parameter("Rounds", "Integer", 7),))
    result = bench.run(document)
    assert result.status == "Succeeded", result.failure
    assert result.outputs["Train"]["model"].endswith("/output/model.tar.gz")
    assert result.model_package_arn == "arn:aws:sagemaker:local:000000000000:model-package/tests/1"
    package = json.loads((bench.kept / "model-packages/tests/1.json").read_text())
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == result.outputs["Train"]["model"]


def test_a_model_archive_has_the_same_bytes_in_every_run(bench: Bench) -> None:
    bench.script("train.py", TRAIN)
    train = training("Train", channels={"train": output_of("A", "out")}, hyperparameters={"rounds": "3"})
    packed = [
        bench.object(bench.run(definition(processing("A"), train), reuse=False).outputs["Train"]["model"]).read_bytes()
        for _ in range(2)
    ]
    assert packed[0] == packed[1]


def test_a_failing_step_ends_the_run_with_its_last_lines(bench: Bench) -> None:
    bench.script("needs.py", NEEDS)
    failing = processing("Failing", script="needs.py", arguments=[str(bench.folder / "there")])
    result = bench.run(definition(failing, processing("After", DependsOn=["Failing"])))
    assert result.status == "Failed"
    assert result.failure
    assert result.failure.startswith("step Failing failed: exit code 3. The last lines of ")
    assert result.failure.endswith("\n  line before the end")
    assert result.step("After").status == "Skipped"
    assert not bench.object("s3://artifacts").exists()


def test_a_run_after_a_failure_resumes_at_the_step_that_failed(bench: Bench) -> None:
    bench.script("needs.py", NEEDS)
    there = bench.folder / "there"
    before = processing("Before")
    failing = processing("Failing", script="needs.py", arguments=[str(there)], DependsOn=["Before"])
    document = definition(before, failing)
    assert bench.run(document).status == "Failed"
    there.touch()
    assert cached(bench, document) == {"Before": True, "Failing": False}


def test_what_runs_beside_a_failing_step_is_let_finish_and_kept(bench: Bench) -> None:
    bench.script("needs.py", NEEDS)
    bench.script("meet.py", MEET)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    failing = processing("Failing", script="needs.py", arguments=[str(bench.folder / "there")])
    beside = processing("Beside", script="meet.py", arguments=[str(pipe), "r"])
    seen: list[tuple[str, str]] = []

    def observe(step: Any) -> None:
        seen.append((step.name, step.status))
        if seen[-1] == ("Failing", "Failed"):
            pipe.write_text("go on")  # only now can the step beside it end

    bench.observe = observe  # type: ignore[method-assign, assignment]
    result = bench.run(definition(failing, beside, processing("Later", DependsOn=["Beside"])))
    assert result.status == "Failed"
    assert seen[-1] == ("Beside", "Succeeded")
    assert result.step("Later").status == "Skipped"


def test_a_second_run_takes_everything_and_leaves_outputs_where_they_were(bench: Bench) -> None:
    first = bench.run(chain())
    second = bench.run(chain())
    assert [step.cached for step in second.steps] == [True, True]
    assert second.outputs == first.outputs
    assert second.step("A").source == first.execution_arn
    assert second.execution_id != first.execution_id


def test_another_argument_runs_the_step_and_what_follows(bench: Bench) -> None:
    bench.run(chain())
    assert cached(bench, chain(), parameters={"Word": "other"}) == {"A": False, "B": False}


def test_another_code_runs_the_step_but_not_what_sees_the_same_input(bench: Bench) -> None:
    bench.run(chain())
    text = (bench.code / "step.py").read_text()
    other = chain()
    other["Steps"][0] = processing("A", script="changed.py", arguments=["a", {"Get": "Parameters.Word"}])
    bench.script("changed.py", text.replace('"step.py"', '"changed.py"'))
    assert cached(bench, other) == {"A": False, "B": True}


def test_another_input_object_runs_the_step(bench: Bench) -> None:
    raw = bench.folder / "raw.txt"
    document = definition(processing("A", inputs={"data": "s3://raw/data.txt"}))
    raw.write_text("one")
    bench.run(document, data={"s3://raw/data.txt": raw})
    raw.write_text("two")
    assert cached(bench, document, data={"s3://raw/data.txt": raw}) == {"A": False}


def test_another_library_version_runs_the_step(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run(chain())
    libraries = bench.folder / "libraries"
    (libraries / "xgboost-9.9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(libraries)
    cache.environment.cache_clear()
    assert cached(bench, chain()) == {"A": False, "B": False}
    monkeypatch.undo()
    cache.environment.cache_clear()


@pytest.mark.parametrize("change", ["ContainerArguments", "Environment", "OutputName"])
def test_what_can_change_a_result_misses_the_cache(bench: Bench, change: str) -> None:
    bench.run(definition(processing("A")))
    other = {
        "ContainerArguments": processing("A", arguments=["x"]),
        "Environment": processing("A", environment={"X": "1"}),
        "OutputName": processing("A", outputs=("other",)),
    }[change]
    assert cached(bench, definition(other)) == {"A": False}


def test_a_result_belongs_to_its_pipeline_as_on_aws(bench: Bench) -> None:
    def run(name: str) -> bool:
        file = bench.folder / f"{name}.json"
        file.write_text(json.dumps(definition(processing("A", arguments=["x"]))))
        folder = bench.kept
        return run_definition_file(file=file, code=bench.code, data={}, parameters={}, folder=folder).step("A").cached

    assert [run(name) for name in ("flights", "mine", "flights", "mine")] == [False, False, True, True]


def test_a_result_that_may_not_be_looked_at_any_more_is_made_again_and_a_silent_server_is_an_error(
    tmp_path: Path,
) -> None:
    class Refusing:
        def __init__(self, error: UserError) -> None:
            self.error = error

        def list(self, uri: str) -> tuple[StoredObject, ...]:
            raise self.error

    kept = cache.Cache(tmp_path)
    objects = (StoredObject(uri="s3://theirs/a", etag="1", size=1),)
    kept.save("key", cache.Entry(execution_arn="arn", properties={}, outputs={}, objects=objects, property_files={}))
    assert kept.find("key", Refusing(UserError("refused"))) is None  # type: ignore[arg-type]
    with pytest.raises(UnreachableError):
        kept.find("key", Refusing(UnreachableError("http://localhost:1")))  # type: ignore[arg-type]


def test_instance_role_network_and_name_do_not_count(bench: Bench) -> None:
    bench.run(definition(processing("A")))
    other = processing("Renamed")
    cluster = {"InstanceCount": 1, "InstanceType": "ml.c5.xlarge", "VolumeSizeInGB": 90}
    other["Arguments"] |= {
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": "arn:aws:iam::123456789012:role/other",
        "NetworkConfig": {"EnableNetworkIsolation": True},
    }
    assert cached(bench, definition(other)) == {"Renamed": True}


@pytest.mark.parametrize("harm", ["deleted", "changed"])
def test_an_output_that_is_no_longer_there_runs_the_step_again(bench: Bench, harm: str) -> None:
    first = bench.run(chain())
    path = bench.object(f"{first.outputs['A']['out']}/text.txt")
    path.unlink() if harm == "deleted" else path.write_text("changed")
    assert cached(bench, chain()) == {"A": False, "B": True}


def test_a_step_that_asks_for_no_cache_and_a_run_without_cache_take_nothing(bench: Bench) -> None:
    document = definition(processing("A", CacheConfig={"Enabled": False}), processing("B"))
    bench.run(document)
    assert cached(bench, document) == {"A": False, "B": True}
    assert cached(bench, document, reuse=False) == {"A": False, "B": False}


def test_a_broken_cache_entry_counts_as_none(bench: Bench) -> None:
    bench.run(chain())
    for entry in bench.kept.joinpath("cache").iterdir():
        entry.write_text("{")
    assert cached(bench, chain()) == {"A": False, "B": False}


def test_a_missing_property_file_fails_the_step_by_name(bench: Bench) -> None:
    result = bench.run(definition(processing("A", property_files={"M": ("out", "metrics.json")})))
    assert result.failure == "step A failed: property file M: the step did not write metrics.json to output out."


def test_a_property_file_that_is_no_json_fails_the_step_by_name(bench: Bench) -> None:
    result = bench.run(definition(processing("A", arguments=["{"], property_files={"M": ("out", "text.txt")})))
    assert result.failure
    assert result.failure.startswith("step A failed: property file M: text.txt is not valid JSON")


def test_a_training_script_says_why_it_failed(bench: Bench) -> None:
    bench.script(
        "train.py",
        "import os, pathlib, sys\n"
        "pathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'output/failure').write_text('no rows')\n"
        "sys.exit(1)\n",
    )
    result = bench.run(definition(processing("A"), training("Train", channels={"train": output_of("A", "out")})))
    assert result.failure == "step Train failed: exit code 1: no rows. It produced no output."


def test_a_step_that_takes_longer_than_its_limit_is_ended(bench: Bench) -> None:
    bench.script("forever.py", "import signal\nsignal.pause()\n")
    step = processing("A", script="forever.py")
    step["Arguments"]["StoppingCondition"] = {"MaxRuntimeInSeconds": 1}
    result = bench.run(definition(step))
    assert result.failure
    assert "took longer than its MaxRuntimeInSeconds (1) and was killed" in result.failure


def test_a_step_sees_nothing_of_the_users_environment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("SECRET_OF_MINE", "x")
    bench.script(
        "environment.py",
        "import json, os, pathlib\n"
        "out = pathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'processing/output/out')\n"
        "out.joinpath('seen.json').write_text(json.dumps(dict(os.environ)))\n",
    )
    result = bench.run(definition(processing("A", script="environment.py", environment={"OWN": "/opt/ml/x"})))
    seen = json.loads(bench.object(f"{result.outputs['A']['out']}/seen.json").read_text())
    assert not {"AWS_PROFILE", "SECRET_OF_MINE"} & set(seen)
    assert Path(seen["HOME"]) != Path.home()
    assert seen["OWN"] == f"{seen['SAGEMAKER_BASE_DIR']}/x"


def test_a_program_that_does_not_exist_fails_the_step(bench: Bench) -> None:
    step = processing("A")
    step["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["/no/such/program"]
    result = bench.run(definition(step))
    assert result.failure
    assert "No such file or directory" in result.failure or "/no/such/program" in result.failure


def test_a_definition_that_is_refused_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(UserError):
        bench.run(definition(processing("A", image="a/unknown:1")))
    assert bench.events == []
    assert not bench.object("s3://artifacts").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"Steps": 1}'])
def test_a_file_that_is_no_definition_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "definition.json"
    file.write_text(text)
    with pytest.raises(UserError, match=r"definition\.json: is not"):
        run_definition_file(file=file, code=None, data={}, parameters={}, folder=tmp_path)
