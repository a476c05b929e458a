"""Service Quotas and Cost Explorer: what a look at an account before the first deploy asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from moto.ce.responses import CostExplorerResponse
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from embedded_aws.gaps._registry import fills

# An account that has been allowed what people ask for first; a new one has 0 of many types.
_INSTANCES_OF_A_TYPE = 20.0
_VCPUS = 256.0
# Kind of use, in the words of the quotas' names, to the shape of botocore's model that lists its types.
_SAGEMAKER = {
    "notebook instance": "InstanceType",
    "processing job": "ProcessingInstanceType",
    "training job": "TrainingInstanceType",
    "transform job": "TransformInstanceType",
}
_VCPU_QUOTAS = {
    "ec2": (
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        "Running On-Demand G and VT instances",
        "Running On-Demand P instances",
    ),
    "emr-serverless": ("Max concurrent vCPUs per account",),
}

_defaults_of_moto = ServiceQuotasBackend.list_aws_default_service_quotas


@fills(
    ServiceQuotasBackend,
    "list_aws_default_service_quotas",
    service="service-quotas",
    what="default quotas of sagemaker (20 instances of each type and use), ec2 (256 vCPUs of each family) and "
    "emr-serverless (256 vCPUs)",
    why="moto knows those of vpc only",
)
def list_aws_default_service_quotas(self: Any, service_code: str) -> list[dict[str, Any]]:
    if service_code in {"sagemaker", *_VCPU_QUOTAS}:
        return _quotas(service_code)
    defaults: list[dict[str, Any]] = _defaults_of_moto(self, service_code)
    return defaults


@fills(
    ServiceQuotasResponse,
    "list_service_quotas",
    service="service-quotas",
    what="ListServiceQuotas: no applied quota differs from its default",
    why="moto does not know it",
)
def list_service_quotas(_self: Any) -> str:
    return json.dumps({"Quotas": []})


@fills(
    CostExplorerResponse,
    "list_cost_allocation_tags",
    service="ce",
    what="ListCostAllocationTags: none is activated, as in a new account",
    why="moto does not know it",
)
def list_cost_allocation_tags(_self: Any) -> str:
    return json.dumps({"CostAllocationTags": []})


@cache
def _quotas(service: str) -> list[dict[str, Any]]:
    vcpus = dict.fromkeys(_VCPU_QUOTAS.get(service, ()), _VCPUS)
    values = vcpus or dict.fromkeys(_uses(), _INSTANCES_OF_A_TYPE)
    return [
        {
            "ServiceCode": service,
            "QuotaName": name,
            "QuotaCode": f"L-{number:08X}",
            "Value": value,
            "Adjustable": True,
            "GlobalQuota": False,
        }
        for number, (name, value) in enumerate(values.items(), 1)
    ]


def _uses() -> Iterator[str]:
    model = botocore.session.get_session().get_service_model("sagemaker")
    for kind, shape in _SAGEMAKER.items():
        for instance_type in model.shape_for(shape).enum:
            yield f"{instance_type} for {kind} usage"
