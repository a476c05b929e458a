"""What the projects of an environment require at the same time."""

from __future__ import annotations

from mlproject.definition import read_definition
from mlproject.parameters import Pipeline
from mlproject.preflight import account_requirements
from tests.checkouts import ROOT
from tests.stacks.examples import OWNED, deployment


def test_a_tuning_step_needs_an_instance_for_each_job_that_runs_at_the_same_time() -> None:
    project = deployment("alpha", OWNED).model_copy(update={"pipeline": Pipeline(folder="digits", parallel_steps=1)})
    definitions = {"digits": read_definition(ROOT / "pipelines" / "digits")}
    requirements = account_requirements(OWNED, [project], definitions)
    assert requirements.instances == {("ml.m5.large", "processing job"): 1, ("ml.m5.large", "training job"): 2}
