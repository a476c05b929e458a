"""Check that the account's quotas allow what the projects require. Many SageMaker quotas of a new account are 0.

AWS documents the defaults (https://docs.aws.amazon.com/general/latest/gr/sagemaker.html). Users report lower quotas in
new accounts (https://github.com/awslabs/amazon-sagemaker-examples/issues/593).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mlproject.outcome import Outcome, ok, problem, unknown
from mlproject.parameters import NewNetwork
from mlproject.preflight.account_reader import AccountReader
from mlproject.preflight.requirements import NOTEBOOK

# 5 by default: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
VPCS = "VPCs per Region"
# 16 by default: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/endpoints-quotas.html
SERVERLESS_VCPUS = "Max concurrent vCPUs per account"
# First letter of an instance type to the beginning of the name of its vCPU quota.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
_STANDARD = ("a", "c", "d", "h", "i", "m", "r", "t", "z")
_VCPU_QUOTAS: Mapping[str, str] = {
    **dict.fromkeys(_STANDARD, "Running On-Demand Standard"),
    "g": "Running On-Demand G and VT",
    "p": "Running On-Demand P",
}


def list_quotas(account: AccountReader, service: str) -> dict[str, float]:
    """Quota name to its applied value, or to its default if there is no applied value.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
    """
    found: dict[str, float] = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for quota in account.list_all("service-quotas", operation, "Quotas", ServiceCode=service):
            found[quota["QuotaName"]] = quota["Value"]
    return found


def check_sagemaker(account: AccountReader) -> Iterator[Outcome]:
    """Check the quota of each ml.* type and usage against what the projects require and what already exists."""
    if not account.requirements.instances:
        return
    quotas = list_quotas(account, "sagemaker")
    others = _other_notebooks(account)
    for (instance_type, usage), count in sorted(account.requirements.instances.items()):
        name = f"{instance_type} for {usage} usage"
        existing = others[instance_type] if usage == NOTEBOOK else 0
        yield _compare(name, "sagemaker", quotas.get(name), count, existing)


def check_vpcs(account: AccountReader) -> Iterator[Outcome]:
    """Check the quota of VPCs in the region, unless the environment's VPC already exists or is imported."""
    environment = account.environment
    if not isinstance(environment.network, NewNetwork) or f"{environment.name}-network" in account.stacks:
        return
    existing = sum(1 for _ in account.list_all("ec2", "describe_vpcs", "Vpcs"))
    yield _compare(VPCS, "vpc", list_quotas(account, "vpc").get(VPCS), 1, existing)


def check_cluster_nodes(account: AccountReader) -> Iterator[Outcome]:
    """Check the vCPU quotas against all clusters at their maximum size."""
    nodes = account.requirements.node_types
    if not nodes:
        return
    found = account.list_all("ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=sorted(nodes))
    vcpus = {each["InstanceType"]: each["VCpuInfo"]["DefaultVCpus"] for each in found}
    quotas = list_quotas(account, "ec2")
    required: Counter[str] = Counter()
    for instance_type, count in nodes.items():
        family = _VCPU_QUOTAS.get(instance_type[0])
        if family is None:
            yield unknown(
                "quota", f"the quota that applies to {instance_type} is unknown", "check the EC2 quotas in the console"
            )
        else:
            required[family] += count * vcpus[instance_type]
    for family, count in sorted(required.items()):
        name = next((name for name in quotas if name.startswith(family)), family)
        yield _compare(f"{name} (vCPUs of the EMR nodes)", "ec2", quotas.get(name), count, 0)


def check_applications(account: AccountReader) -> Iterator[Outcome]:
    """Check the vCPU quota of EMR Serverless against all applications at their maximum.

    AWS creates an application with any maximum, and jobs get no worker beyond the quota.
    """
    applications = [each.emr_serverless for each in account.requirements.deployments if each.emr_serverless]
    if not applications:
        return
    name = f"{SERVERLESS_VCPUS} (vCPUs of the EMR Serverless applications)"
    quota = list_quotas(account, "emr-serverless").get(SERVERLESS_VCPUS)
    yield _compare(name, "emr-serverless", quota, sum(each.maximum_vcpus for each in applications), 0)


def _other_notebooks(account: AccountReader) -> Counter[str]:
    """Instance type to the number of notebook instances that do not belong to these projects."""
    own = {
        deployment.names.notebook(notebook.name)
        for deployment in account.requirements.deployments
        for notebook in deployment.notebooks
    }
    found = account.list_all("sagemaker", "list_notebook_instances", "NotebookInstances")
    return Counter(each["InstanceType"] for each in found if each["NotebookInstanceName"] not in own)


def _compare(name: str, service: str, quota: float | None, count: int, existing: int) -> Outcome:
    usage = f"{count} required" + (f", {existing} in use" if existing else "")
    if quota is None:
        return unknown("quota", f"{name}: {usage}, but the account does not list this quota", _increase(service))
    if count + existing > quota:
        return problem("quota", f"{name}: {usage}, {quota:g} allowed", f"request an increase: {_increase(service)}")
    return ok("quota", f"{name}: {usage}, {quota:g} allowed")


def _increase(service: str) -> str:
    """https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"""
    return (
        f"aws service-quotas list-service-quotas --service-code {service}, "
        "then aws service-quotas request-service-quota-increase (or Service Quotas in the console)"
    )
