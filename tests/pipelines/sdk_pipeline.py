"""A script as users write it: SageMaker's SDK builds a pipeline, creates it and starts it. Run by test_sdk.py.

Arguments: the role's ARN, a bucket, an image. It prints the status of the execution.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import ProcessingOutput, ProcessingS3Output
from sagemaker.core.training.configs import Compute, InputData, OutputDataConfig, SourceCode
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.train.model_trainer import ModelTrainer

INSTANCE = "ml.m5.large"


def build(role: str, bucket: str, image: str, folder: Path) -> Any:
    """Return a pipeline with a processing step and a training step."""
    (folder / "prepare.py").write_text("print('prepare')\n")
    (folder / "train.py").write_text("print('train')\n")
    session = PipelineSession(boto_session=boto3.Session(), default_bucket=bucket)
    processor = ScriptProcessor(
        role=role,
        image_uri=image,
        command=["python3"],
        instance_count=1,
        instance_type=INSTANCE,
        sagemaker_session=session,
    )
    place = ProcessingS3Output(
        s3_uri=f"s3://{bucket}/prepared", local_path="/opt/ml/processing/output", s3_upload_mode="EndOfJob"
    )
    prepare = ProcessingStep(
        "Prepare",
        step_args=processor.run(
            code=str(folder / "prepare.py"), outputs=[ProcessingOutput(output_name="prepared", s3_output=place)]
        ),
    )
    trainer = ModelTrainer(
        training_image=image,
        role=role,
        source_code=SourceCode(source_dir=str(folder), entry_script="train.py"),
        compute=Compute(instance_type=INSTANCE, instance_count=1),
        output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/models"),
        base_job_name="sdk",
        sagemaker_session=session,
    )
    prepared = prepare.properties.ProcessingOutputConfig.Outputs["prepared"].S3Output.S3Uri
    train = TrainingStep(
        "Train", step_args=trainer.train(input_data_config=[InputData(channel_name="train", data_source=prepared)])
    )
    return Pipeline("sdk", steps=[prepare, train], sagemaker_session=session)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    role, bucket, image = sys.argv[1:]
    with TemporaryDirectory() as folder:
        pipeline = build(role, bucket, image, Path(folder))
        pipeline.upsert(role)
        pipeline.upsert(role)  # the second time it updates
    print(pipeline.start().describe()["PipelineExecutionStatus"])


if __name__ == "__main__":
    main()
