"""Pipeline steps with this project's defaults: in the VPC, encrypted, cached, retried when AWS is busy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline_builder import offline  # first: it shields the SDK from this machine's settings

# isort: split
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, OutputDataConfig
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer

VOLUME_GB = 30
JOB_SECONDS = 3600
# The bucket's lifecycle rule deletes what is in the first after a while; models, and what they refer to, stay.
RUNS = "runs"
RECORDS = "records"


def output_uri(step: ProcessingStep, name: str) -> Any:
    """A reference to the S3 URI of a processing step's output; after a cache hit it is the earlier run's URI."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def retry_when_throttled() -> StepRetryPolicy:
    """Repeat a step's API call five times when the service is busy or fails."""
    return StepRetryPolicy(
        exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
        interval_seconds=10,
        max_attempts=5,
    )


def retry_without_capacity() -> SageMakerJobStepRetryPolicy:
    """Repeat a job five times when the account's quota is used up, or AWS has no such machine or fails."""
    return SageMakerJobStepRetryPolicy(
        exception_types=[SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT],
        failure_reason_types=[
            SageMakerJobExceptionTypeEnum.INTERNAL_ERROR,
            SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
        ],
        interval_seconds=60,
        max_attempts=5,
    )


@dataclass(frozen=True, kw_only=True)
class StepFactory:
    """Creates the steps of one pipeline: every job runs in the VPC, encrypted, cached and retried when AWS is busy.

    Args:
        pipeline: the pipeline folder's name, the first part of every output's key.
        instance_type: the pipeline parameter that chooses the instance type.
        session: the session that `offline.session()` returns.
    """

    pipeline: str
    instance_type: Any
    session: offline.OfflineSession

    def processing_step(
        self,
        name: str,
        *,
        image: str,
        inputs: Mapping[str, Any],
        outputs: Sequence[str],
        arguments: Sequence[Any] | None = None,
        property_files: Sequence[Any] | None = None,
        retained: bool = False,
    ) -> ProcessingStep:
        """A step that runs `steps/<name in lower case>.py`.

        Args:
            name: the step's name; the script's placeholders are `${<name>Code}` and `${<name>File}`.
            image: the container's image.
            inputs: S3 addresses by input name; each is at /opt/ml/processing/input/<input name>.
            outputs: output names; each is collected from /opt/ml/processing/output/<output name>.
            arguments: the script's command line (None, not an empty list, when there is none: the API refuses that).
            property_files: JSON files among the outputs that later steps read values from.
            retained: the outputs never expire, since a registered model refers to them.
        """
        processor = Processor(
            role=offline.ROLE,
            image_uri=image,
            instance_count=1,
            instance_type=self.instance_type,
            entrypoint=["python3", f"/opt/ml/processing/input/code/${{{name}File}}"],
            volume_size_in_gb=VOLUME_GB,
            volume_kms_key=offline.KMS_KEY,
            output_kms_key=offline.KMS_KEY,
            max_runtime_in_seconds=JOB_SECONDS,
            sagemaker_session=self.session,
            network_config=NetworkConfig(
                enable_network_isolation=False,
                security_group_ids=offline.SECURITY_GROUPS,
                subnets=offline.SUBNETS,
                encrypt_inter_container_traffic=True,
            ),
        )
        sources = {"code": f"s3://${{{name}Code}}", **inputs}
        step_args = processor.run(
            inputs=[_processing_input(key, source) for key, source in sources.items()],
            outputs=[self._processing_output(RECORDS if retained else RUNS, name, key) for key in outputs],
            arguments=None if arguments is None else list(arguments),
        )
        return ProcessingStep(name, step_args=step_args, property_files=property_files, **_job_policies())

    def _processing_output(self, folder: str, step: str, name: str) -> ProcessingOutput:
        key = [offline.ARTIFACTS_BUCKET, self.pipeline, folder, ExecutionVariables.PIPELINE_EXECUTION_ID, step, name]
        return ProcessingOutput(
            output_name=name,
            s3_output=ProcessingS3Output(
                s3_uri=Join(on="/", values=key),
                local_path=f"/opt/ml/processing/output/{name}",
                s3_upload_mode="EndOfJob",
            ),
        )

    def training_step(
        self, name: str, *, image: str, channels: Mapping[str, Any], hyperparameters: Mapping[str, Any]
    ) -> TrainingStep:
        """A step that runs `steps/<name in lower case>.py` in the script mode of a framework's container.

        The two hyperparameters `sagemaker_*` start script mode: the SDK's own SourceCode would upload files while
        the definition is built. The container itself fetches the code, so it must not be isolated from the network.

        Args:
            name: the step's name; the code's placeholder is `${<name>Code}`, a tar.gz.
            image: the container's image.
            channels: S3 addresses by channel name; each is at /opt/ml/input/data/<channel name>.
            hyperparameters: strings, or `parameter.to_string()`: the API takes nothing else.
        """
        trainer = ModelTrainer(
            sagemaker_session=self.session,
            role=offline.ROLE,
            training_image=image,
            base_job_name=name.lower(),
            hyperparameters={
                "sagemaker_program": f"{name.lower()}.py",
                "sagemaker_submit_directory": f"s3://${{{name}Code}}",
                **hyperparameters,
            },
            compute=Compute(
                instance_type=self.instance_type,
                instance_count=1,
                volume_size_in_gb=VOLUME_GB,
                volume_kms_key_id=offline.KMS_KEY,
            ),
            networking=Networking(
                security_group_ids=offline.SECURITY_GROUPS,
                subnets=offline.SUBNETS,
                enable_network_isolation=False,
                enable_inter_container_traffic_encryption=True,
            ),
            output_data_config=OutputDataConfig(
                s3_output_path=f"{offline.ARTIFACTS_BUCKET}/{self.pipeline}/models", kms_key_id=offline.KMS_KEY
            ),
            stopping_condition=StoppingCondition(max_runtime_in_seconds=JOB_SECONDS),
        )
        step_args = trainer.train(
            input_data_config=[
                InputData(channel_name=channel, data_source=source, content_type="text/csv")
                for channel, source in channels.items()
            ]
        )
        return TrainingStep(name, step_args=step_args, **_job_policies())

    def registration_step(self, name: str, *, image: str, model_data: Any, **package: Any) -> ModelStep:
        """A step that registers a model as a package of the project's group, waiting for a person's approval.

        Args:
            name: the step's name.
            image: the container that serves the model.
            model_data: the address of the model's archive.
            package: further arguments of the SDK's `ModelBuilder.register`.
        """
        builder = ModelBuilder(
            image_uri=image,
            s3_model_data_url=model_data,
            role_arn=offline.ROLE,
            sagemaker_session=self.session,
            network=Networking(security_group_ids=offline.SECURITY_GROUPS, subnets=offline.SUBNETS),
        )
        step_args = builder.register(
            model_package_group_name=offline.MODEL_GROUP, approval_status="PendingManualApproval", **package
        )
        request = step_args.create_model_package_request
        for container in request["InferenceSpecification"]["Containers"]:
            # The region of the machine that builds, and an empty program's name that stops the model's server.
            container.pop("Environment")
        for empty in [key for key, value in request["ModelMetrics"].items() if not value]:
            del request["ModelMetrics"][empty]
        return ModelStep(name, step_args=step_args, retry_policies=[retry_when_throttled()])


def _processing_input(name: str, source: Any) -> ProcessingInput:
    return ProcessingInput(
        input_name=name,
        s3_input=ProcessingS3Input(
            s3_uri=source,
            local_path=f"/opt/ml/processing/input/{name}",
            s3_data_type="S3Prefix",
            s3_input_mode="File",
            s3_data_distribution_type="FullyReplicated",
        ),
    )


def _job_policies() -> dict[str, Any]:
    return {
        "cache_config": CacheConfig(enable_caching=True, expire_after="P30D"),
        "retry_policies": [retry_when_throttled(), retry_without_capacity()],
    }
