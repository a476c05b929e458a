"""Transform files with a model's own inference script, as SageMaker's serving containers do for a batch transform.

Runs as the process of a step: script_batch.py OPTIONS, a JSON object with the fields of `Options`. Sources:
https://sagemaker.readthedocs.io/en/stable/frameworks/sklearn/using_sklearn.html (the four functions, their defaults)
https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html (records, strategies, assembly)
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FUNCTIONS = ("model_fn", "input_fn", "predict_fn", "output_fn")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The arguments of the process.

    Args:
        model: folder of the unpacked model.
        code: folder of the script.
        program: file name of the script.
        inputs: folder of the input files.
        outputs: folder of the results.
        content_type: content type of the inputs.
        accept: content type of the results.
        split: whether every line is a record.
        single: whether a request contains one record.
        assemble: whether results are joined with line breaks.
        payload: maximum number of bytes of a request with several records.
        framework: `sklearn` or `xgboost`, whose containers have default functions, or empty.
    """

    model: str
    code: str
    program: str
    inputs: str
    outputs: str
    content_type: str
    accept: str
    split: bool
    single: bool
    assemble: bool
    payload: int
    framework: str


def main(options: Options) -> None:
    """Write a result for every input file."""
    sys.path.insert(0, options.code)
    module = importlib.import_module(options.program.removesuffix(".py"))
    functions = load_functions(module, program=options.program, framework=options.framework)
    model = functions["model_fn"](options.model)
    source = Path(options.inputs)
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source)
        target = Path(options.outputs, f"{name}.out")
        target.parent.mkdir(parents=True, exist_ok=True)
        count = 0
        with target.open("wb") as file:
            for body in requests(path.read_bytes(), options):
                result = respond(
                    body,
                    model,
                    functions,
                    content_type=options.content_type,
                    accept=options.accept,
                    program=options.program,
                )
                file.write(assembled(result, options))
                count += 1
        print(f"{name}: {count} requests")


def load_functions(module: Any, *, program: str, framework: str) -> dict[str, Callable[..., Any]]:
    """Return the functions of the script, completed by the container's defaults."""
    defaults: dict[str, Callable[..., Any]] = {}
    if framework:
        read = _read_matrix if framework == "xgboost" else _read_array
        defaults = {"input_fn": read, "predict_fn": _predict, "output_fn": _write}
    functions = {name: getattr(module, name, defaults.get(name)) for name in FUNCTIONS}
    missing = [name for name, function in functions.items() if function is None]
    if missing:
        sys.exit(f"{program} must define {', '.join(missing)}")
    return {name: function for name, function in functions.items() if function is not None}


def requests(content: bytes, options: Options) -> Iterator[bytes]:
    """Yield the bodies of the requests for a file."""
    if not options.split:
        yield content
        return
    lines = content.splitlines(keepends=True)
    body = b""
    for line in lines:
        if body and (options.single or len(body) + len(line) > options.payload):
            yield body
            body = b""
        body += line
    if body:
        yield body


def assembled(result: bytes, options: Options) -> bytes:
    """Return a result as it is written to the output file."""
    return result + b"\n" if options.assemble and not result.endswith(b"\n") else result


def respond(
    body: bytes,
    model: Any,
    functions: dict[str, Callable[..., Any]],
    *,
    content_type: str,
    accept: str,
    program: str,
) -> bytes:
    """Return the result of a request."""
    is_text = content_type.startswith("text/") or content_type == "application/json"
    data = functions["input_fn"](body.decode() if is_text else body, content_type)
    result = functions["output_fn"](functions["predict_fn"](data, model), accept)
    if isinstance(result, tuple):  # the content and its type
        result = result[0]
    if not isinstance(result, str | bytes):
        sys.exit(f"output_fn of {program} must return text or bytes, but returned {type(result).__name__}")
    return result.encode() if isinstance(result, str) else result


def _read_array(data: str, content_type: str) -> Any:
    import numpy

    if content_type != "text/csv":
        sys.exit(f"the default input_fn reads text/csv. Define input_fn for {content_type}")
    return numpy.genfromtxt(io.StringIO(data), delimiter=",", dtype=numpy.float32, ndmin=2)


def _read_matrix(data: str, content_type: str) -> Any:
    import xgboost

    return xgboost.DMatrix(_read_array(data, content_type))


def _predict(data: Any, model: Any) -> Any:
    return model.predict(data)


def _write(prediction: Any, accept: str) -> str:
    import numpy

    if accept != "text/csv":
        sys.exit(f"the default output_fn writes text/csv. Define output_fn for {accept}")
    stream = io.StringIO()
    numpy.savetxt(stream, prediction, delimiter=",", fmt="%s")
    return stream.getvalue()


if __name__ == "__main__":
    main(Options(**json.loads(sys.argv[1])))
