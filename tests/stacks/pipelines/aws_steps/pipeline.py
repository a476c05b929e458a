"""A pipeline with a step of each type that only AWS runs, as the SageMaker SDK builds it.

`definition.json` is its result, which tests/pipelines/test_aws_steps.py compares with the SDK.
"""

from __future__ import annotations

from typing import Any

from pipeline_builder import offline  # before the SDK, which it isolates from this machine's settings
from pipeline_builder.checks import check_job_config

# isort: split
from sagemaker.core.clarify import BiasConfig, DataConfig
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.model_monitor.dataset_format import DatasetFormat
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackStep
from sagemaker.mlops.workflow.clarify_check_step import ClarifyCheckStep, DataBiasCheckConfig
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.quality_check_step import DataQualityCheckConfig, QualityCheckStep
from sagemaker.mlops.workflow.steps import ConfigurableRetryStep, StepTypeEnum

DATASET = f"{offline.DATA_BUCKET}/raw/data.csv"


class Session(offline.OfflineSession):
    """The SDK uploads the configuration of a ClarifyCheck step while it builds the step."""

    def upload_data(self, path: str, bucket: str, key_prefix: str = "data", **_: Any) -> str:
        return f"s3://{bucket}/{key_prefix}/{path.rpartition('/')[2]}"

    def upload_string_as_file_body(self, body: str, bucket: str, key: str, kms_key: str | None = None) -> str:
        return f"s3://{bucket}/{key}"


class AutoMLStep(ConfigurableRetryStep):  # type: ignore[misc]  # the SDK is untyped here
    """The SDK's own AutoMLStep needs `Session.auto_ml`, which the SDK 3 no longer has."""

    def __init__(self, name: str) -> None:
        super().__init__(name, StepTypeEnum.AUTOML)
        self.step_args = None

    @property
    def arguments(self) -> dict[str, Any]:
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": DATASET}}
        return {
            "AutoMLJobConfig": {"Mode": "ENSEMBLING"},
            "InputDataConfig": [{"DataSource": source, "TargetAttributeName": "late"}],
            "OutputDataConfig": {"S3OutputPath": f"{offline.ARTIFACTS_BUCKET}/aws_steps/runs/automl"},
            "RoleArn": offline.ROLE,
        }

    @property
    def properties(self) -> None:
        return None


def build() -> str:
    session = Session(
        boto_session=offline.create_session().boto_session,
        default_bucket=offline.ARTIFACTS_BUCKET.removeprefix("s3://"),
    )
    instance_type = ParameterString(name="InstanceType", default_value="ml.m5.xlarge")
    names = ("FunctionArn", "QueueUrl", "ClusterId", "RuntimeRole", "JobRunRole", "Application")
    parameters = {name: ParameterString(name=name) for name in names}
    check_job = check_job_config(instance_type=instance_type, session=session)
    texts = {"display_name": "Spark", "description": "Spark"}
    spark = EMRStepConfig(jar="command-runner.jar", args=["spark-submit", "s3://bucket/job.py"])
    driver = {"sparkSubmit": {"entryPoint": "s3://bucket/job.py"}}
    job_run = EMRServerlessJobConfig(job_driver=driver, execution_role_arn=parameters["JobRunRole"])
    quality = DataQualityCheckConfig(
        baseline_dataset=DATASET,
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri=f"{offline.ARTIFACTS_BUCKET}/aws_steps/runs/quality",
    )
    bias = DataBiasCheckConfig(
        data_config=DataConfig(
            s3_data_input_path=DATASET,
            s3_output_path=f"{offline.ARTIFACTS_BUCKET}/aws_steps/runs/bias",
            s3_analysis_config_output_path=f"{offline.ARTIFACTS_BUCKET}/aws_steps/runs/config",
            label="late",
            headers=["late", "carrier"],
            dataset_type="text/csv",
        ),
        data_bias_config=BiasConfig(label_values_or_threshold=[1], facet_name="carrier"),
    )
    cluster = {
        "ReleaseLabel": "emr-7.13.0",
        "Instances": {"InstanceGroups": [{"InstanceRole": "MASTER", "InstanceCount": 1, "InstanceType": "m5.xlarge"}]},
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": "EMR_EC2_DefaultRole",
    }
    steps = [
        LambdaStep(
            name="Notify",
            lambda_func=Lambda(function_arn=parameters["FunctionArn"], session=session),
            inputs={"dataset": DATASET},
            outputs=[LambdaOutput("rows", LambdaOutputTypeEnum.Integer)],
        ),
        CallbackStep(
            name="Approve", sqs_queue_url=parameters["QueueUrl"], inputs={"a": "b"}, outputs=[CallbackOutput("by")]
        ),
        EMRStep(name="OnCluster", cluster_id=parameters["ClusterId"], step_config=spark, **texts),
        EMRStep(
            name="AsRole",
            cluster_id=parameters["ClusterId"],
            execution_role_arn=parameters["RuntimeRole"],
            step_config=spark,
            **texts,
        ),
        EMRStep(name="OnNewCluster", cluster_id=None, cluster_config=cluster, step_config=spark, **texts),
        EMRServerlessStep(name="OnApplication", application_id=parameters["Application"], job_config=job_run, **texts),
        QualityCheckStep(
            name="Quality",
            quality_check_config=quality,
            check_job_config=check_job,
            skip_check=True,
            register_new_baseline=True,
            model_package_group_name=offline.MODEL_GROUP,
        ),
        ClarifyCheckStep(
            name="Bias",
            clarify_check_config=bias,
            check_job_config=check_job,
            skip_check=True,
            register_new_baseline=True,
        ),
        AutoMLStep("Search"),
    ]
    return offline.build_definition(
        parameters=[instance_type, *parameters.values()], steps=steps, sagemaker_session=session
    )


if __name__ == "__main__":
    offline.main(build)
