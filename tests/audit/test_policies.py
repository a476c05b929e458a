"""Policies of templates, with sample values for the functions inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audit.policies import Policy, read_policies
from audit.subject import Template

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {}}


def read(folder: Path, resources: dict[str, Any], **sections: Any) -> dict[str, Policy]:
    file = folder / "template.json"
    file.write_text(json.dumps({"Resources": resources, **sections}))
    template = Template(stack="dev/flights/storage", file=file, account="111111111111", region="eu-west-1")
    return {policy.name: policy for policy in read_policies(template)}


def allow(resource: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}]}


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def test_inline_managed_trust_and_resource_policies_are_found_with_their_kind(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "Role": role(
                AssumeRolePolicyDocument={"Statement": []}, Policies=[{"PolicyName": "a", "PolicyDocument": allow("*")}]
            ),
            "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": allow("*")}},
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": allow("*")}},
            "Bucket": BUCKET,
        },
    )
    assert {name.removeprefix("dev/flights/storage/"): policy.kind for name, policy in found.items()} == {
        "Role/AssumeRolePolicyDocument": "trust",
        "Role/Policies/0/PolicyDocument": "identity",
        "Policy/PolicyDocument": "identity",
        "Key/KeyPolicy": "resource",
    }


def test_functions_become_values_with_the_form_of_aws(tmp_path: Path) -> None:
    arn = {"Fn::GetAtt": ["Bucket", "Arn"]}
    (policy,) = read(
        tmp_path,
        {
            "Bucket": BUCKET,
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
            "Role": role(
                Policies=[
                    {
                        "PolicyName": "a",
                        "PolicyDocument": allow(
                            [
                                {"Fn::Join": ["", [arn, "/*"]]},
                                {"Ref": "Topic"},
                                {"Ref": "KeyArn"},
                                {"Fn::Sub": "arn:${AWS::Partition}:s3:::lake-${AWS::AccountId}-${AWS::Region}"},
                                {"Fn::If": ["Large", "arn:aws:s3:::large", {"Ref": "AWS::NoValue"}]},
                            ]
                        ),
                    }
                ]
            ),
        },
        Parameters={
            "KeyArn": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/mlproject/key-arn"},
            "Size": {"Type": "Number", "Default": 1},
        },
        Conditions={"Large": {"Fn::Equals": [{"Ref": "Size"}, "2"]}},
    ).values()
    assert policy.document["Statement"][0]["Resource"] == [
        "arn:aws:s3:::bucket/*",
        "arn:aws:sns:eu-west-1:111111111111:Topic",
        "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555",
        "arn:aws:s3:::lake-111111111111-eu-west-1",
    ]


def test_the_version_of_a_policy_stays(tmp_path: Path) -> None:
    versions = [
        read(tmp_path, {"Role": role(AssumeRolePolicyDocument={"Statement": [], **version})})
        for version in ({}, {"Version": "2008-10-17"})
    ]
    assert [policy.document["Version"] for found in versions for policy in found.values()] == [
        "2012-10-17",
        "2008-10-17",
    ]
