"""Create pipeline steps with this project's defaults: in the VPC, encrypted, cached, retried on throttling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline_builder import offline  # before the SDK, which it isolates from this machine's settings
from pipeline_builder.serving import complete_package, serving_environment

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
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

VOLUME_GB = 30
JOB_SECONDS = 3600
# A lifecycle rule of the bucket expires the objects in RUNS. Models and the objects they refer to do not expire.
RUNS = "runs"
RECORDS = "records"


def output_uri(step: ProcessingStep, name: str) -> Any:
    """Return a reference to the S3 URI of a processing step's output; on a cache hit, of the earlier run's output."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def retry_when_throttled() -> StepRetryPolicy:
    """Return a policy that retries a step's API call five times on throttling and service faults."""
    return StepRetryPolicy(
        exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
        interval_seconds=10,
        max_attempts=5,
    )


def retry_without_capacity() -> SageMakerJobStepRetryPolicy:
    """Return a policy that retries a job five times on exceeded quotas, insufficient capacity and internal errors."""
    return SageMakerJobStepRetryPolicy(
        exception_types=[SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT],
        failure_reason_types=[
            SageMakerJobExceptionTypeEnum.INTERNAL_ERROR,
            SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
        ],
        interval_seconds=60,
        max_attempts=5,
    )


class _EncryptedTuningStep(TuningStep):  # type: ignore[misc]  # the SDK is untyped here
    """A tuning step that keeps the setting of its trainer, which the SDK drops."""

    @property
    def arguments(self) -> Any:
        request = super().arguments
        request["TrainingJobDefinition"]["EnableInterContainerTrafficEncryption"] = True
        return request


@dataclass(frozen=True, kw_only=True)
class StepFactory:
    """Creates the steps of one pipeline. Every job runs in the VPC, encrypted, cached, and retried on throttling.

    Args:
        pipeline: name of the pipeline's folder, the first part of every output's key.
        instance_type: the pipeline parameter that sets the instance type.
        session: the result of `offline.create_session()`.
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
        """Create a step that runs `steps/<name in lower case>.py`.

        Args:
            name: name of the step. The script's placeholders are `${<name>Code}` and `${<name>File}`.
            image: the container image.
            inputs: S3 URIs by input name. Each is downloaded to /opt/ml/processing/input/<input name>.
            outputs: output names. Each is uploaded from /opt/ml/processing/output/<output name>.
            arguments: command-line arguments of the script. None if there are none, since the API rejects empty lists.
            property_files: JSON files in the outputs from which later steps read values.
            retained: whether the outputs never expire, for outputs that a registered model refers to.
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
        """Create a step that runs `steps/<name in lower case>.py` in the script mode of a framework container.

        The two hyperparameters `sagemaker_*` enable script mode, since the SDK's SourceCode would upload files during
        the build. The container downloads the code itself, so network isolation must be off.

        Args:
            name: name of the step. The placeholder of the code, a tar.gz, is `${<name>Code}`.
            image: the container image.
            channels: S3 URIs by channel name. Each is downloaded to /opt/ml/input/data/<channel name>.
            hyperparameters: strings or `parameter.to_string()`. The API accepts no other types.
        """
        trainer = self._trainer(name, image=image, hyperparameters=hyperparameters)
        step_args = trainer.train(input_data_config=_channels(channels))
        return TrainingStep(name, step_args=step_args, **_job_policies())

    def tuning_step(
        self,
        name: str,
        *,
        image: str,
        channels: Mapping[str, Any],
        hyperparameters: Mapping[str, Any],
        ranges: Mapping[str, Any],
        objective: str,
        regex: str,
        maximize: bool,
        jobs: int,
        parallel_jobs: int = 2,
        strategy: str = "Bayesian",
        seed: int = 1,
    ) -> TuningStep:
        """Create a step that runs `steps/<name in lower case>.py` with different hyperparameters.

        `best_model_uri` returns the model of the best job.

        Args:
            name: name of the step. The placeholder of the code, a tar.gz, is `${<name>Code}`.
            image: the container image.
            channels: S3 URIs by channel name. Each is downloaded to /opt/ml/input/data/<channel name>.
            hyperparameters: those that stay the same: strings or `parameter.to_string()`.
            ranges: the SDK's ContinuousParameter, IntegerParameter or CategoricalParameter by hyperparameter.
            objective: name of the metric to optimize.
            regex: pattern with one group that finds the metric in the log of a job.
            maximize: whether a larger value is better.
            jobs: number of training jobs.
            parallel_jobs: maximum number of training jobs at the same time.
            strategy: Bayesian, Random or Grid.
            seed: seed of the search, at least 1.
        """
        tuner = HyperparameterTuner(
            model_trainer=self._trainer(name, image=image, hyperparameters=hyperparameters),
            objective_metric_name=objective,
            metric_definitions=[{"Name": objective, "Regex": regex}],
            hyperparameter_ranges=dict(ranges),
            objective_type="Maximize" if maximize else "Minimize",
            strategy=strategy,
            max_jobs=jobs,
            max_parallel_jobs=parallel_jobs,
            random_seed=seed,
        )
        return _EncryptedTuningStep(name, step_args=tuner.tune(_channels(channels)), **_job_policies())

    def best_model_uri(self, step: TuningStep) -> Any:
        """Return a reference to the model archive of a tuning step's best job."""
        bucket = offline.ARTIFACTS_BUCKET.removeprefix("s3://")
        return step.get_top_model_s3_uri(top_k=0, s3_bucket=bucket, prefix=f"{self.pipeline}/models")

    def _trainer(self, name: str, *, image: str, hyperparameters: Mapping[str, Any]) -> ModelTrainer:
        return ModelTrainer(
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

    def registration_step(
        self,
        name: str,
        *,
        image: str,
        model_data: Any,
        inference_script: str | None = None,
        submit_directory: str | None = None,
        **package: Any,
    ) -> ModelStep:
        """Create a step that registers a model in the project's model package group, pending manual approval.

        Args:
            name: name of the step.
            image: image of the container that serves the model.
            model_data: S3 URI of the model archive.
            inference_script: the file in steps/ with model_fn, input_fn, predict_fn and output_fn. Every container
                except XGBoost's needs one.
            submit_directory: where the container finds the script. None uploads it, which the scikit-learn and XGBoost
                containers support. The others need `/opt/ml/model/code`, where the training script must copy it.
            **package: further arguments of the SDK's `ModelBuilder.register`, such as `model_metrics`.
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
        complete_package(
            step_args.create_model_package_request,
            environment=serving_environment(inference_script, submit_directory=submit_directory),
        )
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


def _channels(channels: Mapping[str, Any]) -> list[InputData]:
    return [
        InputData(channel_name=channel, data_source=source, content_type="text/csv")
        for channel, source in channels.items()
    ]


def _job_policies() -> dict[str, Any]:
    return {
        "cache_config": CacheConfig(enable_caching=True, expire_after="P30D"),
        "retry_policies": [retry_when_throttled(), retry_without_capacity()],
    }
