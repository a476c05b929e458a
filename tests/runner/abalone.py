"""The pipeline of AWS's SageMaker project template for model building, with generated data of the same shape.

Rebuilt from its documentation: steps, images, channels, hyperparameters, property file and condition, in the form that
version 2 of the SDK writes. The scripts are new, and get their data as an input instead of downloading it with boto3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/define-pipeline.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy

from tests.runner.samples import ROLE, condition, definition, json_get, parameter

REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
SKLEARN = f"{REGISTRY}/sagemaker-scikit-learn:0.23-1-cpu-py3"
XGBOOST = f"{REGISTRY}/sagemaker-xgboost:1.0-1-cpu-py3"
INPUT_DATA = "s3://sagemaker-servicecatalog-seedcode-us-east-1/dataset/abalone-dataset.csv"
BUCKET = "s3://sagemaker-us-east-1-123456789012/AbalonePipeline"

PREPROCESS = """
import os, pathlib
import pandas
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"), "processing")
numbers = ["length", "diameter", "height", "whole", "shucked", "viscera", "shell"]
data = pandas.read_csv(base / "input/data/abalone-dataset.csv", header=None, names=["sex", *numbers, "rings"])
columns = ColumnTransformer([
    ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
    ("sex", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["sex"]),
])
features = pandas.DataFrame(columns.fit_transform(data.drop(columns="rings")))
table = pandas.concat([data["rings"], features], axis=1).sample(frac=1, random_state=0)
first, second = int(0.7 * len(table)), int(0.85 * len(table))
for name, part in (("train", table[:first]), ("validation", table[first:second]), ("test", table[second:])):
    part.to_csv(base / name / f"{name}.csv", header=False, index=False)
"""
EVALUATE = """
import json, os, pathlib, pickle, tarfile
import numpy, pandas, xgboost

base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"), "processing")
with tarfile.open(base / "model/model.tar.gz") as archive:
    archive.extractall(base / "model", filter="data")
with open(base / "model/xgboost-model", "rb") as file:
    model = pickle.load(file)
