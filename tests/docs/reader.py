"""A person who follows the pages: a checkout of the example, an embedded AWS, a shell, and what pages presuppose."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from mlproject.parameters import load_parameters
from tests.checkouts import ROOT, copy_checkout, inherited_variables, replace_parameters_with_the_examples
from tests.docs.shell import Command, run_commands
from tests.mlproject_command import install_mlproject

REGION = "eu-west-1"
_ENVIRONMENTS = "dev|pre|prod|local"
_NAMED = re.compile(rf"(?:--environment |-e |/|flights-)({_ENVIRONMENTS})\b")
# The CDK CLI asks only in a terminal.
_WITHOUT_QUESTIONS = {"CDK_REQUIRE_APPROVAL": "never", "CDK_FORCE": "true"}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who types the commands of the pages.

    Args:
        checkout: of the example, committed, and pushed as origin/main.
        variables: of the shell.
    """

    checkout: Path
    variables: Mapping[str, str]

    def run(self, *commands: str, environment: str = "local") -> str:
        """Run commands with the credentials of an environment's administrator, and return what they print.

        Raises:
            AssertionError: a command failed; with it and the output.
        """
        outputs = self.follow([Command(text=text, shown="") for text in commands], environment=environment)
        return "".join(outputs)

    def follow(self, commands: list[Command], *, environment: str) -> list[str]:
        """Do the same with commands of a page, and return the output of each."""
        variables = {**self.variables, **self._credentials(environment)}
        done, outputs = run_commands(commands, folder=self.checkout, variables=variables)
        assert done.returncode == 0, f"$ {commands[len(outputs) - 1].text}\n{outputs[-1]}(exit code {done.returncode})"
        return outputs

    def client(self, service: str, environment: str) -> Any:
        """Return a boto3 client of an environment's administrator."""
        given = self._credentials(environment)
        session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
        return session.client(service, endpoint_url=given["AWS_ENDPOINT_URL"])

    def _credentials(self, environment: str) -> dict[str, str]:
        """Return what `mlproject local env` exports; nothing before the embedded AWS is started."""
        done = subprocess.run(
            ["mlproject", "local", "env", "-e", environment],
            cwd=self.checkout, env=self.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", done.stdout, re.MULTILINE))


def environment_of(text: str) -> str:
    """Return the environment that commands name first, or dev, which is that of most examples."""
    named = _NAMED.search(text)
    return named[1] if named else "dev"


def create_reader(folder: Path) -> Reader:
    """Write the checkout and the programs of a reader.

    Args:
        folder: an empty one.
    """
    checkout = copy_checkout(folder / "checkout")
    replace_parameters_with_the_examples(checkout)
    git = ["git", "-c", "user.name=Reader", "-c", "user.email=reader@example.com"]
    for command in (
        "init --quiet --initial-branch main",
        "add --all",
        "commit --quiet --message Start",
        "update-ref refs/remotes/origin/main HEAD",
    ):
        subprocess.run([*git, *command.split()], cwd=checkout, check=True)
    programs = folder / "bin"
    programs.mkdir()
    install_mlproject(programs)
    installed = (programs, ROOT / ".venv" / "bin", ROOT / "node_modules" / ".bin")
    return Reader(
        checkout=checkout,
        variables={
            **inherited_variables(),
            **_WITHOUT_QUESTIONS,
            "PATH": os.pathsep.join([*map(str, installed), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
            "AWS_PAGER": "",
        },
    )


def prepare_account(reader: Reader) -> dict[str, str]:
    """Deploy the example and start what the runbooks look at; return the real names of what the pages leave open."""
    account = load_parameters(reader.checkout).environments["dev"].account
    reader.run(
        f"cdk bootstrap aws://{account}/{REGION}",
        "mlproject deploy flights --environment dev",
        "mlproject data push flights --environment dev",
        environment="dev",
    )
    reader.client("iam", "dev").create_user(UserName="ana")
    # SageMaker creates the groups with their first line.
    logs = reader.client("logs", "dev")
    for kind, stream in (("ProcessingJobs", "job/algo-1"), ("NotebookInstances", "flights-dev-explore/mlproject")):
        logs.create_log_group(logGroupName=f"/aws/sagemaker/{kind}")
        logs.create_log_stream(logGroupName=f"/aws/sagemaker/{kind}", logStreamName=stream)
    execution = reader.client("sagemaker", "dev").start_pipeline_execution(PipelineName="flights-dev")
    topic = reader.client("ssm", "dev").get_parameter(Name="/mlproject/dev/flights/topic-arn")["Parameter"]["Value"]
    token = reader.checkout.parent / "token"
    token.write_text(f"header.{base64.b64encode(b'{} ').decode()}.signature".replace("=", ""))
    key = reader.client("kms", "dev").describe_key(KeyId="alias/flights-dev")["KeyMetadata"]["Arn"]
    return {
        "KEY_ARN": key,
        "TOPIC_ARN": topic,
        "EXECUTION_ARN": execution["PipelineExecutionArn"],
        "JOB_NAME": "job",
        "$AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "$CI_COMMIT_BEFORE_SHA": "HEAD",
    }
