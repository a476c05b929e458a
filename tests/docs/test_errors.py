"""The page of the errors: each topic of the code in both languages, with messages that the commands print."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import get_args

import boto3
import pytest

import embedded_aws as aws
from mlproject.errors import Topic, UserError, reference
from mlproject.spark.java import find_java
from tests.checkouts import lay_out_example
from tests.cli.checkout import lay_out
from tests.cli.git_checkout import git
from tests.docs.pages import LANGUAGES, ROOT, page
from tests.libraries.project import project
from tests.libraries.registry import Registry
from tests.mlproject_command import run_mlproject
from tests.runner.samples import definition, parameter, processing, write

TOPICS = get_args(Topic)
LABELS = {"en": "**What to do:** ", "es": "**Qué hacer:** "}
# What stands on the page for the folder, the port, the process and the execution of a test.
FOLDER, HOME, PORT, PROCESS, EXECUTION = "/srv/mlproject", "/home/ana", "5000", "4711", "aaf4vytx9vww"
ENGLISH = {"LC_ALL": "C.UTF-8"}
NO_CREDENTIALS = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}


def sections(language: str) -> Mapping[str, str]:
    return dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page(language, "errors.md"), re.MULTILINE | re.DOTALL))


def shown_message(topic: str) -> str:
    (block,) = re.findall(r"```text\n(.*?)\n```", sections("en")[topic], re.DOTALL)
    return str(block)


def calls() -> Iterator[tuple[str, ast.expr]]:
    """Each topic that the code names, with the message of its error."""
    for package in ("mlproject", "embedded_aws"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text())
            constants = {
                each.targets[0].id: each.value.value
                for each in tree.body
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
                if isinstance(each.targets[0], ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args:
                    for value in (each.value for each in node.keywords if each.arg == "topic"):
                        topic = constants.get(value.id) if isinstance(value, ast.Name) else None
                        if isinstance(value, ast.Constant):
                            topic = value.value
                        if isinstance(topic, str):
                            yield topic, node.args[0]


def pattern(message: ast.expr) -> str:
    """A regular expression for a message, with anything in place of its values."""
    if isinstance(message, ast.Constant):
        return re.escape(str(message.value))
    if isinstance(message, ast.JoinedStr):
        return "".join(map(pattern, message.values))
    if isinstance(message, ast.Call) and isinstance(message.func, ast.Name) and message.func.id == "Message":
        return re.sub(r"\\\{\w+\\\}", ".*", pattern(message.args[0]))
    return ".*"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_topic_has_a_section_with_a_message_its_meaning_and_a_remedy(language: str) -> None:
    assert sorted(sections(language)) == sorted(TOPICS)
    for topic, text in sections(language).items():
        message, meaning, remedy = re.split(r"\n\n(?!Nothing)", text.strip())
        assert message.startswith("```text\nerror: "), topic
        assert len(meaning) > 40, topic
        assert remedy.startswith(LABELS[language]), topic


def test_each_topic_is_that_of_an_error() -> None:
    defaults = {"parameters", "internal-error"}
    raised = {topic for topic, _ in calls()}
    assert raised - {"internal-error"} == set(TOPICS) - defaults


def test_the_message_of_each_topic_is_one_of_the_code_or_of_a_command() -> None:
    fitting: dict[str, list[str]] = {}
    for topic, message in calls():
        text = pattern(message)
        if len(text.replace(".*", "")) > 15:
            fitting.setdefault(topic, []).append(text)
    for topic in set(TOPICS) - set(PROVOKED) - set(PROVOKED_IN_AWS) - {"java-missing"}:
        shown = shown_message(topic).removeprefix("error: ")
        assert any(re.fullmatch(text, shown, re.DOTALL) for text in fitting.get(topic, [])), topic


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return lay_out_example(tmp_path / "checkout")


def run(folder: Path, *arguments: str, **variables: str) -> str:
    """Return the messages of a command, on an English machine unless the variables say another."""
    variables = {**ENGLISH, **variables}
    return run_mlproject(*arguments, folder=folder, variables=variables, keep_reference=True).stderr


def run_definition(folder: Path, *arguments: str) -> str:
    """Run a definition with one failing step."""
    (folder / "code").mkdir()
    (folder / "code" / "step.py").write_text("raise SystemExit('no rows in the table')\n")
    write(folder, definition(processing("Train"), parameters=(parameter("Rounds", "Integer", 5),)))
    return run(folder, "run", "--definition", "definition.json", *arguments)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _invalid_parameter(folder: Path) -> str:
    _edit(folder / "projects" / "flights" / "project.yaml", "volume_gb: 20", "volume_gb: 4")
    return run(folder, "check")


def _unwritable_file(folder: Path) -> str:
    (folder / "chart").write_text("")
    return run(folder, "cost", "flights", "--plot", "chart/cost.svg")


def _taken_port(folder: Path) -> str:
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        return run(folder, "local", "up", "--port", port).replace(port, PORT)


def _changed_list(folder: Path) -> str:
    path = folder / "projects" / "flights" / "libraries" / "notebook.txt"
    path.write_text(path.read_text() + "rich\n")
    return run(folder, "libraries", "check", "flights")


def _damaged_definition(folder: Path) -> str:
    (folder / "pipelines" / "flight_delays" / "definition.json").write_text("<<<<<<< HEAD\n")
    return run(folder, "pipeline", "build", "--check", "flight_delays")


def _missing_data(folder: Path) -> str:
    (folder / "pipelines" / "flight_delays" / "data.json").unlink()
    return run(folder, "data", "push", "flights", "-e", "local")


def _lock(folder: Path, text: str) -> str:
    """Lock a list of libraries with an index of our own."""
    registry = Registry(folder=folder / "registry")
    for name, version in (("ipykernel", "6.0"), ("numpy", "1.21"), ("numpy", "2.0")):
        registry.add(name, version)
    registry.add("pandas", "2.2.3", requires=["numpy>=1.22"])
    (folder / "tiny").mkdir()
    checkout = project(folder / "tiny", registry, name="flights", science=text)
    printed = run(checkout.root, "libraries", "lock", "flights", **checkout.variables)
    # Before it, the progress.
    return printed[printed.index("error: ") :]


def _changed_data(folder: Path) -> str:
    (folder / "tiny").mkdir()
    tiny = lay_out(folder / "tiny")
    (tiny.root / "files" / "first.csv").write_bytes(b"a,b\n1,2\n3,4\n")
    return run(tiny.root, "data", "push", "tiny", "-e", "local", "--from", "files")


def _bug(folder: Path) -> str:
    """Let the command meet a state that its code does not handle."""
    code = "from mlproject.cli import main; main.build_app = lambda: {}['Stacks']; main.main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder, env={**os.environ, **ENGLISH}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return re.sub(r"(?<=crashes/)\d+-\d+", "1764504000-4711", done.stderr)


def _no_commit(folder: Path) -> str:
    git(folder, "init", "--quiet")
    return run(folder, "changed", "--since", "v1.2")


def _outside(folder: Path) -> str:
    (folder.parent / "elsewhere").mkdir()
    return run(folder.parent / "elsewhere", "check").replace(str(folder.parent / "elsewhere"), HOME)


PROVOKED: Mapping[str, Callable[[Path], str]] = {
    "no-checkout": _outside,
    "parameters": _invalid_parameter,
    "unknown-name": lambda folder: run(folder, "cost", "fligths"),
    "project-exists": lambda folder: run(
        folder, "new", "flights", "--owner", "ana@example.com", "--cost-centre", "CC-1"
    ),
    "file-not-writable": _unwritable_file,
    "not-installed": lambda folder: run(folder, "notebook", "local", "flights"),
    "local-aws-not-running": lambda folder: run(folder, "preflight", "-e", "local"),
    "local-aws-not-starting": _taken_port,
    "credentials": lambda folder: run(folder, "preflight", "-e", "dev", **NO_CREDENTIALS),
    "ci-token": lambda folder: run(folder, "preflight", "-e", "dev", AWS_WEB_IDENTITY_TOKEN_FILE="token"),
    "aws-unreachable": lambda folder: run(
        folder, "preflight", "-e", "local",
        AWS_ENDPOINT_URL="http://localhost:1", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_MAX_ATTEMPTS="1",
    ).replace("localhost:1/", "localhost:4566/"),
    "prices-unavailable": lambda folder: run(
        folder, "cost", "flights", "--refresh", AWS_ENDPOINT_URL="http://localhost:4566"
    ),
    "templates-missing": lambda folder: run(folder, "architecture", "flights", "-e", "dev"),
    "data-retained": lambda folder: run(folder, "empty", "flights", "-e", "prod"),
    "libraries-not-locked": _changed_list,
    "libraries-conflict": lambda folder: _lock(folder, "numpy<1.22\npandas==2.2.3\n"),
    "libraries-not-found": lambda folder: _lock(folder, "pandsa\n"),
    "definition-invalid": _damaged_definition,
    "pipeline-parameters": lambda folder: run_definition(folder, "--code", "code", "-p", "Rounds=x"),
    "pipeline-step-failed": lambda folder: re.sub(
        r"(?<=runs/)\w+", EXECUTION, run_definition(folder, "--code", "code")
    ),
    "step-interpreter": lambda folder: run_definition(folder, "--code", "code", "--image", "mine=/no"),
    "input-missing": lambda folder: run_definition(folder, "--code", "none"),
    "data-missing": _missing_data,
    "data-changed": _changed_data,
    "git-history": _no_commit,
    "internal-error": _bug,
}  # fmt: skip


@pytest.mark.parametrize("topic", PROVOKED)
def test_an_error_is_printed_as_the_page_shows_it_with_the_line_that_leads_there(topic: str, checkout: Path) -> None:
    printed = PROVOKED[topic](checkout).replace(str(checkout), FOLDER)
    # pytest-xdist renames its processes.
    printed = re.sub(r"process \d+ \([^)]*\)", f"process {PROCESS} (python)", printed)
    assert printed == f"{shown_message(topic)}\n{reference(topic, language='en')}\n"


def test_without_java_the_error_is_that_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UserError) as raised:
        find_java()
    assert f"error: {raised.value}" == shown_message("java-missing")
    assert raised.value.topic == "java-missing"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A checkout whose embedded AWS runs and contains nothing, and the variables of dev's administrator."""
    folder = lay_out_example(tmp_path_factory.mktemp("errors") / "checkout")
    aws.start(folder / ".mlproject" / "local")
    try:
        yield folder, json.loads(run_mlproject("local", "env", "-e", "dev", "--json", folder=folder).stdout)
    finally:
        aws.stop(folder / ".mlproject" / "local")


