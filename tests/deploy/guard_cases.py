"""The table of docs/*/guard.md: changes, the verdict of the guard on each, and what happens when it is deployed."""

from __future__ import annotations

from dataclasses import dataclass

from mlproject.deployment import Verdict


@dataclass(frozen=True, kw_only=True)
class Case:
    """A change of a deployed project.

    Args:
        type: the type of the resource that it affects.
        verdict: the verdict of the guard.
        option: the key or the option with which it is deployed.
        status: the status of the stack afterwards.
    """

    type: str
    verdict: Verdict
    option: str
    status: str


BUCKET, STACK = "AWS::S3::Bucket", "AWS::CloudFormation::Stack"
NOTEBOOK, CLUSTER = "AWS::SageMaker::NotebookInstance", "AWS::EMR::Cluster"
KEY, MODELS = "AWS::KMS::Key", "AWS::SageMaker::ModelPackageGroup"
ENTRY, OVERRIDE, YES = "allow_replacement", "--override", "--yes"
DONE, ROLLED_BACK, CREATED = "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_COMPLETE"

# In the order of the table.
CASES = {
    "bucket renamed": Case(type=BUCKET, verdict=Verdict.STOPS, option=ENTRY, status=DONE),
    "volume shrunk": Case(type=NOTEBOOK, verdict=Verdict.STOPS, option=OVERRIDE, status=ROLLED_BACK),
    "other subnet of a notebook": Case(type=NOTEBOOK, verdict=Verdict.STOPS, option=OVERRIDE, status=ROLLED_BACK),
    "other subnet of a cluster": Case(type=CLUSTER, verdict=Verdict.CONFIRM, option=YES, status=DONE),
    "other key": Case(type=KEY, verdict=Verdict.STOPS, option=OVERRIDE, status=DONE),
    "other key of a notebook": Case(type=NOTEBOOK, verdict=Verdict.STOPS, option=OVERRIDE, status=ROLLED_BACK),
    "model package group renamed": Case(type=MODELS, verdict=Verdict.STOPS, option=ENTRY, status=DONE),
    "notebook renamed": Case(type=NOTEBOOK, verdict=Verdict.STOPS, option=ENTRY, status=DONE),
    "notebook of another instance type": Case(type=NOTEBOOK, verdict=Verdict.CONFIRM, option=YES, status=DONE),
    "EMR node type": Case(type=CLUSTER, verdict=Verdict.CONFIRM, option=YES, status=DONE),
    "EMR node type, protected": Case(type=CLUSTER, verdict=Verdict.STOPS, option=OVERRIDE, status=DONE),
    "project removed": Case(type=STACK, verdict=Verdict.ALLOWED, option=YES, status=CREATED),
    "project renamed": Case(type=STACK, verdict=Verdict.CONFIRM, option=YES, status=CREATED),
    "account changed": Case(type=STACK, verdict=Verdict.STOPS, option=ENTRY, status=CREATED),
}
