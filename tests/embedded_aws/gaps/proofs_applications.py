"""The proofs of the gaps that other teams' applications need: Athena, secrets, OIDC providers, hosting."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

ROLE = f"arn:aws:iam::{ACCOUNT}:role/contract"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/contract:1"


@proves("AthenaResponse.update_work_group")
def a_work_group_is_changed(services: Services, name: str) -> None:
    athena = services("athena")
    given = {"BytesScannedCutoffPerQuery": 20000000, "ResultConfiguration": {"OutputLocation": "s3://a/"}}
    athena.create_work_group(Name=name, Configuration=given)
    athena.update_work_group(
        WorkGroup=name,
        State="DISABLED",
        ConfigurationUpdates={
            "RemoveBytesScannedCutoffPerQuery": True,
            "RequesterPaysEnabled": True,
            "ResultConfigurationUpdates": {"RemoveOutputLocation": True},
        },
    )
    group = athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert group["State"] == "DISABLED"
    assert group["Configuration"]["RequesterPaysEnabled"] is True
    assert "BytesScannedCutoffPerQuery" not in group["Configuration"]
    assert group["Configuration"]["ResultConfiguration"] == {}
    refused("InvalidRequestException", athena.update_work_group, WorkGroup=f"{name}-other", State="ENABLED")


@proves("AthenaResponse.create_work_group")
def a_work_group_shows_the_engine_that_it_runs_on(services: Services, name: str) -> None:
    athena = services("athena")
    version = "Athena engine version 2"
    athena.create_work_group(Name=name, Configuration={"EngineVersion": {"SelectedEngineVersion": version}})
    shown = athena.get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]["EngineVersion"]
    assert shown == {"SelectedEngineVersion": version, "EffectiveEngineVersion": version}


@proves("AthenaResponse.delete_work_group", "AthenaBackend.list_tags_for_resource")
def a_work_group_with_queries_is_deleted_only_with_them(services: Services, name: str) -> None:
    athena = services("athena")
    athena.create_work_group(Name=name, Tags=[{"Key": "a", "Value": "1"}])
    query = athena.create_named_query(Name=name, Database="default", QueryString="select 1", WorkGroup=name)
    refused("InvalidRequestException", athena.delete_work_group, WorkGroup=name)
    athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
    refused("InvalidRequestException", athena.delete_named_query, NamedQueryId=query["NamedQueryId"])
    athena.create_work_group(Name=name)
    arn = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{name}"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


@proves(
    "AthenaBackend.get_data_catalog",
    "AthenaResponse.update_data_catalog",
    "AthenaResponse.delete_data_catalog",
)
def a_data_catalog_is_changed_and_deleted(services: Services, name: str) -> None:
    athena = services("athena")
    athena.create_data_catalog(Name=name, Type="GLUE", Description="one", Parameters={"catalog-id": ACCOUNT})
    athena.update_data_catalog(Name=name, Type="LAMBDA", Parameters={"function": "one"})
    shown = athena.get_data_catalog(Name=name)["DataCatalog"]
    assert (shown["Type"], shown["Parameters"]) == ("LAMBDA", {"function": "one"})
    assert "Description" not in shown
    athena.delete_data_catalog(Name=name)
    refused("InvalidRequestException", athena.get_data_catalog, Name=name)


@proves("AthenaResponse.delete_named_query")
def a_named_query_is_deleted(services: Services, name: str) -> None:
    athena = services("athena")
    query = athena.create_named_query(Name=name, Database="default", QueryString="select 1", WorkGroup="primary")
    athena.delete_named_query(NamedQueryId=query["NamedQueryId"])
    assert query["NamedQueryId"] not in athena.list_named_queries(WorkGroup="primary")["NamedQueryIds"]
    refused("InvalidRequestException", athena.delete_named_query, NamedQueryId=query["NamedQueryId"])


@proves(
    "IamResponse.add_client_id_to_open_id_connect_provider",
    "IamResponse.remove_client_id_from_open_id_connect_provider",
)
def a_provider_gets_and_loses_clients(services: Services, name: str) -> None:
    iam = services("iam")
    url = f"https://{name}.example.com".lower().replace("_", "-")
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["one"], ThumbprintList=["a" * 40])
    provider = {"OpenIDConnectProviderArn": arn["OpenIDConnectProviderArn"]}
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(**provider, ClientID="two")
    assert iam.get_open_id_connect_provider(**provider)["ClientIDList"] == ["one", "two"]
    for _ in range(2):
        iam.remove_client_id_from_open_id_connect_provider(**provider, ClientID="one")
    assert iam.get_open_id_connect_provider(**provider)["ClientIDList"] == ["two"]
    unknown = {"OpenIDConnectProviderArn": f"{provider['OpenIDConnectProviderArn']}/other"}
    refused("NoSuchEntity", iam.add_client_id_to_open_id_connect_provider, **unknown, ClientID="two")


def model(services: Services, name: str, **given: Any) -> str:
    """A model whose name is the proof's."""
    model = name.replace("_", "-")
    given = {"PrimaryContainer": {"Image": IMAGE}, **given}
    services("sagemaker").create_model(ModelName=model, ExecutionRoleArn=ROLE, **given)
    return model


