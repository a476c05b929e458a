"""The scripts of the steps are checked against the Python version of their image, not of the tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mlproject.definition import read_definition, steps_of
from mlproject.definition.images.aws_images import image_runtime
from mlproject.definition.scripts.checks import step_findings, unchecked_steps
from mlproject.definition.scripts.image_list import image_list_findings, read_image_list
from mlproject.definition.scripts.python import syntax_errors
from mlproject.definition.scripts.step_scripts import step_scripts
from mlproject.errors import UserError
from tests.definition.folders import FLIGHT_DELAYS, ROOT, committed, copied


def problems(root: Path, source: str | bytes, *, script: str = "train.py") -> list[tuple[int | None, str]]:
    """Return line and message of each finding for the real pipeline with one script replaced."""
    folder = copied(root)
    data = source if isinstance(source, bytes) else source.encode()
    (folder / "steps" / script).write_bytes(data)
    found = step_findings(read_definition(folder), root=root)
    assert {each.file for each in found} <= {f"pipelines/flight_delays/steps/{script}"}
    return [(each.line, each.message.partition(" (step ")[0]) for each in found]


def test_the_committed_scripts_run_in_their_images() -> None:
    assert step_findings(committed(), root=ROOT) == []
    assert unchecked_steps(committed()) == []


def test_each_step_is_known_with_its_script_and_image() -> None:
    assert [
        (each.step, each.path.name, each.runtime.image if each.runtime else None) for each in step_scripts(committed())
    ] == [
        ("Prepare", "prepare.py", "sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("Train", "train.py", "sagemaker-xgboost:3.2-0"),
        ("Evaluate", "evaluate.py", "sagemaker-xgboost:3.2-0"),
        ("Register", "inference.py", "sagemaker-xgboost:3.2-0"),
        ("Score", "score.py", "sagemaker-xgboost:3.2-0"),
    ]


SYNTAX = {
    "except*": ("try:\n    pass\nexcept* ValueError:\n    pass\n", 3, "cannot use `except*` on Python 3.10"),
    "type alias": ("type X = int\n", 1, "cannot use `type` alias statement on Python 3.10"),
    "type parameters": ("def f[T](x: T) -> T:\n    return x\n", 1, "cannot use type parameter lists on Python 3.10"),
    "quotes in an f-string": (
        'x = {"a": 1}\nprint(f"{x["a"]}")\n',
        2,
        "cannot reuse outer quote character in f-strings on Python 3.10",
    ),
    "backslash in an f-string": (
        """print(f"{'\\n'.join([])}")\n""",
        1,
        "cannot use an escape sequence (backslash) in f-strings on Python 3.10",
    ),
    "star in an index": ("a = {}\nb = (1,)\na[*b] = 1\n", 3, "cannot use star expression in index on Python 3.10"),
    "except without parentheses": (
        "try:\n    pass\nexcept ValueError, TypeError:\n    pass\n",
        3,
        "multiple exception types must be parenthesized on Python 3.10",
    ),
    "template string": ('x = t"a"\n', 1, "cannot use t-strings on Python 3.10"),
    "no Python at all": ("def :\n", 1, "expected an identifier"),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_syntax_that_came_later_is_found_with_its_line(name: str, tmp_path: Path) -> None:
    source, line, message = SYNTAX[name]
    (found_line, found) = problems(tmp_path, source)[0]
    assert (found_line, found.partition(" (syntax was")[0].lower()) == (line, message.lower()) or found.startswith(
        message
    )


LIBRARY = {
    "a module": ("import tomllib\n", 1, "imports tomllib, which requires Python 3.11"),
    "a module below another": (
        "import importlib.resources.abc\n",
        1,
        "'importlib.resources.abc' module requires Python 3.11",
    ),
    "a name of a module": ("from datetime import UTC\n", 1, "'datetime.UTC' member requires Python 3.11"),
    "an attribute": (
        "import datetime\n\nx = datetime.datetime.now(datetime.UTC)\n",
        3,
        "'datetime.UTC' member requires Python 3.11",
    ),
    "a base class": (
        "import enum\nclass A(enum.StrEnum):\n    a = 'a'\n",
        2,
        "'enum.StrEnum' member requires Python 3.11",
    ),
    "inside a function": (
        "def f():\n    import itertools\n    return itertools.batched([], 2)\n",
        3,
        "'itertools.batched' member requires Python 3.12",
    ),
    "a method": ("from pathlib import Path\nPath('x').walk()\n", 2, "'pathlib.Path.walk' member requires Python 3.12"),
    "an annotation that is evaluated": (
        "import typing\ndef f(x: typing.Self) -> None: ...\n",
        2,
        "'typing.Self' member requires Python 3.11",
    ),
}


@pytest.mark.parametrize("name", LIBRARY)
def test_what_the_standard_library_got_later_is_found_with_its_line(name: str, tmp_path: Path) -> None:
    source, line, message = LIBRARY[name]
    assert problems(tmp_path, source) == [(line, message)]


SPARK = {
    "syntax": ("match 1:\n    case _:\n        pass\n", 1, "cannot use `match` statement on Python 3.9"),
    "a module": ("import tomllib\n", 1, "imports tomllib, which requires Python 3.11"),
    "a name of a module": ("from itertools import pairwise\n", 1, "'itertools.pairwise' member requires Python 3.10"),
    "a neighbour": (
        "import prepare\n",
        1,
        "imports prepare from the same folder, but the script is deployed alone. "
        "Move the imported code into the script",
    ),
}


@pytest.mark.parametrize("name", SPARK)
def test_a_spark_script_is_checked_against_the_python_of_emr_nodes(name: str, tmp_path: Path) -> None:
    source, line, message = SPARK[name]
    ((found_line, found),) = problems(tmp_path, source, script="prepare_spark.py")
    assert (found_line, found.partition(" (syntax was")[0]) == (line, message)


def test_a_spark_script_may_import_the_libraries_that_a_project_chooses_for_its_nodes(tmp_path: Path) -> None:
    assert problems(tmp_path, "import pyspark\nimport humanize\n", script="prepare_spark.py") == []


LISTED = (
    "which is neither in the standard library nor in flight_delays/image.txt. "
    "If the image contains it, add it to image.in"
)


@pytest.mark.parametrize(
    ("source", "script", "expected"),
    [
        ("import torch\n", "train.py", [(1, f"imports torch, {LISTED}")]),
        ("def f():\n    from torch.nn import Linear\n", "train.py", [(2, f"imports torch, {LISTED}")]),
        ("import xgboost\n", "prepare.py", [(1, "imports xgboost, which is not in this image")]),
        (
            "import score\n",
            "train.py",
            [
                (
                    1,
                    "imports score from the same folder, but the script is deployed alone. "
                    "Move the imported code into the script",
                )
            ],
        ),
        (
            "from . import score\n",
            "train.py",
            [(1, "uses a relative import, but the script is deployed alone. Move the imported code into the script")],
        ),
        ("import sklearn, dateutil.parser, scipy.sparse, joblib, xgboost\n", "train.py", []),
        ("import sklearn.linear_model, dateutil\n", "prepare.py", []),
        ("import distutils, asyncore, imp\n", "train.py", []),  # gone from this machine's Python, perhaps
    ],
)
def test_an_import_is_of_the_standard_library_or_of_what_the_image_has(
    source: str, script: str, expected: list[tuple[int, str]], tmp_path: Path
) -> None:
    assert problems(tmp_path, source, script=script) == expected


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
        "try:\n    import torch\nexcept (ValueError, ModuleNotFoundError):\n    pass\n",
        "try:\n    from datetime import UTC\nexcept ImportError:\n    pass\n",
        "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import json\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n    from typing import Self\n",
        "import datetime\nx = datetime.UTC  # novm\n",
        "from __future__ import annotations\nimport typing\ndef f(x: typing.Self) -> None: ...\n",
        (
            "from __future__ import annotations\nimport typing\nclass A:\n    x: typing.Self\n"
            "    def f(self, é: typing.Self, *args: typing.Unpack[\n        tuple[int]\n    ]) -> typing.Self: ...\n"
        ),
        "match 1:\n    case 1:\n        pass\nwith (open('a') as a, open('b') as b):\n    x: int | None = None\n",
        "zip([1], [2], strict=True)\n",
        "x = '\\d'\n",
    ],
)
def test_what_works_in_the_image_or_is_guarded_is_not_found(
    source: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert problems(tmp_path, source) == []
    assert capfd.readouterr() == ("", "")


def test_a_script_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    ((line, message),) = problems(tmp_path, b"x = '\xff'\n")
    assert (line, message.startswith("cannot be parsed as Python ('utf-8' codec")) == (None, True)


def test_a_script_that_no_step_runs_is_not_held_against_an_image(tmp_path: Path) -> None:
    assert problems(tmp_path, "import torch\n", script="notes.py") == []


def test_a_module_of_another_name_is_allowed_when_the_input_says_which_package_brings_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "steps" / "train.py").write_text("import odd_name\n")
    (folder / "image.in").write_text("odd-package  # imports odd_name\n")
    (folder / "image.txt").write_text("odd-package==1.0 \\\n    --hash=sha256:00\nnumpy==2.1.0\npandas==2.2.3\n")
    found = step_findings(read_definition(folder), root=tmp_path)
    assert not [each for each in found if each.file.endswith("train.py")]


def test_without_a_list_only_the_standard_library_is_there(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "image.in").unlink()
    (folder / "image.txt").unlink()
    found = step_findings(read_definition(folder), root=tmp_path)
    assert {each.message.partition(",")[0] for each in found} == {
        f"imports {module}" for module in ("numpy", "pandas", "xgboost", "sklearn")
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pyarrow", "image.txt does not pin pyarrow"),
        ("Scikit_Learn>=99", "requires Scikit_Learn>=99, but image.txt pins 1.7.2"),
        ("-r other.in", "is not a valid requirement"),
    ],
)
def test_an_input_that_the_lock_contradicts_is_found_with_its_line(line: str, message: str, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "image.in").write_text(f"# comment\nnumpy==2.1.0\n{line}\n")
    (found,) = image_list_findings(folder, root=tmp_path)
    assert (found.file, found.line, found.message.partition(". Update")[0]) == (
        "pipelines/flight_delays/image.in",
        3,
        message,
    )


def test_the_list_of_the_committed_pipeline_is_read() -> None:
    images = read_image_list(FLIGHT_DELAYS)
    assert images.provides("xgboost", lacks=frozenset())
    assert not images.provides("xgboost", lacks=frozenset({"xgboost-cpu"}))


@pytest.mark.parametrize("image", ["example.com/own:1", "${SageMakerRegistry}/sagemaker-xgboost:1.7-1"])
def test_the_python_of_other_images_is_unknown(image: str) -> None:
    assert image_runtime("${SageMakerRegistry}/sagemaker-xgboost:3.2-0") is not None
    assert image_runtime(image) is None


def test_what_ruff_says_is_quoted_if_it_does_not_know_the_python() -> None:
    with pytest.raises(UserError, match=r"^ruff cannot check the scripts of the steps: error: invalid value 'py21'"):
        syntax_errors([FLIGHT_DELAYS / "steps" / "train.py"], "2.1")


def test_ruff_formats_the_steps_for_the_oldest_python_of_their_images() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["per-file-target-version"]
    pythons = {script.runtime.python for script in step_scripts(committed()) if script.runtime}
    assert {settings["pipelines/*/steps/*.py"]} == {f"py{python.replace('.', '')}" for python in pythons}
    assert len(steps_of(committed().document)) > len(pythons)
