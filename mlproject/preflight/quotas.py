"""Whether the account's quotas allow what the projects ask for; a new account has 0 of many SageMaker types.

AWS's page has the defaults (https://docs.aws.amazon.com/general/latest/gr/sagemaker.html); that new accounts get less
is what people report (https://github.com/awslabs/amazon-sagemaker-examples/issues/593).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mlproject.outcome import Outcome, ok, problem, unknown
from mlproject.parameters import NewNetwork
from mlproject.preflight.look import Look
from mlproject.preflight.wanted import NOTEBOOK

# 5 unless it was raised: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
VPCS = "VPCs per Region"
# The first letters of an instance type to the beginning of the name of its quota of vCPUs.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
_STANDARD = ("a", "c", "d", "h", "i", "m", "r", "t", "z")
_VCPU_QUOTAS: Mapping[str, str] = {
    **dict.fromkeys(_STANDARD, "Running On-Demand Standard"),
    "g": "Running On-Demand G and VT",
    "p": "Running On-Demand P",
}


def quotas_of(look: Look, service: str) -> dict[str, float]:
    """Name to value: the applied ones, and the defaults of those that have no applied value.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
    """
    found: dict[str, float] = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for quota in look.pages("service-quotas", operation, "Quotas", ServiceCode=service):
            found[quota["QuotaName"]] = quota["Value"]
    return found


def sagemaker(look: Look) -> Iterator[Outcome]:
    """ml.* types: of each kind, what is asked for beside what runs already."""
    if not look.wanted.instances:
        return
    quotas = quotas_of(look, "sagemaker")
    others = _other_notebooks(look)
    for (instance_type, kind), count in sorted(look.wanted.instances.items()):
        name = f"{instance_type} for {kind} usage"
        used = others[instance_type] if kind == NOTEBOOK else 0
        yield _compared(name, "sagemaker", quotas.get(name), count, used)


def networks(look: Look) -> Iterator[Outcome]:
    """VPCs of the region, if the environment's own is still to be made."""
    environment = look.environment
    if not isinstance(environment.network, NewNetwork) or f"{environment.name}-network" in look.stacks:
        return
    used = sum(1 for _ in look.pages("ec2", "describe_vpcs", "Vpcs"))
    yield _compared(VPCS, "vpc", quotas_of(look, "vpc").get(VPCS), 1, used)


def cluster_nodes(look: Look) -> Iterator[Outcome]:
    """vCPUs of the clusters' nodes at their largest."""
    nodes = look.wanted.node_types
    if not nodes:
        return
    found = look.pages("ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=sorted(nodes))
    vcpus = {each["InstanceType"]: each["VCpuInfo"]["DefaultVCpus"] for each in found}
    quotas = quotas_of(look, "ec2")
    wanted: Counter[str] = Counter()
    for instance_type, count in nodes.items():
        family = _VCPU_QUOTAS.get(instance_type[0])
        if family is None:
            yield unknown(
                "quota", f"it is not known which quota counts {instance_type}", "look at the EC2 quotas in the console"
            )
        else:
            wanted[family] += count * vcpus[instance_type]
    for family, count in sorted(wanted.items()):
        name = next((name for name in quotas if name.startswith(family)), family)
        yield _compared(f"{name} (vCPUs of the EMR nodes)", "ec2", quotas.get(name), count, 0)


def _other_notebooks(look: Look) -> Counter[str]:
    """Type to number of the notebook instances that do not belong to these projects."""
    own = {
        deployment.names.notebook(notebook.name)
        for deployment in look.wanted.deployments
        for notebook in deployment.notebooks
    }
    found = look.pages("sagemaker", "list_notebook_instances", "NotebookInstances")
    return Counter(each["InstanceType"] for each in found if each["NotebookInstanceName"] not in own)


def _compared(name: str, service: str, quota: float | None, count: int, used: int) -> Outcome:
    needs = f"{count} needed" + (f" beside {used} that exist" if used else "")
    if quota is None:
        return unknown("quota", f"{name}: {needs}, and the account names no such quota", _console(service))
    if count + used > quota:
        return problem("quota", f"{name}: {needs}, {quota:g} allowed", f"ask for more: {_console(service)}")
    return ok("quota", f"{name}: {needs}, {quota:g} allowed")


def _console(service: str) -> str:
    """https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"""
    return (
        f"aws service-quotas list-service-quotas --service-code {service}, "
        "then aws service-quotas request-service-quota-increase (or Service Quotas in the console)"
    )
