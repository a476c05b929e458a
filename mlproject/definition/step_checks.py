"""Whether the scripts of a pipeline's steps run in their images: syntax, standard library, imports."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from mlproject.definition.document import DEFINITION_FILE, Definition
from mlproject.definition.image_list import ImageList, image_list_findings, read_image_list
from mlproject.definition.script_imports import guarded_lines, import_problem, imports_of
from mlproject.definition.script_python import ScriptProblem, newer_features, syntax_errors
from mlproject.definition.step_scripts import StepScript, step_scripts
from mlproject.parameters import Finding


def step_findings(definition: Definition, *, root: Path) -> list[Finding]:
    """Everything in a pipeline's scripts that their images do not have, and what is wrong with the images' list.

    Args:
        definition: the pipeline's folder.
        root: the project's root, from which messages name the files.

    Raises:
        UserError: the Python of one of AWS's images is not known.
    """
    findings = list(image_list_findings(definition.folder, root=root))
    findings += _missing_programs(definition, root=root)
    images = read_image_list(definition.folder)
    by_python: dict[str, list[StepScript]] = {}
    for script in step_scripts(definition):
        if script.runtime is not None:
            by_python.setdefault(script.runtime.python, []).append(script)
    for python, scripts in by_python.items():
        errors = syntax_errors((script.path for script in scripts), python)
        for script in scripts:
            problems = errors.get(script.path.resolve()) or _problems(script, images)
            findings += [_finding(problem, script, root=root) for problem in problems]
    return findings


def _missing_programs(definition: Definition, *, root: Path) -> Iterator[Finding]:
    """Training steps that start a script which their archive does not hold."""
    for script in step_scripts(definition):
        if script.program not in (None, script.path.name):
            yield Finding(
                file=(definition.folder / DEFINITION_FILE).relative_to(root).as_posix(),
                line=None,
                key="",
                message=f"step {script.step} starts {script.program}, and its archive holds {script.path.name} alone",
                allowed=f"sagemaker_program: {script.path.name}",
            )


def unchecked_steps(definition: Definition) -> list[str]:
    """The steps whose scripts nobody can check, since they run in an image whose Python is not known."""
    return [script.step for script in step_scripts(definition) if script.runtime is None]


def _finding(problem: ScriptProblem, script: StepScript, *, root: Path) -> Finding:
    image = f" (image {script.runtime.image}, Python {script.runtime.python})" if script.runtime else ""
    return Finding(
        file=script.path.relative_to(root).as_posix(),
        line=problem.line,
        key="",
        message=f"{problem.message}; step {script.step} runs it{image}",
        allowed=problem.allowed,
    )


def _problems(script: StepScript, images: ImageList) -> Iterator[ScriptProblem]:
    """What is wrong with a script whose syntax its Python knows."""
    if script.runtime is None:
        return
    try:
        source = script.path.read_text(encoding="utf-8-sig")
        with warnings.catch_warnings(action="ignore"):  # the author's own Python says them
            tree = ast.parse(source)
            features = list(newer_features(source, tree, script.runtime.python))
    except (OSError, ValueError, SyntaxError) as error:
        yield ScriptProblem(line=None, message=f"cannot be read as Python ({error})", allowed="")
        return
    guarded = guarded_lines(tree)
    for each in imports_of(tree):
        problem = import_problem(each, script.path, script.runtime, images)
        if problem and each.line not in guarded:
            yield problem
    yield from (feature for feature in features if feature.line not in guarded)
