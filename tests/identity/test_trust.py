"""The deployed roles of GitLab CI jobs, assumed with signed tokens: who gets in, and who does not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.parameters import Environment, GitLab, NewNetwork, Platform
from tests.checkouts import ROOT
from tests.identity.issuer import Issuer, new_key

REGION = "eu-west-1"
DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
EXTENDED = ("project_path", "ref_type", "ref", "ref_protected", "environment_protected", "deployment_tier")


def environment(name: str, account: str, **changes: Any) -> Environment:
    values: dict[str, Any] = {
        "name": name,
        "account": account,
        "region": REGION,
        "network": NewNetwork(cidr="10.40.0.0/16", zones=("eu-west-1a", "eu-west-1b")),
        "bootstrap_qualifier": "hnb659fds",
        "permissions_boundary": None,
        "role_path": "/",
        "tags": {},
        "retain_data": False,
        **changes,
    }
    return Environment(**values)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A GitLab project with the environments that it deploys.

    Args:
        issuer: the GitLab.
        gitlab: as environments.yaml describes it.
        environments: by name.
    """

    issuer: Issuer
    gitlab: GitLab
    environments: Mapping[str, Environment]

    def role(self, kind: str, name: str) -> str:
        own = self.environments[name]
        return f"arn:aws:iam::{own.account}:role{own.role_path}mlproject-{kind}-{name}"


def site(issuer: Issuer, *environments: Environment, **gitlab: Any) -> Site:
    return Site(
        issuer=issuer,
        gitlab=GitLab(url=issuer.url, project="data/platform", **gitlab),
        environments={each.name: each for each in environments},
    )


SITES = {
    # Two environments in one account, one of them with a path; prod from protected tags.
    "self-hosted": site(
        Issuer(url="https://gitlab.example.com"),
        environment("dev", "111111111111"),
        environment("pre", "111111111111", role_path="/ml/"),
        environment("prod", "222222222222"),
        environment("sandbox", "777777777777"),
        deploy_tags={"prod": "v*"},
        branch_environments=("sandbox",),
    ),
    "gitlab.com": site(
        Issuer(url="https://gitlab.com"),
        environment("dev", "333333333333"),
        environment("prod", "444444444444"),
        environment("sandbox", "888888888888"),
        project_id=4711,
        branch_environments=("sandbox",),
    ),
    # A GitLab below a path, with everything in `sub` that GitLab can put into it.
    "extended": site(
        Issuer(url="https://git.example.org/gitlab", components=EXTENDED),
        environment("dev", "555555555555"),
        environment("prod", "666666666666"),
        environment("sandbox", "999999999999"),
        sub_claim_components=EXTENDED,
        branch_environments=("sandbox",),
        protected_environments=("prod",),
        deployment_tiers={"dev": "development", "prod": "production", "sandbox": "testing"},
    ),
}


def synthesize(folder: Path, each: Site) -> dict[str, str]:
    """Return the templates of the identity stacks, by account."""
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(
        app,
        Platform(environments=each.environments, projects={}, gitlab=each.gitlab),
        pipelines=ROOT / "pipelines",
    )
    assembly = app.synth().get_nested_assembly("assembly-identity")
    return {stack.environment.account: json.dumps(stack.template) for stack in assembly.stacks}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[aws.Server]:
    """An embedded AWS in which the identity stacks of every site are deployed."""
    folder = tmp_path_factory.mktemp("identity")
    started = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    for name, each in SITES.items():
        aws.Issuers(folder).add(each.issuer.url, each.issuer.key_set)
        for account, template in synthesize(tmp_path_factory.mktemp(name.replace(".", "-")), each).items():
            aws.Accounts(folder).add([account])
            deploy(started, account, template)
    yield started
    aws.stop(folder)


