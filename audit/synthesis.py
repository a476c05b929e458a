"""Synthesize the stacks that are judged, with cdk-nag: `python -m audit.synthesis FOLDER TEMPLATE`.

It is a process of its own: cdk-nag prints its findings, and ends a synthesis that has any with an exception.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from audit.judge import JudgeError
from audit.subject import PLANTED, ROOT, Template
from mlproject.cdk_cli import VALIDATION
from mlproject.parameters import Deployment, Environment, GitLab, Platform, load_parameters

REPORT = "validation-report.json"
# Environments of the example platform whose stacks are like those of dev and prod.
_REPETITIONS = frozenset({"pre", "local"})
_GITLAB = GitLab(url="https://gitlab.example.com", project="data/platform")


def synthesize(folder: Path, planted_template: Path) -> tuple[Template, ...]:
    """Return the templates of every kind of stack, and the planted one.

    Args:
        folder: receives the cloud assembly, with the report of cdk-nag.
        planted_template: a template with faults.

    Raises:
        JudgeError: the synthesis failed.
    """
    from tests.checkouts import inherited_variables
    from tests.stacks.assembly import stacks_of

    done = subprocess.run(
        [sys.executable, "-m", __name__, str(folder), str(planted_template)],
        cwd=ROOT,
        # cfn-lint itself is one of the judges.
        env={**inherited_variables(), VALIDATION: "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (folder / REPORT).exists():
        raise JudgeError(f"the stacks could not be synthesized: {(done.stderr.splitlines() or ['no output'])[-1]}")
    return tuple(
        Template(stack=name, file=stack.template_file, account=stack.account, region=stack.region)
        for name, stack in stacks_of(folder).items()
    )


def judged_platform() -> Platform:
    """Return the example platform of the tests and their further examples, as one platform."""
    from tests.checkouts import EXAMPLE
    from tests.stacks import examples, serving_examples

    platforms = (load_parameters(EXAMPLE), examples.PLATFORM, serving_examples.PLATFORM)
    environments: dict[str, Environment] = {}
    projects: dict[str, tuple[Deployment, ...]] = {}
    for platform in platforms:
        environments |= platform.environments
        for name, deployments in platform.projects.items():
            projects[name] = (*projects.get(name, ()), *_selected(deployments))
    judged = {name: each for name, each in environments.items() if name not in _REPETITIONS}
    return Platform(environments=judged, projects=projects, gitlab=_GITLAB)


def _selected(deployments: Iterable[Deployment]) -> tuple[Deployment, ...]:
    return tuple(each for each in deployments if each.environment.name not in _REPETITIONS)


def main(folder: Path, planted_template: Path) -> int:
    """Synthesize; violations of cdk-nag's rules are in its report."""
    import aws_cdk as cdk
    from aws_cdk.cloudformation_include import CfnInclude

    from audit.nag import synthesize_with_nag
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, judged_platform(), pipelines=ROOT / "pipelines")
    environment = cdk.Environment(account="111111111111", region="eu-west-1")
    CfnInclude(cdk.Stack(app, PLANTED, env=environment), "Template", template_file=str(planted_template))
    synthesize_with_nag(app, folder / REPORT)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
