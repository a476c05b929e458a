"""Which digit did somebody write? A support vector classifier, tuned on 1,797 scanned digits.

Builds the definition of the pipeline: `mlproject pipeline build` writes it to definition.json beside this file.
"""

from __future__ import annotations

from pipeline_builder import offline, steps  # before the SDK, which they isolate from this machine's settings

# isort: split
from sagemaker.core.metadata_properties import MetadataProperties
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.parameter import ContinuousParameter
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep


def build() -> str:
    """Return the definition as JSON."""
    instance_type = ParameterString("InstanceType", default_value="ml.m5.large")
    minimum_accuracy = ParameterFloat("MinimumAccuracy", default_value=0.97)
    data_version = ParameterString("DataVersion", default_value="scikit-learn-1.9.1")
    commit = ParameterString("Commit", default_value="unknown")

    session = offline.create_session()
    factory = steps.StepFactory(pipeline="digits", instance_type=instance_type, session=session)

    prepare = factory.processing_step(
        "Prepare",
        image=offline.SKLEARN_IMAGE,
        inputs={"data": Join(on="", values=[f"{offline.DATA_BUCKET}/raw/", data_version, "/"])},
        outputs=["train", "validation", "test"],
    )
    tune = factory.tuning_step(
        "Tune",
        image=offline.SKLEARN_IMAGE,
        channels={"train": steps.output_uri(prepare, "train"), "validation": steps.output_uri(prepare, "validation")},
        hyperparameters={},
        ranges={
            "penalty": ContinuousParameter(0.1, 100.0, scaling_type="Logarithmic"),
            "gamma": ContinuousParameter(0.0001, 0.1, scaling_type="Logarithmic"),
        },
        objective="validation:accuracy",
        regex="validation accuracy ([0-9.]+)",
        maximize=True,
        jobs=8,
    )
    model = factory.best_model_uri(tune)
    metrics = PropertyFile(name="Metrics", output_name="metrics", path="metrics.json")
    evaluate = factory.processing_step(
        "Evaluate",
        image=offline.SKLEARN_IMAGE,
        inputs={
            "model": model,
            "train": steps.output_uri(prepare, "train"),
            "test": steps.output_uri(prepare, "test"),
        },
        outputs=["metrics"],
        property_files=[metrics],
        retained=True,
    )
    register = factory.registration_step(
        "Register",
        image=offline.SKLEARN_IMAGE,
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
        customer_metadata_properties={"DefinitionHash": offline.DEFINITION_HASH, "DataVersion": data_version},
    )
    reject = FailStep(
        "Reject",
        error_message=Join(
            on=" ",
            values=[
                "the best model recognizes fewer test digits than MinimumAccuracy requires:",
                JsonGet(step_name=evaluate.name, property_file=metrics, json_path="accuracy"),
            ],
        ),
    )
    judge = ConditionStep(
        "Judge",
        conditions=[
            ConditionGreaterThanOrEqualTo(
                left=JsonGet(step_name=evaluate.name, property_file=metrics, json_path="accuracy"),
                right=minimum_accuracy,
            )
        ],
        if_steps=[register],
        else_steps=[reject],
    )
    return offline.build_definition(
        parameters=[instance_type, minimum_accuracy, data_version, commit],
        steps=[prepare, tune, evaluate, judge],
        sagemaker_session=session,
    )


if __name__ == "__main__":
    offline.main(build)