def variant(model: str, **given: Any) -> dict[str, Any]:
    return {"VariantName": "all", "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, **given}


def exists_already(call: Callable[..., Any], **arguments: Any) -> None:
    with pytest.raises(ClientError, match="Cannot create already existing"):
        call(**arguments)


@proves("SageMakerResponse.create_model")
def a_model_keeps_its_isolation_and_its_mode(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    for isolated in (True, False):
        made = model(services, f"{name}-{isolated}", EnableNetworkIsolation=isolated)
        assert sagemaker.describe_model(ModelName=made)["EnableNetworkIsolation"] is isolated
        assert "InferenceExecutionConfig" not in sagemaker.describe_model(ModelName=made)
        exists_already(sagemaker.create_model, ModelName=made, PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE)
    both = [{"Image": IMAGE, "ContainerHostname": host} for host in ("one", "two")]
    made = name.replace("_", "-")
    mode = {"Mode": "Direct"}
    sagemaker.create_model(ModelName=made, ExecutionRoleArn=ROLE, Containers=both, InferenceExecutionConfig=mode)
    assert sagemaker.describe_model(ModelName=made)["InferenceExecutionConfig"] == mode


@proves("SageMakerResponse.create_endpoint_config")
def an_endpoint_configuration_keeps_all_that_it_is_given(services: Services, name: str) -> None:
    sagemaker, made = services("sagemaker"), model(services, name)
    given = {
        "EnableNetworkIsolation": True,
        "ExecutionRoleArn": ROLE,
        "ExplainerConfig": {"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1"}}}},
        "MetricsConfig": {"EnableEnhancedMetrics": True},
        "ShadowProductionVariants": [variant(made, VariantName="shadow")],
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    }
    sagemaker.create_endpoint_config(EndpointConfigName=made, ProductionVariants=[variant(made)], **given)
    shown = sagemaker.describe_endpoint_config(EndpointConfigName=made)
    assert {member: shown[member] for member in given} == given
    plain = {"EndpointConfigName": f"{made}-plain", "ProductionVariants": [variant(made)]}
    sagemaker.create_endpoint_config(**plain)
    shown = sagemaker.describe_endpoint_config(EndpointConfigName=f"{made}-plain")
    assert not given.keys() & shown.keys()
    exists_already(sagemaker.create_endpoint_config, **plain)


@proves("FakeEndpointConfig.validate_instance_type")
def an_endpoint_runs_on_todays_instances(services: Services, name: str) -> None:
    sagemaker, made = services("sagemaker"), model(services, name)
    today = [variant(made, InstanceType="ml.g5.xlarge")]
    sagemaker.create_endpoint_config(EndpointConfigName=made, ProductionVariants=today)
    never = [variant(made, InstanceType="ml.none.large")]
    config = {"EndpointConfigName": f"{made}-never", "ProductionVariants": never}
    refused("ValidationException", sagemaker.create_endpoint_config, **config)


@proves("SageMakerResponse.create_endpoint")
def an_endpoint_keeps_how_it_is_deployed(services: Services, name: str) -> None:
    sagemaker, made = services("sagemaker"), model(services, name)
    sagemaker.create_endpoint_config(EndpointConfigName=made, ProductionVariants=[variant(made)])
    deployment = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    endpoint = {"EndpointName": made, "EndpointConfigName": made}
    sagemaker.create_endpoint(**endpoint, DeploymentConfig=deployment)
    assert sagemaker.describe_endpoint(EndpointName=made)["LastDeploymentConfig"] == deployment
    sagemaker.update_endpoint(**endpoint, RetainDeploymentConfig=True)
    assert sagemaker.describe_endpoint(EndpointName=made)["LastDeploymentConfig"] == deployment
    sagemaker.update_endpoint(**endpoint)
    assert "LastDeploymentConfig" not in sagemaker.describe_endpoint(EndpointName=made)
    exists_already(sagemaker.create_endpoint, **endpoint)


@proves("SageMakerResponse.update_endpoint")
def an_endpoint_gets_another_configuration(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    name = name.replace("_", "-")
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})
    for count in (1, 2):
        variant = {"VariantName": "all", "ModelName": name, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(
            EndpointConfigName=f"{name}-{count}", ProductionVariants=[{**variant, "InitialInstanceCount": count}]
        )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-1")
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=f"{name}-2")
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    assert endpoint["EndpointConfigName"] == f"{name}-2"
    assert endpoint["ProductionVariants"][0]["DesiredInstanceCount"] == 2
    refused("ValidationException", sagemaker.update_endpoint, EndpointName=name, EndpointConfigName=f"{name}-3")
    refused("ValidationException", sagemaker.update_endpoint, EndpointName=f"{name}-x", EndpointConfigName=f"{name}-1")


@proves(
    "SageMakerResponse.put_model_package_group_policy",
    "SageMakerResponse.get_model_package_group_policy",
    "SageMakerResponse.delete_model_package_group_policy",
)
def a_model_package_group_has_a_policy(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    group = {"ModelPackageGroupName": name.replace("_", "-")}
    sagemaker.create_model_package_group(**group)
    refused("ValidationException", sagemaker.get_model_package_group_policy, **group)
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    sagemaker.put_model_package_group_policy(**group, ResourcePolicy=policy)
    assert sagemaker.get_model_package_group_policy(**group)["ResourcePolicy"] == policy
    sagemaker.delete_model_package_group_policy(**group)
    refused("ValidationException", sagemaker.delete_model_package_group_policy, **group)
    refused("ValidationException", sagemaker.get_model_package_group_policy, **group)


@proves("SecretsManagerBackend.update_secret")
def a_secret_loses_its_description_and_keeps_its_value(services: Services, name: str) -> None:
    client = services("secretsmanager")
    client.create_secret(Name=name, SecretString="x", Description="one")
    client.update_secret(SecretId=name, Description="")
    assert not client.describe_secret(SecretId=name).get("Description")
    assert client.get_secret_value(SecretId=name)["SecretString"] == "x"
