"""The packages whose tests are tested, with the tests that run in the same process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Package:
    """Modules, and the tests that must notice a change of them.

    Args:
        name: the folder of the modules.
        modules: patterns of files below the folder; modules with a server or a subprocess are left out.
        without: patterns of files that are left out, too.
        tests: folders and files, for pytest.
    """

    name: str
    modules: tuple[str, ...] = ("**/*.py",)
    without: tuple[str, ...] = ()
    tests: tuple[str, ...]

    def files(self) -> list[Path]:
        """Return the files of the modules, relative to the repository."""
        return sorted(self._matching(self.modules) - self._matching(self.without))

    def _matching(self, patterns: Iterable[str]) -> set[Path]:
        return {file.relative_to(ROOT) for pattern in patterns for file in (ROOT / self.name).glob(pattern)}

    def contains(self, mutant: str) -> bool:
        """Whether a mutant is of one of the modules."""
        return mutant.startswith(f"{self.name.replace('/', '.')}.")


_IAM, _ENGINE = "tests/embedded_aws/iam", "tests/embedded_aws/cloudformation"
PACKAGES = (
    # Scripts that write the tables from other sources.
    Package(name="mlproject/parameters", without=("tables/generate_*.py",), tests=("tests/parameters",)),
    # It runs the SageMaker SDK in an environment of its own.
    Package(name="mlproject/definition", without=("build.py",), tests=("tests/definition",)),
    # Its table is made when it is imported, before a mutant is active.
    Package(
        name="embedded_aws/resource_rules",
        without=("custom_resources.py",),
        tests=("tests/embedded_aws/resource_rules",),
    ),
    Package(
        name="embedded_aws/iam",
        modules=(
            *("actions.py", "catalogue.py", "conditions.py", "context.py", "dependent_permissions.py"),
            *("evaluator.py", "patterns.py", "policy_documents.py", "principal.py", "signature.py"),
        ),
        tests=tuple(
            f"{_IAM}/test_{name}.py"
            for name in ("conditions", "dependent_permissions", "evaluator", "signature", "tables")
        ),
    ),
    Package(
        name="embedded_aws/cloudformation",
        modules=(
            *("change_sets.py", "checks.py", "engine.py", "engine_context.py", "exports.py", "graph.py"),
            *("intrinsics.py", "lifecycle.py", "operation.py", "parameters.py", "plan.py", "planner.py"),
            *("property_differences.py", "reconcile.py", "rollback.py", "secret_references.py", "stack.py"),
            "template.py",
        ),
        tests=tuple(
            f"{_ENGINE}/test_{name}.py"
            for name in (
                *("change_sets", "engine", "functions", "graph", "intrinsics", "parameters", "plan"),
                *("refusals", "rollback", "secret_references", "template"),
            )
        ),
    ),
)


def find_package(name: str) -> Package:
    """Return the package of that name.

    Raises:
        KeyError: there is none.
    """
    return {package.name: package for package in PACKAGES}[name.rstrip("/")]
