"""A pipeline with a step of each kind that needs no model server, and how complete its model is."""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from pathlib import Path
from typing import Any

from tests.runner.samples import at_least, condition, definition, fail, json_get, processing, register, training

# A step ends itself at its n-th event if this file says so, once.
ARMED = "armed.json"
_HEAD = """
import json, os, pathlib, signal, sys
armed, step = pathlib.Path({armed!r}), {step!r}
def arm():
    if not armed.is_file() or json.loads(armed.read_text())["step"] != step:
        return
    event = json.loads(armed.read_text())["event"]
    armed.unlink()
    seen = []
    def hook(name, arguments):
        if name == "os.mkdir" or (name == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            seen.append(name)
            if len(seen) == event:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
arm()
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
"""
# The events of each step: the files that it writes.
EVENTS = {"Prepare": 6, "Train": 1, "Evaluate": 1}
_BODIES = {
    "Prepare": """
text = "x" * 2000 + (base / "processing/input/data/text.txt").read_text()
for name in ("train", "test"):
    for number in range(3):
        (base / "processing" / "output" / name / f"{number}.txt").write_text(text)
""",
    "Train": """
text = "".join(path.read_text() for path in sorted((base / "input" / "data" / "train").iterdir()))
(base / "model" / "weights.txt").write_text(text)
""",
    "Evaluate": """
import tarfile
with tarfile.open(base / "processing/input/model/model.tar.gz") as archive:
    score = {"score": len(archive.extractfile("weights.txt").read())}
(base / "processing" / "output" / "out" / "metrics.json").write_text(json.dumps(score))
""",
}
DATA = "real data"
PREPARED = "x" * 2000 + DATA
WEIGHTS = PREPARED * 3


def scripts(folder: Path) -> dict[str, str]:
    """Return the text of each script by its file name.

    Args:
        folder: of the case, in which the file `armed.json` may be.
    """
    return {
        f"{name.lower()}.py": _HEAD.format(armed=str(folder / ARMED), step=name) + body
        for name, body in _BODIES.items()
    }


def training_archive(folder: Path) -> bytes:
    """Return the code of the training step as the SDK uploads it."""
    content, script = io.BytesIO(), scripts(folder)["train.py"].encode()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        entry = tarfile.TarInfo("train.py")
        entry.size = len(script)
        tar.addfile(entry, io.BytesIO(script))
    return content.getvalue()


def build_definition(*, group: str, role: str, bucket: str = "artifacts") -> dict[str, Any]:
    """Return the definition.

    Args:
        group: the model package group.
        role: ARN of the role of the created model.
        bucket: of the outputs.
    """
    prepared = "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"
    model = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    container = {"Image": "local/sagemaker-xgboost:1", "ModelDataUrl": model, "Environment": {}}
    created = {
        "Name": "Model",
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": role, "PrimaryContainer": container},
    }
    return definition(
        processing(
            "Prepare", script="prepare.py", inputs={"data": "s3://raw/data"}, outputs=("train", "test"), bucket=bucket
        ),
        training(
            "Train",
            channels={"train": {"Get": prepared}},
            OutputDataConfig={"S3OutputPath": f"s3://{bucket}/models"},
        ),
        processing(
            "Evaluate",
            script="evaluate.py",
            inputs={"model": model},
            property_files={"Metrics": ("out", "metrics.json")},
            bucket=bucket,
        ),
        condition(
            "Decide",
            [at_least(json_get("Evaluate", "Metrics", "score"), len(WEIGHTS))],
            then=[created, register("Register", model, group=group)],
            otherwise=[fail("Bad", "the score is wrong")],
        ),
    )


def is_complete_model(archive: bytes) -> bool:
    """Return whether a model.tar.gz is the one that the pipeline trains."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            weights = tar.extractfile("weights.txt")
            return weights is not None and weights.read().decode() == WEIGHTS
    except (tarfile.TarError, OSError, EOFError, KeyError, zlib.error):
        return False


def arm(folder: Path, *, step: str, event: int) -> None:
    """Let a step of the next run end itself by SIGKILL at one of its events."""
    (folder / ARMED).write_text(json.dumps({"step": step, "event": event}))