def deploy(server: aws.Server, account: str, template: str) -> None:
    keys = server.environment(account, REGION)
    client = boto3.Session(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], region_name=REGION).client(
        "cloudformation", endpoint_url=server.endpoint
    )
    client.create_stack(StackName="mlproject-identity", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    client.get_waiter("stack_create_complete").wait(StackName="mlproject-identity", WaiterConfig={"Delay": 1})


def assume(server: aws.Server, role: str, token: str, *, name: str = "gl-100-200") -> str:
    """Exchange a token; the session's ARN, or the error's code and message."""
    sts = boto3.client(
        "sts", region_name=REGION, endpoint_url=server.endpoint, config=Config(signature_version=UNSIGNED)
    )
    try:
        given = sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName=name, WebIdentityToken=token)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    keys = given["Credentials"]
    session = boto3.client(
        "sts",
        region_name=REGION,
        endpoint_url=server.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    return str(session.get_caller_identity()["Arn"])


TAG = {"ref": "v1.2.0", "ref_type": "tag"}
MERGE_REQUEST = {"ref": "feature", "ref_protected": "false", "pipeline_source": "merge_request_event"}
FORK = {"project_path": "eve/platform", "project_id": "99"}
DEV = {"environment_protected": "false", "deployment_tier": "development"}
PROD = {"environment_protected": "true", "deployment_tier": "production"}
TESTING = {"environment_protected": "false", "deployment_tier": "testing"}
NONE = {"environment_protected": "", "deployment_tier": ""}
# Site, kind of role, environment, claims of the job, whether AWS gives it a session.
CASES: Mapping[str, tuple[str, str, str, Mapping[str, str], bool]] = {
    "the default branch": ("self-hosted", "deploy", "dev", {}, True),
    "the default branch, with a role path": ("self-hosted", "deploy", "pre", {}, True),
    "another branch": ("self-hosted", "deploy", "dev", {"ref": "feature"}, False),
    "a branch whose name starts alike": ("self-hosted", "deploy", "dev", {"ref": "main-2"}, False),
    "a tag named like the branch": ("self-hosted", "deploy", "dev", {"ref_type": "tag"}, False),
    "a fork": ("self-hosted", "deploy", "dev", FORK, False),
    "a project with a longer name": ("self-hosted", "deploy", "dev", {"project_path": "data/platform-evil"}, False),
    "a project below it": ("self-hosted", "deploy", "dev", {"project_path": "data/platform/evil"}, False),
    "a project that ends alike": ("self-hosted", "deploy", "dev", {"project_path": "evil/data/platform"}, False),
    "the branch, where tags deploy": ("self-hosted", "deploy", "prod", {}, False),
    "a tag, where tags deploy": ("self-hosted", "deploy", "prod", TAG, True),
    "another tag": ("self-hosted", "deploy", "prod", {**TAG, "ref": "test-1"}, False),
    "a branch named like a tag": ("self-hosted", "deploy", "prod", {"ref": "v1.2.0"}, False),
    "a tag of a fork": ("self-hosted", "deploy", "prod", {**TAG, **FORK}, False),
    # AWS compares ref_protected of gitlab.com only: said in the docs.
    "an unprotected main, self-hosted": ("self-hosted", "deploy", "dev", {"ref_protected": "false"}, True),
    "gitlab.com": ("gitlab.com", "deploy", "prod", {}, True),
    "gitlab.com, unprotected": ("gitlab.com", "deploy", "prod", {"ref_protected": "false"}, False),
    "gitlab.com, same path but another project": ("gitlab.com", "deploy", "prod", {"project_id": "4712"}, False),
    "gitlab.com, merge request": ("gitlab.com", "diff", "prod", MERGE_REQUEST, True),
    "gitlab.com, merge request of a fork": ("gitlab.com", "diff", "prod", {**MERGE_REQUEST, **FORK}, False),
    "extended, prod": ("extended", "deploy", "prod", PROD, True),
    "extended, dev": ("extended", "deploy", "dev", DEV, True),
    "extended, a job of dev": ("extended", "deploy", "prod", DEV, False),
    "extended, a job of prod": ("extended", "deploy", "dev", PROD, False),
    "extended, prod not protected": ("extended", "deploy", "prod", {**PROD, "environment_protected": "false"}, False),
    "extended, unprotected ref": ("extended", "deploy", "prod", {**PROD, "ref_protected": "false"}, False),
    "extended, no environment": ("extended", "deploy", "prod", NONE, False),
    "extended, merge request": ("extended", "diff", "prod", {**MERGE_REQUEST, **NONE}, True),
    "merge request": ("self-hosted", "diff", "prod", MERGE_REQUEST, True),
    "merge request, deploying": ("self-hosted", "deploy", "dev", MERGE_REQUEST, False),
    "merge request of a fork": ("self-hosted", "diff", "prod", {**MERGE_REQUEST, **FORK}, False),
    "merge request, to an environment of branches": ("self-hosted", "deploy", "sandbox", MERGE_REQUEST, True),
    "fork, to an environment of branches": ("self-hosted", "deploy", "sandbox", {**MERGE_REQUEST, **FORK}, False),
    "tag, to an environment of branches": ("self-hosted", "deploy", "sandbox", TAG, False),
    "gitlab.com, to an environment of branches": ("gitlab.com", "deploy", "sandbox", MERGE_REQUEST, True),
    "gitlab.com, another project, to it": ("gitlab.com", "deploy", "sandbox", {"project_id": "4712"}, False),
    "extended, to an environment of branches": ("extended", "deploy", "sandbox", {**MERGE_REQUEST, **TESTING}, True),
    "extended, a job of dev, to it": ("extended", "deploy", "sandbox", DEV, False),
    "extended, a job of branches, to dev": ("extended", "deploy", "dev", {**MERGE_REQUEST, **TESTING}, False),
    "merge request of a longer name": (
        "self-hosted", "diff", "dev", {**MERGE_REQUEST, "project_path": "data/platform-evil"}, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_role_trusts_these_jobs_and_no_others(server: aws.Server, case: str) -> None:
    name, kind, target, claims, trusted = CASES[case]
    own = SITES[name]
    answer = assume(server, own.role(kind, target), own.issuer.token(**claims))
    account = own.environments[target].account
    session = f"arn:aws:sts::{account}:assumed-role/mlproject-{kind}-{target}/gl-100-200"
    assert answer == (session if trusted else DENIED)


NOW = int(time.time())
REFUSED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "expired": ({"exp": NOW - 1}, "ExpiredTokenException: Token expired"),
    "not valid yet": ({"nbf": NOW + 3000}, "InvalidIdentityToken: The token is not valid yet"),
    "another audience": ({"aud": "https://vault.example.com"}, "InvalidIdentityToken: Incorrect token audience"),
    "another key": ({"signed_with": new_key()}, "InvalidIdentityToken: Token signature invalid"),
    "a key that the issuer has not": ({"kid": "two"}, "InvalidIdentityToken: Couldn't retrieve verification key"),
    "an issuer without provider": (
        {"iss": "https://gitlab.com"},
        "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://gitlab.com",
    ),
    "no subject": ({"sub": None}, "InvalidIdentityToken: Missing a required claim: sub"),
    "tags of a session": ({"https://aws.amazon.com/tags": {}}, DENIED),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_token_that_is_not_right_is_refused_with_aws_s_code(server: aws.Server, case: str) -> None:
    claims, expected = REFUSED[case]
    own = SITES["self-hosted"]
    assert assume(server, own.role("deploy", "dev"), own.issuer.token(**claims)).startswith(expected)


def test_an_unsigned_token_and_a_text_are_refused(server: aws.Server) -> None:
    import jwt

    own = SITES["self-hosted"]
    unsigned = jwt.encode(own.issuer.claims(), "", algorithm="none", headers={"kid": "one"})
    role = own.role("deploy", "dev")
    assert "unsupported algorithm" in assume(server, role, unsigned)
    assert "not a valid JWT" in assume(server, role, "garbage")


def test_a_session_that_does_not_name_pipeline_and_job_is_refused(server: aws.Server) -> None:
    own = SITES["self-hosted"]
    assert assume(server, own.role("deploy", "dev"), own.issuer.token(), name="somebody") == DENIED


def test_a_role_that_does_not_exist_is_refused_like_one_that_does_not_trust(server: aws.Server) -> None:
    own = SITES["self-hosted"]
    assert assume(server, "arn:aws:iam::111111111111:role/mlproject-deploy-none", own.issuer.token()) == DENIED
    assert assume(server, "arn:aws:iam::101010101010:role/mlproject-deploy-dev", own.issuer.token()) == DENIED