table = pandas.read_csv(base / "test/test.csv", header=None).to_numpy()
errors = table[:, 0] - model.predict(xgboost.DMatrix(table[:, 1:]))
mse = {"value": float(numpy.mean(errors**2)), "standard_deviation": float(numpy.std(errors))}
(base / "evaluation/evaluation.json").write_text(json.dumps({"regression_metrics": {"mse": mse}}))
"""


def write_data(path: Path, *, rows: int = 500) -> None:
    """Write a table like the abalone data set: sex, seven measurements, and the number of rings; without a header."""
    random = numpy.random.default_rng(7)
    age = random.gamma(6.0, 1.5, rows)
    length = 0.8 * (1 - numpy.exp(-age / 8)) * random.normal(1, 0.05, rows)
    whole = 3.0 * length**3 * random.normal(1, 0.1, rows)
    sizes = numpy.column_stack([length, 0.8 * length, 0.28 * length, whole, 0.43 * whole, 0.22 * whole, 0.28 * whole])
    sexes = random.choice(["M", "F", "I"], rows)
    lines = [
        ",".join([sex, *(f"{size:.4f}" for size in row), str(max(1, round(years + 1.5)))])
        for sex, row, years in zip(sexes, sizes, age, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")


def abalone(*, highest_mse: float = 6.0) -> dict[str, Any]:
    """The definition: Preprocess, Train, Evaluate, and a condition that registers the model."""
    return definition(
        _preprocess(),
        _train(),
        _evaluate(),
        condition(
            "CheckMSEAbaloneEvaluation",
            [
                {
                    "Type": "LessThanOrEqualTo",
                    "LeftValue": json_get(
                        "EvaluateAbaloneModel", "AbaloneEvaluationReport", "regression_metrics.mse.value"
                    ),
                    "RightValue": highest_mse,
                }
            ],
            then=[_register()],
            otherwise=[],
        ),
        parameters=(
            parameter("ProcessingInstanceCount", "Integer", 1),
            parameter("ProcessingInstanceType", "String", "ml.m5.xlarge"),
            parameter("TrainingInstanceType", "String", "ml.m5.xlarge"),
            parameter("ModelApprovalStatus", "String", "PendingManualApproval"),
            parameter("InputDataUrl", "String", INPUT_DATA),
        ),
    )


def _get(path: str) -> dict[str, str]:
    return {"Get": path}


def _input(name: str, uri: Any, local_path: str) -> dict[str, Any]:
    source = {
        "S3Uri": uri,
        "LocalPath": f"/opt/ml/processing/{local_path}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    return {"InputName": name, "AppManaged": False, "S3Input": source}


def _output(step: str, name: str) -> dict[str, Any]:
    uri = f"{BUCKET}/{step}/output/{name}"
    target = {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/{name}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "AppManaged": False, "S3Output": target}


def _processing(
    name: str, *, image: str, script: str, inputs: list[dict[str, Any]], outputs: list[str], **step: Any
) -> dict[str, Any]:
    code = _input("code", f"{BUCKET}/code/0123456789abcdef/{script}", "input/code")
    cluster = {
        "InstanceType": _get("Parameters.ProcessingInstanceType"),
        "InstanceCount": _get("Parameters.ProcessingInstanceCount"),
        "VolumeSizeInGB": 30,
    }
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "ProcessingResources": {"ClusterConfig": cluster},
            "AppSpecification": {
                "ImageUri": image,
                "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{script}"],
            },
            "RoleArn": ROLE,
            "ProcessingInputs": [*inputs, code],
            "ProcessingOutputConfig": {"Outputs": [_output(name, output) for output in outputs]},
        },
        **step,
    }


def _preprocess() -> dict[str, Any]:
    return _processing(
        "PreprocessAbaloneData",
        image=SKLEARN,
        script="preprocess.py",
        inputs=[_input("input-1", _get("Parameters.InputDataUrl"), "input/data")],
        outputs=["train", "validation", "test"],
    )


def _preprocessed(name: str) -> dict[str, str]:
    return _get(f"Steps.PreprocessAbaloneData.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri")


def _train() -> dict[str, Any]:
    profiler_rule = {
        "RuleConfigurationName": "ProfilerReport-1700000000",
        "RuleEvaluatorImage": "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest",
        "RuleParameters": {"rule_to_invoke": "ProfilerReport"},
    }
    channels = [
        {
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": _preprocessed(name),
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
            "ContentType": "text/csv",
            "ChannelName": name,
        }
        for name in ("train", "validation")
    ]
    # As set_hyperparameters of the SDK stores them.
    numbers = {"num_round": 50, "max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6, "subsample": 0.7}
    hyperparameters = {"objective": "reg:linear", "silent": "0", **{name: str(each) for name, each in numbers.items()}}
    resources = {"VolumeSizeInGB": 30, "InstanceCount": 1, "InstanceType": _get("Parameters.TrainingInstanceType")}
    return {
        "Name": "TrainAbaloneModel",
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": XGBOOST},
            "OutputDataConfig": {"S3OutputPath": f"{BUCKET}/AbaloneTrain"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
            "ResourceConfig": resources,
            "RoleArn": ROLE,
            "InputDataConfig": channels,
            "HyperParameters": hyperparameters,
            "ProfilerRuleConfigurations": [profiler_rule],
            "ProfilerConfig": {"S3OutputPath": f"{BUCKET}/AbaloneTrain"},
        },
    }


def _evaluate() -> dict[str, Any]:
    model = _get("Steps.TrainAbaloneModel.ModelArtifacts.S3ModelArtifacts")
    report = {
        "PropertyFileName": "AbaloneEvaluationReport",
        "OutputName": "evaluation",
        "FilePath": "evaluation.json",
    }
    return _processing(
        "EvaluateAbaloneModel",
        image=XGBOOST,
        script="evaluate.py",
        inputs=[_input("input-1", model, "model"), _input("input-2", _preprocessed("test"), "test")],
        outputs=["evaluation"],
        PropertyFiles=[report],
    )


def _register() -> dict[str, Any]:
    statistics = {
        "ContentType": "application/json",
        "S3Uri": f"{BUCKET}/EvaluateAbaloneModel/output/evaluation/evaluation.json",
    }
    container = {"Image": XGBOOST, "ModelDataUrl": _get("Steps.TrainAbaloneModel.ModelArtifacts.S3ModelArtifacts")}
    return {
        "Name": "RegisterAbaloneModel",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": "AbaloneModelPackageGroup",
            "ModelMetrics": {"ModelQuality": {"Statistics": statistics}, "Bias": {}, "Explainability": {}},
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.t2.medium", "ml.m5.large"],
                "SupportedTransformInstanceTypes": ["ml.m5.large"],
            },
            "ModelApprovalStatus": _get("Parameters.ModelApprovalStatus"),
        },
    }
