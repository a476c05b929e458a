"""Proofs of the gaps in what a look at an account asks for."""

from __future__ import annotations

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import Services


@proves("ServiceQuotasBackend.list_aws_default_service_quotas")
def the_quotas_of_sagemaker_ec2_emr_serverless_and_vpc_have_defaults(services: Services, _: str) -> None:
    def named(service: str) -> dict[str, float]:
        quotas = services("service-quotas").list_aws_default_service_quotas(ServiceCode=service)["Quotas"]
        return {quota["QuotaName"]: quota["Value"] for quota in quotas}

    assert named("sagemaker")["ml.m5.large for processing job usage"] > 0
    assert any(name.startswith("Running On-Demand Standard") for name in named("ec2"))
    assert set(named("emr-serverless")) == {"Max concurrent vCPUs per account"}
    assert named("vpc")["VPCs per Region"] == 5


@proves("ServiceQuotasResponse.list_service_quotas")
def no_quota_has_an_applied_value(services: Services, _: str) -> None:
    assert services("service-quotas").list_service_quotas(ServiceCode="sagemaker")["Quotas"] == []


@proves("CostExplorerResponse.list_cost_allocation_tags")
def no_tag_is_activated(services: Services, _: str) -> None:
    assert services("ce").list_cost_allocation_tags(TagKeys=["project"])["CostAllocationTags"] == []


@proves("AthenaBackend.get_work_group")
def a_workgroup_that_does_not_exist_is_not_found(services: Services, name: str) -> None:
    refused("InvalidRequestException", services("athena").get_work_group, WorkGroup=name)
    services("athena").create_work_group(Name=name, Configuration={})
    assert services("athena").get_work_group(WorkGroup=name)["WorkGroup"]["Name"] == name
