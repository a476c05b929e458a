"""Entry point: register the commands, run one, and print its error."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from embedded_aws import failing_exports
from embedded_aws.errors import EmbeddedAwsError
from mlproject import cli
from mlproject.cli.common.language import OPTION, select_language, take_option, translate_help
from mlproject.cli.common.system_errors import explain_system_error
from mlproject.cli.common.usage_errors import translate_usage_error
from mlproject.errors import UserError, reference
from mlproject.files import write_atomically
from mlproject.translation import Language, translated, use_language

INTERRUPTED = 130
_NO_COMMAND = 2


def build_app() -> typer.Typer:
    """Return the app with the commands of every module in this package that has a function `register`."""
    app = typer.Typer(
        name="mlproject",
        help="Machine-learning projects on SageMaker: check, deploy, run, without an AWS account first.",
        # For --version.
        invoke_without_command=True,
        pretty_exceptions_enable=False,
    )
    # With a callback, the command name is required even if there is only one.
    app.callback()(_global_options)
    for module in sorted(pkgutil.iter_modules(cli.__path__), key=lambda module: module.name):
        if module.name == "main" or module.name.startswith("_"):
            continue
        register = getattr(importlib.import_module(f"mlproject.cli.{module.name}"), "register", None)
        if register:
            register(app)
    return app


def _global_options(
    context: typer.Context,
    language: Annotated[
        Language | None,
        typer.Option(OPTION, help="The language of help and output. Default: that of the machine's locale."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the versions of mlproject, the CDK and the embedded AWS.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="With --version: print one JSON object: mlproject, commit, python, cdk_library, cdk_cli, moto.",
        ),
    ] = False,
) -> None:
    """Declare the options of all commands, and print what needs no command."""
    if as_json and not version:
        raise typer.BadParameter("write it after the command, or with --version.", param_hint="--json")
    if version:
        from mlproject.cli.common.version import print_versions, read_versions, versions_as_json

        versions = read_versions()
        print(versions_as_json(versions)) if as_json else print_versions(versions)
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(_NO_COMMAND)


def main() -> None:
    """Run the command and exit with its exit code.

    Exit codes: 0 success, 1 failure, 2 invalid input, 70 internal error, 130 interrupted.
    """
    language = select_language(sys.argv[1:], os.environ)
    with use_language(language):
        sys.exit(_run(sys.argv[1:], language))


def _run(arguments: Sequence[str], language: Language) -> int:
    """Run the command, print its error, and return the exit code."""
    option, rest = take_option(arguments)
    try:
        command = get_command(build_app())
        translate_help(command, language)
        code = command([*option, *rest], prog_name="mlproject", standalone_mode=False)
    except (UserError, EmbeddedAwsError) as error:
        code = _print_error(error, language)
    except TyperException as error:
        message = translate_usage_error(error)
        hint = translated("See {command} --help.", command=_command_path(error))
        print(f"{translated('error: {error}', error=message)} {hint}", file=sys.stderr)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except OSError as error:
        explained = explain_system_error(error)
        code = _print_error(explained, language) if explained else _print_internal_error(error, language)
    except Exception as error:
        code = _print_internal_error(error, language)
    if code == INTERRUPTED:
        print(translated("interrupted"), file=sys.stderr)
    if code and rest[:2] == ["local", "env"] and "--json" not in rest:
        print(failing_exports())
    return code if isinstance(code, int) else 0


def _print_error(error: UserError | EmbeddedAwsError, language: Language) -> int:
    """Print an error with its remedy, and return the exit code."""
    print(translated("error: {error}", error=translated(error.args[0])), file=sys.stderr)
    _print_reference(error.topic, language)
    return error.exit_code


def _print_internal_error(error: Exception, language: Language) -> int:
    """Print an error that is a bug of the command, and return the exit code."""
    message = translated(
        "unexpected {type}: {error}; {report}", type=type(error).__name__, error=error, report=_keep_trace()
    )
    print(translated("error: {error}", error=message), file=sys.stderr)
    _print_reference("internal-error", language)
    return 70


def _print_reference(topic: str | None, language: Language) -> None:
    """Print where the documentation explains an error."""
    if topic:
        print(translated(reference(topic, language=language)), file=sys.stderr)


def _command_path(error: TyperException) -> str:
    """Return the command whose help describes the arguments, such as `mlproject run`."""
    context = getattr(error, "ctx", None)
    return context.command_path if context else "mlproject"


def _keep_trace() -> str:
    """Save the traceback to a file, and return a message with its path."""
    path = Path(".mlproject", "crashes", f"{int(time.time())}-{os.getpid()}.log").absolute()
    try:
        write_atomically(path, traceback.format_exc())
    except UserError:
        return translated("the traceback could not be saved.")
    return translated("this is a bug in mlproject. Please report it with {path}.", path=path)


if __name__ == "__main__":
    main()
