"""Check that the scripts of a pipeline's steps run in their images: syntax, standard library, imports."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from mlproject.aws_rules.emr import NODE_PYTHON
from mlproject.definition.document import DEFINITION_FILE, Definition
from mlproject.definition.images.aws_images import ImageRuntime
from mlproject.definition.scripts.image_list import ImageList, image_list_findings, read_image_list
from mlproject.definition.scripts.imports import guarded_lines, import_problem, imports_of
from mlproject.definition.scripts.python import ScriptProblem, newer_features, syntax_errors
from mlproject.definition.scripts.step_scripts import StepScript, step_scripts
from mlproject.definition.spark_engine import spark_scripts
from mlproject.parameters import Finding

_NODES = ImageRuntime(image="EMR nodes", python=NODE_PYTHON, is_listed=False)


def step_findings(definition: Definition, *, root: Path) -> list[Finding]:
    """Return what a pipeline's scripts use but their images or the nodes of EMR lack, and the errors in image.txt.

    A project chooses the libraries of the nodes, and with them the modules that its Spark scripts can import.

    Args:
        definition: the pipeline's definition.
        root: the project's root, to which paths in findings are relative.
    """
    findings = list(image_list_findings(definition.folder, root=root))
    findings += _missing_programs(definition, root=root)
    images = read_image_list(definition.folder)
    by_python: dict[str, list[StepScript]] = {}
    for script in (*step_scripts(definition), *_spark_scripts(definition)):
        if script.runtime is not None:
            by_python.setdefault(script.runtime.python, []).append(script)
    for python, scripts in by_python.items():
        errors = syntax_errors((script.path for script in scripts), python)
        for script in scripts:
            problems = errors.get(script.path.resolve()) or _problems(script, images)
            findings += [_finding(problem, script, root=root) for problem in problems]
    return findings


def _spark_scripts(definition: Definition) -> Iterator[StepScript]:
    """Yield the scripts that steps run with `engine: spark`."""
    for step, path in spark_scripts(definition).items():
        yield StepScript(step=step, path=path, image=_NODES.image, runtime=_NODES, program=None)


def _missing_programs(definition: Definition, *, root: Path) -> Iterator[Finding]:
    """Yield a finding for each training step that starts a script which is not in its archive."""
    for script in step_scripts(definition):
        if script.program not in (None, script.path.name):
            yield Finding(
                file=(definition.folder / DEFINITION_FILE).relative_to(root).as_posix(),
                line=None,
                key="",
                message=f"step {script.step} starts {script.program}, but its archive contains only {script.path.name}",
                allowed=f"sagemaker_program: {script.path.name}",
            )


def unchecked_steps(definition: Definition) -> list[str]:
    """Return the steps whose scripts cannot be checked, since the Python version of their image is unknown."""
    return [script.step for script in step_scripts(definition) if script.runtime is None]


def _finding(problem: ScriptProblem, script: StepScript, *, root: Path) -> Finding:
    runtime = script.runtime
    place = f"image {runtime.image}" if runtime and runtime.is_listed else "engine: spark"
    image = f", {place}, Python {runtime.python}" if runtime else ""
    return Finding(
        file=script.path.relative_to(root).as_posix(),
        line=problem.line,
        key="",
        message=f"{problem.message} (step {script.step}{image})",
        allowed=problem.allowed,
    )


def _problems(script: StepScript, images: ImageList) -> Iterator[ScriptProblem]:
    """Yield the problems of a script without syntax errors."""
    if script.runtime is None:
        return
    try:
        source = script.path.read_text(encoding="utf-8-sig")
        with warnings.catch_warnings(action="ignore"):  # not errors, and not about the image
            tree = ast.parse(source)
            features = list(newer_features(source, tree, script.runtime.python))
    except (OSError, ValueError, SyntaxError) as error:
        yield ScriptProblem(line=None, message=f"cannot be parsed as Python ({error})", allowed="")
        return
    guarded = guarded_lines(tree)
    for each in imports_of(tree):
        problem = import_problem(each, script.path, script.runtime, images)
        if problem and each.line not in guarded:
            yield problem
    yield from (feature for feature in features if feature.line not in guarded)
