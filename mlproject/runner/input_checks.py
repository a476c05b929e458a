"""Find the scripts and data of a definition file that are missing on this machine, before the first step runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.checks import resolve_known
from mlproject.runner.container import script_mode
from mlproject.runner.container.script_paths import is_script, member_names
from mlproject.runner.plan import Node
from mlproject.runner.steps.transform import single_container
from mlproject.runner.storage.folder_store import FolderStore
from mlproject.runner.storage.object_store import join_uri


@dataclass(frozen=True, kw_only=True)
class Missing:
    """An input of a step that is not on this machine.

    Args:
        step: the step's name and type, for the message.
        uri: the S3 URI that the definition reads.
        name: the input's or channel's name; empty for a script.
        script: the file name of a script that `--code` can provide; empty for data.
    """

    step: str
    uri: str
    name: str = ""
    script: str = ""

    @property
    def message(self) -> str:
        if self.script:
            return f"{self.step}: its script {self.script} ({self.uri}) was not found."
        return f"{self.step}: its input {self.name!r} has no local data for {self.uri}."


def check_inputs(
    nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, store: FolderStore, writers: frozenset[str]
) -> None:
    """Raise for scripts and data that no step writes and that are not on this machine.

    An input whose URI is only known during the run comes from an earlier step and is not checked. Neither is the data
    of a step that runs after one whose script may write it.

    Args:
        nodes: the steps.
        parameters: the value of every pipeline parameter.
        store: the local objects, code and data.
        writers: the names of steps whose scripts may write objects themselves.

    Raises:
        UserError: one line for each missing script or input, and a last line with the options that provide them.
    """
    missing = find_missing(nodes, parameters, store=store, writers=writers)
    if missing:
        raise UserError("\n".join([*(each.message for each in missing), _remedy(missing)]), topic="input-missing")


def find_missing(
    nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, store: FolderStore, writers: frozenset[str]
) -> tuple[Missing, ...]:
    """Return the missing scripts and data in the order of the steps."""
    resolved = [(node, resolve_known(node.job_arguments, parameters)) for node in nodes]
    written = [uri for node, arguments in resolved for uri in _written(node.job_type, arguments)]
    transforms = any(node.type == "Transform" for node in nodes)
    later = _steps_after(nodes, writers)
    return tuple(
        each
        for node, arguments in resolved
        for each in dict.fromkeys(_candidates(node, arguments, store, transforms))
        if each.script or not (node.name in later or any(_overlap(each.uri, output) for output in written))
    )


def _steps_after(nodes: tuple[Node, ...], names: frozenset[str]) -> frozenset[str]:
    """Return the steps that start after one of these steps has succeeded."""
    later: frozenset[str] = frozenset()
    while more := {node.name for node in nodes if node.needs & (names | later)} - later:
        later |= more
    return later


def _candidates(node: Node, arguments: Any, store: FolderStore, transforms: bool) -> Iterator[Missing]:
    """Yield what is missing for a step, including what another step may write."""
    step = f"step {node.name} ({node.type})"
    if node.job_type == "Processing":
        yield from _processing(step, arguments, store)
    elif node.job_type == "Training":
        channels = [
            (channel["ChannelName"], channel["DataSource"]["S3DataSource"]["S3Uri"])
            for channel in arguments.get("InputDataConfig", [])
        ]
        yield from _data(step, channels, store)
        yield from _training_script(step, arguments, store)
    elif node.type == "Transform":
        yield from _data(
            step, [("transform", arguments["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"])], store
        )
    elif node.type == "EMR":
        yield from _spark_scripts(step, arguments["StepConfig"]["HadoopJarStep"]["Args"], store)
    elif node.type == "EMRServerless":
        yield from _spark_scripts(step, [arguments["JobConfig"]["jobDriver"]["sparkSubmit"]["entryPoint"]], store)
    elif node.type == "Model" and transforms:
        yield from _data(step, [("model", single_container(arguments).get("ModelDataUrl"))], store)


def _processing(step: str, arguments: Mapping[str, Any], store: FolderStore) -> Iterator[Missing]:
    application = arguments["AppSpecification"]
    words = [*application.get("ContainerEntrypoint", ()), *application.get("ContainerArguments", ())]
    for item in arguments.get("ProcessingInputs", []):
        local, uri = (item["S3Input"].get(key) for key in ("LocalPath", "S3Uri"))
        scripts = _scripts_below(str(local), words)
        if not isinstance(uri, str) or not scripts:
            yield from _data(step, [(item["InputName"], uri)], store)
        for script in scripts if isinstance(uri, str) else ():
            if uri.endswith(f"/{script}"):
                if not store.contains(uri):
                    yield Missing(step=step, uri=uri, script=PurePosixPath(script).name)
            elif not (store.contains(uri) and store.contains(join_uri(uri, script))):
                # --code provides single files by their name, so a folder of scripts is data.
                yield Missing(step=step, uri=uri, name=item["InputName"])


def _spark_scripts(step: str, words: Sequence[Any], store: FolderStore) -> Iterator[Missing]:
    """Yield the missing scripts of a `spark-submit`. Which of its other arguments are data is not known."""
    for word in words:
        if isinstance(word, str) and word.startswith("s3://") and is_script(word) and not store.contains(word):
            yield Missing(step=step, uri=word, script=PurePosixPath(word).name)


def _scripts_below(local: str, words: list[Any]) -> list[str]:
    """Return the scripts of a command that are in an input, by their path in it."""
    prefix = f"{local.rstrip('/')}/"
    return [
        word.removeprefix(prefix)
        for word in words
        if isinstance(word, str) and word.startswith(prefix) and is_script(word)
    ]


def _training_script(step: str, arguments: Mapping[str, Any], store: FolderStore) -> Iterator[Missing]:
    values = script_mode.decode_hyperparameters(arguments.get("HyperParameters", {}))
    program, uri = (values.get(key) for key in (script_mode.PROGRAM, script_mode.SUBMIT_DIRECTORY))
    if not isinstance(program, str) or not isinstance(uri, str) or not uri.startswith("s3://"):
        return
    if not store.contains(uri) or PurePosixPath(program).as_posix() not in member_names(uri, store.read(uri)):
        yield Missing(step=step, uri=uri, script=program)


def _data(step: str, inputs: list[tuple[str, Any]], store: FolderStore) -> Iterator[Missing]:
    for name, uri in inputs:
        if isinstance(uri, str) and not store.contains(uri):
            yield Missing(step=step, uri=uri, name=name)


def _written(step_type: str, arguments: Any) -> Iterator[str]:
    """Yield the output URIs of a step that are known before the run."""
    if step_type == "Processing":
        outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
        uris = [output["S3Output"]["S3Uri"] for output in outputs]
    elif step_type == "Training":
        uris = [arguments["OutputDataConfig"]["S3OutputPath"]]
    elif step_type == "Transform":
        uris = [arguments["TransformOutput"]["S3OutputPath"]]
    else:
        uris = []
    yield from (uri for uri in uris if isinstance(uri, str))


def _overlap(uri: str, output: str) -> bool:
    """Whether an input may contain objects of an output."""
    return uri.startswith(output) or output.startswith(uri)


def _remedy(missing: tuple[Missing, ...]) -> str:
    scripts = list(dict.fromkeys(each.script for each in missing if each.script))
    options = [f"--code FOLDER (a folder with {', '.join(scripts)})"] if scripts else []
    options += dict.fromkeys(f"--data {each.uri}=PATH" for each in missing if not each.script)
    return f"Add to the command: {' '.join(options)}"
