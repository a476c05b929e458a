"""`python -m embedded_aws`: start, reach and stop an embedded AWS, for any CDK app and without a project."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

import embedded_aws
from embedded_aws.errors import EmbeddedAwsError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Folder = Annotated[Path, typer.Option(help="Where the server keeps its keys, accounts and log.")]
DEFAULT_FOLDER = Path(".embedded-aws")
START_IT = "python -m embedded_aws up"


@app.command()
def up(
    folder: Folder = DEFAULT_FOLDER,
    account: Annotated[list[str] | None, typer.Option(help="Twelve digits; one more account. Repeatable.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; a free one by default.")] = None,
) -> None:
    """Start the embedded AWS in the background, or add accounts to the one that runs."""
    embedded_aws.Accounts(folder).add(account or [])
    launched = embedded_aws.launch(folder, port=port)
    if launched.lost:
        print(launched.lost.loss)
    print(f"The embedded AWS {'runs' if launched.is_new else 'already runs'} at {launched.server.endpoint}")
    print(f"  accounts: {', '.join(embedded_aws.Accounts(folder).ids())}")
    print('  Reach one with any cdk, aws or boto3 after: eval "$(python -m embedded_aws env ACCOUNT)"')


@app.command()
def env(
    account: Annotated[str, typer.Argument(help="Whose administrator's credentials.")] = embedded_aws.ACCOUNT,
    region: Annotated[str, typer.Option(help="The default region.")] = "us-east-1",
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Print the exports that lead any cdk, aws or boto3 of a shell to it: eval "$(python -m embedded_aws env)"."""
    server = embedded_aws.status(folder)
    if server is None:
        raise EmbeddedAwsError(f"the embedded AWS does not run: {START_IT}", exit_code=1)
    print(embedded_aws.shell_exports(server.environment(account, region)))


@app.command()
def issuer(
    url: Annotated[str, typer.Argument(help="The issuer's URL, as in the claim iss of its tokens.")],
    keys: Annotated[Path, typer.Option(help="A file with the issuer's JSON Web Key Set.")],
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Register the public keys of an OpenID Connect issuer, which is then not asked for them over the network."""
    try:
        key_set = json.loads(keys.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EmbeddedAwsError(f"{keys}: cannot be read as JSON ({error}).") from error
    embedded_aws.Issuers(folder).add(url, key_set)
    print(f"Tokens of {url} are verified with the keys of {keys}.")


@app.command()
def destination(
    url: Annotated[str, typer.Argument(help="Scheme and host of API destinations: https://gitlab.example.com")],
    address: Annotated[str, typer.Option(help="Where requests to it go: http://localhost:PORT, or an https URL.")],
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Let EventBridge call a system. The API destinations of a system that is not registered are not called."""
    embedded_aws.Addresses(folder).add(url, address)
    print(f"Events for API destinations of {url} are sent to {address}.")


@app.command()
def down(folder: Folder = DEFAULT_FOLDER) -> None:
    """Stop it; its state is in memory and is lost."""
    print("The embedded AWS is stopped." if embedded_aws.stop(folder) else "The embedded AWS does not run.")


@app.command()
def tables(
    write: Annotated[Path | None, typer.Option(help="A Markdown file, whose tables are replaced.")] = None,
) -> None:
    """Print the supported resource types and what is added to moto, as Markdown."""
    from embedded_aws.documentation import additions_table, types_table

    generated = {"types": types_table(), "additions": additions_table()}
    if write is None:
        print("\n\n".join(generated.values()))
        return
    try:
        text = write.read_text(encoding="utf-8")
        for name, table in generated.items():
            text = _replace_between(text, f"<!-- {name} -->\n", f"\n<!-- end of {name} -->", table, file=write)
        write.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EmbeddedAwsError(f"{write}: cannot be read or written ({error.strerror}).", exit_code=1) from error


def _replace_between(text: str, start: str, end: str, replacement: str, *, file: Path) -> str:
    before, found, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise EmbeddedAwsError(f"{file}: lacks the lines {start.strip()} and {end.strip()}; nothing was changed.")
    return before + start + replacement + end + after


def main() -> None:
    """Run the command; an error is one sentence and an exit code."""
    try:
        code = app(prog_name="python -m embedded_aws", standalone_mode=False)
    except EmbeddedAwsError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.exit_code
    except TyperException as error:
        print(f"error: {error.format_message()} See python -m embedded_aws --help.", file=sys.stderr)
        code = error.exit_code
    if code and sys.argv[1:2] == ["env"]:
        print(embedded_aws.failing_exports())
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
