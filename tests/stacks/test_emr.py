"""The emr stack: its resources, and replacement and termination of a cluster."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from embedded_aws.resource_rules import resource_rules
from mlproject.aws_rules.emr import TAG, aws_buckets, livy_scheme
from mlproject.cluster import Polling, describe_cluster, recreate_cluster
from mlproject.names import Names, network_parameter
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.cluster.cluster_stack import Client, clients
from tests.stacks.assembly import Stack, listed
from tests.stacks.examples import LARGE, ROOT

REAL = ("dev/flights/emr", "pre/flights/emr", "local/flights/emr")
LOCAL = Names(project="flights", environment="local", account=aws.ACCOUNT, region="eu-west-1")
ALL = (0, 65535)


@pytest.fixture
def emr(stacks: Mapping[str, Stack]) -> Stack:
    return stacks["dev/flights/emr"]


@pytest.fixture(params=["dev/flights/emr", "owned/alpha/emr", "joined/alpha/emr"])
def each(request: pytest.FixtureRequest, all_stacks: Mapping[str, Stack]) -> Stack:
    """A cluster with notebooks, one with all options, and one without notebooks in an imported network."""
    return all_stacks[request.param]


def cluster_of(stack: Stack) -> dict[str, Any]:
    return stack.only("AWS::EMR::Cluster")


def security_of(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.only("AWS::EMR::SecurityConfiguration")["SecurityConfiguration"]
    return found


def role_of(stack: Stack, use: str) -> list[dict[str, Any]]:
    """Return the statements of a role's policy."""
    (role,) = (
        resource["Properties"]
        for resource in stack.resources("AWS::IAM::Role").values()
        if resource["Properties"]["RoleName"].endswith(f"-{use}")
    )
    (policy,) = role["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def group_names(stack: Stack) -> dict[str, str]:
    """Return the purpose of the three security groups, by logical id."""
    instances = cluster_of(stack)["Instances"]
    uses = {
        "primary": "EmrManagedMasterSecurityGroup",
        "core": "EmrManagedSlaveSecurityGroup",
        "service": "ServiceAccessSecurityGroup",
    }
    return {instances[name]["Fn::GetAtt"][0]: use for use, name in uses.items()}


def rules(stack: Stack, direction: str) -> set[tuple[str, str, str, tuple[int, int] | None]]:
    """Return source, target, protocol and ports of the rules with this direction (`Ingress`, `Egress`)."""
    names = group_names(stack)

    def name(value: Any) -> str:
        return names[value["Fn::GetAtt"][0]] if "Fn::GetAtt" in value else value["Ref"]

    other = "SourceSecurityGroupId" if direction == "Ingress" else "DestinationSecurityGroupId"
    found = set()
    for rule in stack.resources(f"AWS::EC2::SecurityGroup{direction}").values():
        properties = rule["Properties"]
        own, theirs = name(properties["GroupId"]), name(properties[other])
        ports = (properties["FromPort"], properties["ToPort"]) if "FromPort" in properties else None
        pair = (theirs, own) if direction == "Ingress" else (own, theirs)
        found.add((*pair, properties["IpProtocol"], ports))
    return found


def test_a_cluster_is_there_only_where_the_parameters_ask_for_one(all_stacks: Mapping[str, Stack]) -> None:
    found = {name for name in all_stacks if name.endswith("/emr")}
    assert found == {*REAL, "owned/alpha/emr", "joined/alpha/emr"}
    assert load_parameters(EXAMPLE).deployment("flights", "prod").emr is None


def test_a_cluster_grows_with_its_work_ends_without_it_and_writes_encrypted_logs(each: Stack) -> None:
    cluster = cluster_of(each)
    assert [application["Name"] for application in cluster["Applications"]] == ["Livy", "Spark"]
    limits = cluster["ManagedScalingPolicy"]["ComputeLimits"]
    core = cluster["Instances"]["CoreInstanceGroup"]
    assert limits["UnitType"] == "Instances"
    assert limits["MinimumCapacityUnits"] == core["InstanceCount"] <= limits["MaximumCapacityUnits"]
    assert cluster["Instances"]["MasterInstanceGroup"]["InstanceCount"] == 1
    idle = cluster["AutoTerminationPolicy"]["IdleTimeout"]
    assert 60 <= idle <= 604800
    livy = configurations_of(each)["livy-conf"]
    # The same for every cluster, whatever `idle_minutes` is: another one would replace the cluster.
    assert livy["livy.server.session.timeout"] == "60m"
    # Without it a statement that computes for longer than the timeout loses its session.
    assert livy["livy.server.session.timeout-check.skip-busy"] == "true"
    assert cluster["LogUri"].endswith("/emr-logs/")
    assert cluster["LogEncryptionKmsKeyId"] == {"Ref": "KeyArn"}
    assert cluster["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True


def configurations_of(stack: Stack) -> dict[str, dict[str, str]]:
    """Return the configuration properties by classification."""
    return {each["Classification"]: each["ConfigurationProperties"] for each in cluster_of(stack)["Configurations"]}


def test_sparks_tables_are_those_of_glue_only_where_the_project_names_databases(
    all_stacks: Mapping[str, Stack],
) -> None:
    hive = configurations_of(all_stacks["joined/alpha/emr"])["spark-hive-site"]
    assert hive["hive.metastore.client.factory.class"].endswith("AWSGlueDataCatalogHiveClientFactory")
    assert configurations_of(all_stacks["joined/alpha/emr"])["livy-conf"]["livy.repl.enable-hive-context"] == "true"
    assert set(configurations_of(all_stacks["dev/flights/emr"])) == {"livy-conf"}


def test_the_parameters_of_a_project_reach_its_cluster(example_stacks: Mapping[str, Stack]) -> None:
    cluster = cluster_of(example_stacks["owned/alpha/emr"])
    instances = cluster["Instances"]
    groups = [instances[f"{role}InstanceGroup"] for role in ("Master", "Core")]
    assert [(group["InstanceType"], group["InstanceCount"]) for group in groups] == [
        ("m5.xlarge", 1),
        ("r5.2xlarge", 2),
    ]
    for group in groups:
        (volume,) = group["EbsConfiguration"]["EbsBlockDeviceConfigs"]
        assert volume["VolumeSpecification"] == {"VolumeType": "gp3", "SizeInGB": 200}
    assert cluster["ReleaseLabel"] == "emr-7.12.0"
    assert cluster["AutoTerminationPolicy"] == {"IdleTimeout": 1800}
    assert cluster["ManagedScalingPolicy"]["ComputeLimits"]["MaximumCapacityUnits"] == 10


def test_a_cluster_lies_in_a_private_subnet_without_a_key_pair(each: Stack) -> None:
    instances = cluster_of(each)["Instances"]
    assert "Ec2KeyName" not in instances
    assert "Ec2SubnetIds" not in instances  # EMR takes several for instance fleets only
    assert instances["Ec2SubnetId"]


def test_disks_objects_and_logs_are_encrypted_with_the_projects_key_and_nodes_demand_imdsv2(each: Stack) -> None:
    security = security_of(each)
    encryption = security["EncryptionConfiguration"]
    assert encryption["EnableAtRestEncryption"] is True
    assert encryption["AtRestEncryptionConfiguration"] == {
        "S3EncryptionConfiguration": {"EncryptionMode": "SSE-KMS", "AwsKmsKey": {"Ref": "KeyArn"}},
        "LocalDiskEncryptionConfiguration": {
            "EncryptionKeyProviderType": "AwsKms",
            "AwsKmsKey": {"Ref": "KeyArn"},
            "EnableEbsEncryption": True,
        },
    }
    assert security["InstanceMetadataServiceConfiguration"] == {
        "MinimumInstanceMetadataServiceVersion": 2,
        "HttpPutResponseHopLimit": 1,
    }


def test_the_nodes_install_the_libraries_that_the_project_lists(all_stacks: Mapping[str, Stack]) -> None:
    (action,) = cluster_of(all_stacks["dev/flights/emr"])["BootstrapActions"]
    arguments = action["ScriptBootstrapAction"]["Args"]
    bucket = "s3://flights-dev-artifacts-111111111111-eu-west-1"
    assert [arguments[0], *arguments[3:]] == ["eu-west-1", f"{bucket}/libraries", f"{bucket}/emr-logs", "emr"]
    assert "BootstrapActions" not in cluster_of(all_stacks["joined/alpha/emr"])


def test_rule_8_a_node_type_or_subnet_makes_another_cluster_and_a_core_count_does_not() -> None:
    emr_rules = resource_rules("AWS::EMR::Cluster", region="eu-west-1")
    for path in (
        "Name",
        "Instances/Ec2SubnetId",
        "Instances/MasterInstanceGroup/InstanceType",
        "Instances/CoreInstanceGroup/InstanceType",
        "SecurityConfiguration",
        "BootstrapActions",
    ):
        assert emr_rules.recreation(path) == "Always", path
    for path in ("Instances/CoreInstanceGroup/InstanceCount", "ManagedScalingPolicy", "AutoTerminationPolicy", "Tags"):
        assert emr_rules.recreation(path) == "Never", path


def test_rule_9_the_security_configuration_has_no_name_since_its_content_cannot_change(each: Stack) -> None:
    assert "Name" not in each.only("AWS::EMR::SecurityConfiguration")
    rules_of_it = resource_rules("AWS::EMR::SecurityConfiguration", region="eu-west-1")
    assert rules_of_it.recreation("SecurityConfiguration") == "Always"


def test_a_cluster_runs_several_steps_at_the_same_time_only_if_the_project_says_so(
    all_stacks: Mapping[str, Stack],
) -> None:
    levels = {
        path: cluster_of(all_stacks[path]).get("StepConcurrencyLevel")
        for path in ("dev/flights/emr", "owned/alpha/emr")
    }
    # The default is left out, so that nothing changes for a cluster that has always had it.
    assert levels == {"dev/flights/emr": None, "owned/alpha/emr": LARGE.step_concurrency}


def test_a_cluster_is_protected_against_termination_where_data_is_retained_unless_the_project_says_otherwise(
    all_stacks: Mapping[str, Stack],
) -> None:
    protected = {
        path: cluster_of(all_stacks[path])["Instances"]["TerminationProtected"]
        for path in ("dev/flights/emr", "pre/flights/emr", "owned/alpha/emr", "joined/alpha/emr")
    }
    assert LARGE.termination_protection is False
    assert protected == {
        "dev/flights/emr": False,
        "pre/flights/emr": True,
        "owned/alpha/emr": False,
        "joined/alpha/emr": True,
    }


def test_rule_11_the_generation_and_the_restarts_are_in_the_name_and_nothing_protects_the_stack(
    all_stacks: Mapping[str, Stack],
) -> None:
    for path, name, generation in (
        ("dev/flights", "flights-dev", 1),
        ("owned/alpha", "alpha-owned", LARGE.generation),
    ):
        stack = all_stacks[f"{path}/emr"]
        cluster = cluster_of(stack)
        assert cluster["Name"] == {"Fn::Join": ["-", [f"{name}-{generation}", {"Ref": "Restarts"}]]}
        assert stack.template["Parameters"]["Restarts"]["Default"] == 0
        assert not stack.properties.get("terminationProtection")
        (resource,) = stack.resources("AWS::EMR::Cluster").values()
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_rule_12_service_and_nodes_find_their_roles_by_name_and_emr_passes_only_the_nodes_role(each: Stack) -> None:
    cluster = cluster_of(each)
    roles = {name: resource["Properties"]["RoleName"] for name, resource in each.resources("AWS::IAM::Role").items()}
    (profile_id,) = each.resources("AWS::IAM::InstanceProfile")
    profile = each.only("AWS::IAM::InstanceProfile")
    assert cluster["JobFlowRole"] == {"Ref": profile_id}
    (node_role,) = profile["Roles"]
    # EMR wants both names to be the same.
    assert profile["InstanceProfileName"] == roles[node_role["Ref"]]
    assert roles[cluster["ServiceRole"]["Ref"]].endswith("-emr-service")
    passing = [statement for statement in role_of(each, "emr-service") if "iam:PassRole" in statement["Action"]]
    assert [(statement["Resource"], statement["Condition"]) for statement in passing] == [
        ([{"Fn::GetAtt": [node_role["Ref"], "Arn"]}], {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    ]


def test_rule_12_cluster_groups_and_new_subnets_carry_the_tag_that_emrs_policy_asks_for(
    all_stacks: Mapping[str, Stack], each: Stack
) -> None:
    tagged = [cluster_of(each), *(r["Properties"] for r in each.resources("AWS::EC2::SecurityGroup").values())]
    assert len(tagged) == 4
    for name in ("dev/network", "owned/network"):
        tagged += [subnet["Properties"] for subnet in all_stacks[name].resources("AWS::EC2::Subnet").values()]
    for properties in tagged:
        assert {"Key": TAG, "Value": "true"} in properties["Tags"]


def test_rule_12_emr_makes_nodes_in_the_tagged_subnet_and_groups_of_the_project_only(each: Stack) -> None:
    (creating,) = (s for s in role_of(each, "emr-service") if s["Sid"] == "CreateInNetwork")
    text = json.dumps(creating["Resource"])
    assert text.count(":subnet/") == 1
    assert text.count(":security-group/") == 3
    assert "subnet/*" not in text
    assert "security-group/*" not in text
    assert creating["Condition"] == {"StringEquals": {f"aws:ResourceTag/{TAG}": "true"}}


def test_rule_12_what_emr_changes_or_ends_is_its_own_by_tag(each: Stack) -> None:
    for statement in role_of(each, "emr-service"):
        ending = [a for a in statement["Action"] if a.split(":")[1].startswith(("Delete", "Modify", "Terminate"))]
        if ending:
            assert statement["Condition"] == {"StringEquals": {f"aws:ResourceTag/{TAG}": "true"}}, ending


def test_rule_12_ebs_encrypts_volumes_with_a_grant_from_emrs_role(each: Stack) -> None:
    (lending,) = (s for s in role_of(each, "emr-service") if "kms:CreateGrant" in s["Action"])
    assert lending["Resource"] == [{"Ref": "KeyArn"}]
    assert lending["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_rule_12_the_service_access_group_and_the_nodes_reach_each_other_as_aws_lists_it(each: Stack) -> None:
    between = {
        (source, target, protocol, ports)
        for source in ("primary", "core")
        for target in ("primary", "core")
        for protocol, ports in (("tcp", ALL), ("udp", ALL), ("icmp", (-1, -1)))
    }
    service = {(node, "service", "tcp", (9443, 9443)) for node in ("primary", "core")} | {
        ("service", node, "tcp", (8443, 8443)) for node in ("primary", "core")
    }
    known = {"primary", "core", "service"}
    assert {rule for rule in rules(each, "Ingress") if rule[0] in known} == between | service
    nodes = {(source, target, "-1", None) for source in ("primary", "core") for target in ("primary", "core")}
    assert {rule for rule in rules(each, "Egress") if rule[0] in known} == nodes | service


def test_rule_12_no_rule_is_left_for_emr_to_add_and_the_cluster_is_made_after_and_ended_before_all(
    each: Stack,
) -> None:
    """CloudFormation could not delete the groups otherwise, since it does not know rules added by EMR."""
    (cluster,) = each.resources("AWS::EMR::Cluster").values()
    own = group_names(each)
    within = {
        name
        for name, rule in each.resources("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress").items()
        if all(
            "Fn::GetAtt" in value and value["Fn::GetAtt"][0] in own
            for key, value in rule["Properties"].items()
            if key.endswith("GroupId")
        )
    }
    assert set(cluster["DependsOn"]) == within
    for group in each.resources("AWS::EC2::SecurityGroup").values():
        assert "SecurityGroupIngress" not in group["Properties"]


def test_only_the_primary_node_hears_livy_and_only_from_the_notebooks(all_stacks: Mapping[str, Stack]) -> None:
    for name in ("dev/flights/emr", "owned/alpha/emr"):
        stack = all_stacks[name]
        assert {rule for rule in rules(stack, "Ingress") if rule[0] == "NotebookGroup"} == {
            ("NotebookGroup", "primary", "tcp", (8998, 8998))
        }
        assert {rule for rule in rules(stack, "Egress") if rule[0] == "NotebookGroup"} == {
            ("NotebookGroup", "primary", "tcp", (8998, 8998))
        }
        environment_and_project = name.rpartition("/")[0]
        assert stack.template["Parameters"]["NotebookGroup"]["Default"] == (
            f"/mlproject/{environment_and_project}/notebook-security-group"
        )


def test_without_notebooks_nobody_hears_livy(all_stacks: Mapping[str, Stack]) -> None:
    stack = all_stacks["joined/alpha/emr"]
    assert "NotebookGroup" not in stack.template["Parameters"]
    assert "8998" not in json.dumps(stack.resources("AWS::EC2::SecurityGroupIngress"))


def test_no_group_lets_the_world_in_or_lets_anything_but_web_traffic_out(each: Stack) -> None:
    out = {
        (rule["CidrIp"], rule["FromPort"], rule["ToPort"])
        for group in each.resources("AWS::EC2::SecurityGroup").values()
        for rule in group["Properties"]["SecurityGroupEgress"]
    }
    assert out == {("0.0.0.0/0", 443, 443), ("0.0.0.0/0", 80, 80), ("127.0.0.1/32", 443, 443)}


def test_rule_13_encryption_in_transit_is_on_only_with_certificates_and_livy_then_speaks_https(
    all_stacks: Mapping[str, Stack],
) -> None:
    for name, certificate in (("dev/flights/emr", None), ("owned/alpha/emr", LARGE.certificate_s3)):
        stack = all_stacks[name]
        encryption = security_of(stack)["EncryptionConfiguration"]
        assert encryption["EnableInTransitEncryption"] is (certificate is not None)
        configured = encryption.get("InTransitEncryptionConfiguration", {}).get("TLSCertificateConfiguration")
        assert configured == (certificate and {"CertificateProviderType": "PEM", "S3Object": certificate})
        cluster_id = next(iter(stack.resources("AWS::EMR::Cluster")))
        (address,) = (
            parameter["Properties"]
            for parameter in stack.resources("AWS::SSM::Parameter").values()
            if parameter["Properties"]["Name"].endswith("/livy-address")
        )
        # In a private subnet this is the primary node's private name, which resolves to its private address.
        host = {"Fn::GetAtt": [cluster_id, "MasterPublicDNS"]}
        scheme = "https" if certificate else "http"
        assert address["Value"] == {"Fn::Join": ["", [f"{scheme}://", host, ":8998"]]}


@pytest.mark.parametrize(
    ("release", "encrypted", "scheme"),
    [
        ("emr-7.13.0", False, "http"),
        ("emr-7.13.0", True, "https"),
        ("emr-7.4.0", True, "https"),
        ("emr-7.3.0", True, "http"),
        ("emr-8.0.0", True, "https"),
        ("emr-6.15.0", True, "http"),
    ],
)
def test_rule_13_livy_speaks_https_by_itself_since_7_4(release: str, encrypted: bool, scheme: str) -> None:
    assert livy_scheme(release, encrypted=encrypted) == scheme


def test_rule_13_the_nodes_read_their_certificates_and_nothing_else_of_that_bucket(
    example_stacks: Mapping[str, Stack],
) -> None:
    readable = [
        resource
        for statement in role_of(example_stacks["owned/alpha/emr"], "emr-nodes")
        for resource in listed(statement["Resource"])
        if "platform-certificates" in json.dumps(resource)
    ]
    assert readable == ["arn:aws:s3:::platform-certificates/emr/nodes.zip"]


def test_rule_17_s3s_endpoint_lets_nodes_reach_the_buckets_of_aws_without_which_they_cannot_start(
    all_stacks: Mapping[str, Stack],
) -> None:
    for name in ("dev/network", "owned/network", "joined/network", "prod/network"):
        stack = all_stacks[name]
        (s3,) = (
            endpoint["Properties"]
            for endpoint in stack.resources("AWS::EC2::VPCEndpoint").values()
            if endpoint["Properties"]["ServiceName"].endswith(".s3")
        )
        foreign = [s for s in s3["PolicyDocument"]["Statement"] if "Condition" not in s]
        # Production has no cluster.
        wanted = [] if name == "prod/network" else aws_buckets(stack.region)
        assert [(s["Principal"], s["Action"], s["Resource"]) for s in foreign] == [
            ("*", bucket.action, f"arn:aws:s3:::{bucket.name}/*") for bucket in wanted
        ]


def test_rule_17_nodes_reach_kms_for_their_disks_where_there_are_clusters(all_stacks: Mapping[str, Stack]) -> None:
    for name in ("dev/network", "owned/network", "joined/network", "prod/network"):
        services = {
            endpoint["Properties"]["ServiceName"].split(".", 3)[3]
            for endpoint in all_stacks[name].resources("AWS::EC2::VPCEndpoint").values()
        }
        assert ("kms" in services) is (name != "prod/network")


def test_the_first_regions_bucket_of_logs_is_named_unlike_the_others() -> None:
    names = {
        region: [b.name for b in aws_buckets(region) if b.action == "s3:PutObjectAcl"]
        for region in ("us-east-1", "eu-west-1")
    }
    assert names == {"us-east-1": ["aws157-logs-prod"], "eu-west-1": ["aws157-logs-prod-eu-west-1"]}


def test_rule_18_the_nodes_read_their_script_and_its_program_in_the_bootstrap_bucket_by_their_exact_keys(
    all_stacks: Mapping[str, Stack],
) -> None:
    for name in ("dev/flights/emr", "owned/alpha/emr"):
        stack = all_stacks[name]
        contents = {}
        for file in stack.files.values():
            (destination,) = file["destinations"].values()
            uri = f"{destination['bucketName']}/{destination['objectKey']}"
            contents[uri] = (stack.template_file.parent / file["source"]["path"]).read_bytes()
        readable = [
            resource
            for statement in role_of(stack, "emr-nodes")
            for resource in listed(statement["Resource"])
            if isinstance(resource, str) and ":::cdk-" in resource
        ]
        assert sorted(readable) == sorted(f"arn:aws:s3:::{uri}" for uri in contents)
        (action,) = cluster_of(stack)["BootstrapActions"]
        script = action["ScriptBootstrapAction"]
        program, sha256 = script["Args"][1:3]
        assert (
            contents[script["Path"][len("s3://") :]] == (ROOT / "bootstrap_actions/install_libraries.sh").read_bytes()
        )
        assert hashlib.sha256(contents[program[len("s3://") :]]).hexdigest() == sha256
        assert len(contents) == 2
    assert not all_stacks["joined/alpha/emr"].files


def test_rule_18_the_nodes_read_data_and_libraries_and_write_only_their_own_part(emr: Stack) -> None:
    data, artifacts = (f"arn:aws:s3:::flights-dev-{use}-111111111111-eu-west-1" for use in ("data", "artifacts"))
    on: dict[str, set[str]] = {}
    for statement in role_of(emr, "emr-nodes"):
        for action in listed(statement["Action"]):
            on.setdefault(action, set()).update(r for r in listed(statement["Resource"]) if isinstance(r, str))
    assert {r for r in on["s3:GetObject"] if ":::cdk-" not in r} == {
        f"{data}/*",
        f"{artifacts}/libraries/*",
        f"{artifacts}/spark",
        f"{artifacts}/spark/*",
    }
    assert on["s3:PutObject"] == {f"{artifacts}/spark/*", f"{artifacts}/emr-logs/*"}
    assert on["s3:DeleteObject"] == {f"{artifacts}/spark/*"}
    assert not [action for action in on if action.startswith(("iam:", "ec2:", "elasticmapreduce:"))]


def test_the_nodes_read_existing_data_that_the_project_names(example_stacks: Mapping[str, Stack]) -> None:
    sids = {statement["Sid"] for statement in role_of(example_stacks["joined/alpha/emr"], "emr-nodes")}
    assert "ReadExistingObjects" in sids
    assert "ReadExistingTables" in sids


@pytest.mark.parametrize("use", ["emr-service", "emr-nodes"])
def test_every_action_of_the_roles_exists_and_is_given_on_resources_that_aws_knows_for_it(
    each: Stack, use: str
) -> None:
    services = json.loads((Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json").read_text())
    for statement in role_of(each, use):
        kinds = {kind for resource in listed(statement["Resource"]) for kind in _kinds(resource)}
        for action in statement["Action"]:
            service, name = action.split(":")
            known = set(services[service]["Actions"][name.lower()].get("Resources") or [])
            if statement["Resource"] == ["*"]:
                assert not known, action
            elif service == "ec2":
                assert kinds & known, (action, kinds, known)


def _kinds(resource: Any) -> list[str]:
    """The type of resource in an ARN of EC2, such as `subnet`."""
    text = resource if isinstance(resource, str) else json.dumps(resource)
    return [
        part
        for part in (
            "subnet",
            "security-group",
            "instance",
            "volume",
            "launch-template",
            "network-interface",
            "vpc",
            "image",
            "fleet",
        )
        if f":{part}/" in text
    ]


def test_rule_19_the_policies_fit_into_their_roles(all_stacks: Mapping[str, Stack]) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; names may grow by 60 characters.
    for name, stack in all_stacks.items():
        if name.endswith("/emr"):
            for use in ("emr-service", "emr-nodes"):
                text = json.dumps(role_of(stack, use), separators=(",", ":"))
                assert len(text) + 60 * text.count("s3:::") < 10_240, (name, use)


# --- on the embedded AWS ---


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws, LOCAL.region)


@pytest.fixture
def deployed(client: Client, stacks: Mapping[str, Stack]) -> Iterator[dict[str, Any]]:
    """Template of the deployed emr stack of `flights-local`, with the resources it needs from other stacks."""
    template = json.loads(json.dumps(stacks["local/flights/emr"].template))
    ec2, ssm, cloudformation = client("ec2"), client("ssm"), client("cloudformation")
    vpc = ec2.create_vpc(CidrBlock="10.23.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.23.{number}.0/24",
            AvailabilityZone=f"{LOCAL.region}{zone}",
            TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": TAG, "Value": "true"}]}],
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    notebooks = ec2.create_security_group(GroupName="notebooks", Description="notebooks", VpcId=vpc)["GroupId"]
    key = client("kms").create_key()["KeyMetadata"]
    values = {
        network_parameter("local", "vpc-id"): vpc,
        network_parameter("local", "subnet-ids"): ",".join(subnets),
        network_parameter("local", "endpoint-kms"): "vpce-0123456789abcdef0",
        network_parameter("local", "s3-emr"): "vpce-0fedcba9876543210",
        LOCAL.parameter("key-arn"): key["Arn"],
        LOCAL.parameter("notebook-security-group"): notebooks,
    }
    for name, value in values.items():
        ssm.put_parameter(Name=name, Value=value, Type="StringList" if name.endswith("ids") else "String")
    cloudformation.create_stack(
        StackName=LOCAL.stack("emr"), TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert status(client) == "CREATE_COMPLETE"
    yield template
    cloudformation.delete_stack(StackName=LOCAL.stack("emr"))
    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName=LOCAL.stack("emr"))
    ssm.delete_parameters(Names=list(values))
    # That these can be deleted proves that neither a rule nor an interface of the cluster is left.
    ec2.delete_security_group(GroupId=notebooks)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def status(client: Client) -> str:
    (stack,) = client("cloudformation").describe_stacks(StackName=LOCAL.stack("emr"))["Stacks"]
    found: str = stack["StackStatus"]
    return found


def planned(client: Client, template: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the action of a change set on each resource type, or `Replace`."""
    cloudformation = client("cloudformation")
    cloudformation.create_change_set(
        StackName=LOCAL.stack("emr"),
        ChangeSetName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    changes = cloudformation.describe_change_set(StackName=LOCAL.stack("emr"), ChangeSetName=name)["Changes"]
    cloudformation.delete_change_set(StackName=LOCAL.stack("emr"), ChangeSetName=name)
    return {
        change["ResourceChange"]["ResourceType"]: "Replace"
        if change["ResourceChange"].get("Replacement") == "True"
        else change["ResourceChange"]["Action"]
        for change in changes
    }


def changed(template: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """Return the template with changed properties of its cluster."""
    copy: dict[str, Any] = json.loads(json.dumps(template))
    (cluster,) = (r["Properties"] for r in copy["Resources"].values() if r["Type"] == "AWS::EMR::Cluster")
    for name, value in properties.items():
        if name == "count":
            cluster["Instances"]["CoreInstanceGroup"]["InstanceCount"] = value
        else:
            cluster[name] = value
    return copy


def update(client: Client, template: Mapping[str, Any]) -> str:
    """Deploy a template with the previous parameters, like the CDK CLI, and return the status of the stack."""
    (stack,) = client("cloudformation").describe_stacks(StackName=LOCAL.stack("emr"))["Stacks"]
    client("cloudformation").update_stack(
        StackName=LOCAL.stack("emr"),
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": p["ParameterKey"], "UsePreviousValue": True} for p in stack["Parameters"]],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return status(client)


def polling() -> Polling:
    return Polling(report=lambda _: None, sleep=lambda: None)


def test_rule_11_a_larger_generation_replaces_the_cluster_and_a_core_count_does_not(
    client: Client, deployed: dict[str, Any]
) -> None:
    next_generation = {"Fn::Join": ["-", ["flights-local-2", {"Ref": "Restarts"}]]}
    replaced = planned(client, changed(deployed, Name=next_generation), "generation")
    # The address of Livy follows.
    assert replaced == {"AWS::EMR::Cluster": "Replace", "AWS::SSM::Parameter": "Modify"}
    assert planned(client, changed(deployed, count=3), "count") == {"AWS::EMR::Cluster": "Modify"}


def test_rule_11_a_terminated_cluster_looks_complete_refuses_the_next_deploy_and_comes_back(
    client: Client, deployed: dict[str, Any]
) -> None:
    first = describe_cluster(LOCAL, client)
    assert (first.state, first.name) == ("WAITING", "flights-local-1-0")
    client("emr").terminate_job_flows(JobFlowIds=[first.cluster_id])

    # An update in place fails on the terminated cluster, and so does its rollback.
    assert update(client, changed(deployed, count=2)) == "UPDATE_ROLLBACK_FAILED"
    assert describe_cluster(LOCAL, client).cluster_id == first.cluster_id

    recreate_cluster(LOCAL, client, polling=polling())
    second = describe_cluster(LOCAL, client)
    assert (second.state, second.name) == ("WAITING", "flights-local-1-1")

    # The same update succeeds on the new cluster.
    assert update(client, changed(deployed, count=2)) == "UPDATE_COMPLETE"
    third = describe_cluster(LOCAL, client)
    assert third.cluster_id == second.cluster_id
    assert [nodes.requested for nodes in third.nodes] == [1, 2]


def test_rule_11_a_terminated_cluster_also_comes_back_with_a_change_that_replaces_it(
    client: Client, deployed: dict[str, Any]
) -> None:
    first = describe_cluster(LOCAL, client)
    client("emr").terminate_job_flows(JobFlowIds=[first.cluster_id])
    next_generation = {"Fn::Join": ["-", ["flights-local-2", {"Ref": "Restarts"}]]}
    assert update(client, changed(deployed, Name=next_generation, count=2)) == "UPDATE_COMPLETE"
    view = describe_cluster(LOCAL, client)
    assert (view.state, view.name) == ("WAITING", "flights-local-2-0")


def test_a_running_cluster_is_deleted_with_its_stack(client: Client, deployed: dict[str, Any]) -> None:
    """The fixture deletes the stack with its groups and rules, and then the other resources."""
    assert describe_cluster(LOCAL, client).livy is not None
    vpc = client("ssm").get_parameter(Name=network_parameter("local", "vpc-id"))["Parameter"]["Value"]
    own = [{"Name": f"tag:{TAG}", "Values": ["true"]}, {"Name": "vpc-id", "Values": [vpc]}]
    groups = client("ec2").describe_security_groups(Filters=own)
    assert len(groups["SecurityGroups"]) == 3