def _denied(folder: Path, keys: Mapping[str, str]) -> str:
    """Call the command as a user without permissions."""
    iam = boto3.client(
        "iam", region_name="eu-west-1", endpoint_url=keys["AWS_ENDPOINT_URL"],
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"], aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
    )  # fmt: skip
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return run(folder, "cluster", "status", "flights", "-e", "dev", **{**keys, **own})


PROVOKED_IN_AWS: Mapping[str, Callable[[Path, Mapping[str, str]], str]] = {
    "wrong-account": lambda folder, keys: run(folder, "preflight", "-e", "pre", **keys),
    "access-denied": _denied,
    "not-deployed": lambda folder, keys: run(folder, "open", "flights", "-e", "dev", **keys),
    "not-bootstrapped": lambda folder, keys: run(folder, "deploy", "flights", "-e", "dev", "--no-libraries", **keys),
}


@pytest.mark.parametrize("topic", PROVOKED_IN_AWS)
def test_an_error_of_aws_is_printed_as_the_page_shows_it(topic: str, keys: tuple[Path, Mapping[str, str]]) -> None:
    assert PROVOKED_IN_AWS[topic](*keys) == f"{shown_message(topic)}\n{reference(topic, language='en')}\n"


def test_without_java_spark_says_what_the_page_shows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError) as error:
        find_java()
    assert (f"error: {error.value}", error.value.topic) == (shown_message("java-missing"), "java-missing")


def test_on_a_spanish_machine_the_line_leads_to_the_spanish_page(checkout: Path) -> None:
    assert run(checkout, "cost", "fligths", LC_ALL="es_ES.UTF-8").endswith(
        "\nConsulte docs/es/errors.md#unknown-name\n"
    )
    assert (ROOT / "docs" / "es" / "errors.md").is_file()


def test_json_on_standard_output_has_no_line_of_the_error(checkout: Path) -> None:
    done = run_mlproject("cost", "fligths", "--json", folder=checkout, keep_reference=True)
    assert done.stdout == ""
    assert done.stderr.endswith("#unknown-name\n")
