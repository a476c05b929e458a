"""Whether a request is allowed, for each kind of policy and principal, with the page that says so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from embedded_aws.iam import context
from embedded_aws.iam.evaluator import Decision, Request, decide
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.principal import Principal

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
LOGIC = f"{GUIDE}/reference_policies_evaluation-logic_policy-eval-denyallow.html"
SINGLE = f"{GUIDE}/reference_policies_evaluation-logic_policy-eval-basics.html"
BOUNDARIES = f"{GUIDE}/access_policies_boundaries.html"
ELEMENTS = f"{GUIDE}/reference_policies_elements"
KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/bob"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/run"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OBJECT = "arn:aws:s3:::data/raw/a"
IDENTITY = "because no identity-based policy allows the s3:GetObject action"
BOUNDARY = "because no permissions boundary allows the s3:GetObject action"
SESSION_POLICY = "because no session policy allows the s3:GetObject action"
RESOURCE = "because no resource-based policy allows the s3:GetObject action"

Statement = dict[str, Any]


def allow(**changes: Any) -> Statement:
    """A statement that allows everything, with changes; None takes a member out."""
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*", **changes}
    return {name: member for name, member in whole.items() if member is not None}


def deny(**changes: Any) -> Statement:
    return allow(**{"Effect": "Deny", **changes})


def policy(*statements: Statement) -> Policy:
    return parse("policy", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Policies, and what they decide about reading one object.

    Args:
        what: the case in words.
        page: of AWS's documentation.
        reason: of the refusal, empty if it is allowed.
        by: `user` or `role`.
        needed: the resource's policy must allow it, as of keys and roles.
    """

    what: str
    page: str
    reason: str = ""
    by: str = "role"
    identity: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    session: tuple[Statement, ...] | None = None
    resource: tuple[Statement, ...] = ()
    needed: bool = False
    keys: dict[str, str | None] = field(default_factory=dict)

    def decide(self) -> Decision:
        is_role = self.by == "role"
        principal = Principal(
            arn=SESSION if is_role else USER,
            account=ACCOUNT,
            role_arn=ROLE if is_role else None,
            identity=(policy(*self.identity),) if self.identity else (),
            boundary=None if self.boundary is None else policy(*self.boundary),
            session=None if self.session is None else policy(*self.session),
            context=context.of({"aws:username": None if is_role else "bob"}),
        )
        request = Request(
            action="s3:GetObject",
            resource=OBJECT,
            context=context.of(self.keys),
            policies=(policy(*self.resource),) if self.resource else (),
            needs_resource_policy=self.needed,
        )
        return decide(principal, request)


CASES = [
    Case(what="nothing allows it", page=LOGIC, reason=IDENTITY),
    Case(what="the identity allows it", page=LOGIC, identity=(allow(),)),
    Case(
        what="a Deny of the identity outweighs its Allow",
        page=LOGIC,
        identity=(allow(), deny(Action="s3:GetObject")),
        reason="with an explicit deny in an identity-based policy",
    ),
    Case(
        what="a Deny of the resource outweighs the identity's Allow",
        page=LOGIC,
        identity=(allow(),),
        resource=(deny(Principal="*"),),
        reason="with an explicit deny in a resource-based policy",
    ),
    Case(
        what="a Deny of the boundary outweighs all",
        page=LOGIC,
        identity=(allow(),),
        boundary=(allow(), deny()),
        resource=(allow(Principal={"AWS": SESSION}),),
        reason="with an explicit deny in a permissions boundary",
    ),
    Case(
        what="a Deny of the session's policy outweighs all",
        page=LOGIC,
        identity=(allow(),),
        session=(deny(),),
        reason="with an explicit deny in a session policy",
    ),
    Case(
        what="an action's case means nothing", page=f"{ELEMENTS}_action.html", identity=(allow(Action="S3:getobject"),)
    ),
    Case(what="a wildcard in an action", page=f"{ELEMENTS}_action.html", identity=(allow(Action="s3:Get*"),)),
    Case(
        what="another action",
        page=f"{ELEMENTS}_action.html",
        identity=(allow(Action="s3:GetObjectAcl"),),
        reason=IDENTITY,
    ),
    Case(
        what="NotAction leaves out what it names",
        page=f"{ELEMENTS}_notaction.html",
        identity=(allow(Action=None, NotAction="s3:*"),),
        reason=IDENTITY,
    ),
    Case(
        what="NotAction allows the rest",
        page=f"{ELEMENTS}_notaction.html",
        identity=(allow(Action=None, NotAction=["iam:*"]),),
    ),
    Case(
        what="a resource's case does matter",
        page=f"{ELEMENTS}_resource.html",
        identity=(allow(Resource="arn:aws:s3:::DATA/*"),),
        reason=IDENTITY,
    ),
    Case(
        what="a point in a resource is a point",
        page=f"{ELEMENTS}_resource.html",
        identity=(allow(Resource="arn:aws:s3:::d.ta/*"),),
        reason=IDENTITY,
    ),
    Case(
        what="a question mark is one character",
        page=f"{ELEMENTS}_resource.html",
        identity=(allow(Resource="arn:aws:s3:::d?ta/raw/?"),),
    ),
    Case(
        what="NotResource denies the rest",
        page=f"{ELEMENTS}_notresource.html",
        identity=(allow(), deny(Resource=None, NotResource="arn:aws:s3:::other/*")),
        reason="with an explicit deny in an identity-based policy",
    ),
    Case(
        what="NotResource leaves out what it names",
        page=f"{ELEMENTS}_notresource.html",
        identity=(allow(), deny(Resource=None, NotResource="arn:aws:s3:::data/*")),
    ),
    Case(
        what="a variable in a resource",
        page=f"{GUIDE}/reference_policies_variables.html",
        by="user",
        identity=(allow(Resource="arn:aws:s3:::data/raw/${aws:username}"), allow(Resource="arn:aws:s3:::*/a")),
    ),
    Case(
        what="a variable without a value matches nothing",
        page=f"{GUIDE}/reference_policies_variables.html#policy-vars-no-value",
        identity=(allow(Resource="arn:aws:s3:::data/*${aws:username}"),),
        reason=IDENTITY,
    ),
    Case(
        what="all conditions must hold",
        page=f"{GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html",
        identity=(allow(Condition={"StringEquals": {"a": "1", "b": "1"}}),),
        keys={"a": "1", "b": "2"},
        reason=IDENTITY,
    ),
    Case(
        what="a boundary that allows nothing of it",
        page=BOUNDARIES,
        identity=(allow(),),
        boundary=(allow(Action="kms:*"),),
        reason=BOUNDARY,
    ),
    Case(what="a boundary alone gives nothing", page=BOUNDARIES, boundary=(allow(),), reason=IDENTITY),
    Case(what="identity and boundary together", page=BOUNDARIES, identity=(allow(),), boundary=(allow(),)),
    Case(
        what="a session's policy limits the role",
        page=f"{GUIDE}/access_policies.html#policies_session",
        identity=(allow(),),
        session=(allow(Resource="arn:aws:s3:::other/*"),),
        reason=SESSION_POLICY,
    ),
    Case(
        what="the resource's policy alone is enough within an account",
        page=SINGLE,
        by="user",
        resource=(allow(Principal={"AWS": USER}),),
    ),
    Case(
        what="a user who is named is not limited by the boundary",
        page=BOUNDARIES,
        by="user",
        boundary=(allow(Action="kms:*"),),
        resource=(allow(Principal={"AWS": USER}),),
    ),
    Case(what="a role that is named", page=LOGIC, resource=(allow(Principal={"AWS": ROLE}),)),
    Case(
        what="a role that is named is limited by its boundary",
        page=BOUNDARIES,
        boundary=(allow(Action="kms:*"),),
        resource=(allow(Principal={"AWS": ROLE}),),
        reason=BOUNDARY,
    ),
    Case(
        what="a role that is named is limited by the session's policy",
        page=LOGIC,
        session=(allow(Action="kms:*"),),
        resource=(allow(Principal={"AWS": ROLE}),),
        reason=SESSION_POLICY,
    ),
    Case(
        what="a session that is named is not limited by either",
        page=LOGIC,
        boundary=(allow(Action="kms:*"),),
        session=(allow(Action="kms:*"),),
        resource=(allow(Principal={"AWS": SESSION}),),
    ),
    Case(
        what="everybody with a condition on who it is, is not limited by the boundary",
        page=LOGIC,
        boundary=(allow(Action="kms:*"),),
        resource=(allow(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),),
        keys={"aws:PrincipalArn": ROLE},
    ),
    Case(
        what="the account in a resource's policy leaves it to the identity's",
        page=f"{ELEMENTS}_principal.html#principal-accounts",
        resource=(allow(Principal={"AWS": ROOT}),),
        reason=IDENTITY,
    ),
    Case(
        what="an account's number is its root",
        page=f"{ELEMENTS}_principal.html#principal-accounts",
        resource=(deny(Principal={"AWS": ACCOUNT}),),
        identity=(allow(),),
        reason="with an explicit deny in a resource-based policy",
    ),
    Case(
        what="another account in a resource's policy",
        page=f"{ELEMENTS}_principal.html#principal-accounts",
        resource=(allow(Principal={"AWS": "arn:aws:iam::999999999999:root"}),),
        reason=IDENTITY,
    ),
    Case(
        what="a service in a resource's policy is no user",
        page=f"{ELEMENTS}_principal.html#principal-services",
        resource=(allow(Principal={"Service": "logs.amazonaws.com"}),),
        reason=IDENTITY,
    ),
    Case(
        what="NotPrincipal denies everybody else",
        page=f"{ELEMENTS}_notprincipal.html",
        identity=(allow(),),
        resource=(deny(NotPrincipal={"AWS": [ROOT, USER]}),),
        reason="with an explicit deny in a resource-based policy",
    ),
    Case(
        what="NotPrincipal leaves out account, role and session together",
        page=f"{ELEMENTS}_notprincipal.html",
        identity=(allow(),),
        resource=(deny(NotPrincipal={"AWS": [ROOT, ROLE, SESSION]}),),
    ),
    Case(what="a key's policy must allow it itself", page=KEYS, identity=(allow(),), needed=True, reason=RESOURCE),
    Case(
        what="a key's policy that leaves it to the account",
        page=f"{KEYS}#key-policy-default-allow-root-enable-iam",
        identity=(allow(),),
        resource=(allow(Principal={"AWS": ROOT}),),
        needed=True,
    ),
    Case(
        what="a key's policy that leaves it to the account, whose policies allow nothing",
        page=f"{KEYS}#key-policy-default-allow-root-enable-iam",
        resource=(allow(Principal={"AWS": ROOT}),),
        needed=True,
        reason=IDENTITY,
    ),
    Case(what="a key's policy that names the role", page=KEYS, resource=(allow(Principal={"AWS": ROLE}),), needed=True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_request_is_decided_as_its_page_says(case: Case) -> None:
    assert case.decide() == Decision(allowed=not case.reason, reason=case.reason), case.page


UNKNOWN = {"StringNotEquals": {"aws:Unheard": "x"}}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (Case(what="", page="", identity=(allow(Condition=UNKNOWN),)), "condition key aws:Unheard"),
        (Case(what="", page="", identity=(allow(), deny(Condition=UNKNOWN))), "condition key aws:Unheard"),
        (
            Case(what="", page="", identity=(allow(Resource="arn:aws:s3:::x/${aws:Unheard}"),)),
            "condition key aws:Unheard",
        ),
        (
            Case(what="", page="", identity=(allow(Resource=None, NotResource="arn:aws:s3:::x/${aws:username}"),)),
            "a variable in the resource arn:aws:s3:::x/${aws:username} has no value",
        ),
        (
            Case(what="", page="", identity=(allow(Resource="arn:aws:s3::${aws:username}:x"),)),
            "has a variable before its fifth colon",
        ),
        (Case(what="", page="", identity=(allow(Resource=None),)), "the statement names no resource"),
        (Case(what="", page="", resource=(deny(Principal={"CanonicalUser": "a1"}),)), "does not know whose id"),
        (Case(what="", page="", resource=(deny(Principal={"AWS": "AROAEXAMPLE"}),)), "does not know whose id"),
        (Case(what="", page="", identity=(allow(Action="s3*"),)), "the action s3* does not begin with the prefix"),
        (Case(what="", page="", identity=(allow(Resource="*/a"),)), "the resource */a is not an ARN of one service"),
        (Case(what="", page="", identity=(allow(Resource="arn:aws:s*:::data/raw/a"),)), "is not an ARN of one service"),
        (Case(what="", page="", resource=(allow(Principal="*"),), boundary=(allow(Action="kms:*"),)), "to everybody"),
        (Case(what="", page="", resource=(allow(NotPrincipal={"AWS": USER}),)), "NotPrincipal with Allow"),
        (Case(what="", page="", resource=(deny(NotPrincipal={"AWS": ROLE}),)), "NotPrincipal must name the account"),
        (Case(what="", page="", resource=(allow(),)), "names no principal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_decided_is_refused_by_name(case: Case, says: str) -> None:
    decision = case.decide()
    assert not decision.allowed
    assert decision.reason.startswith("because it cannot be decided: ")
    assert says in decision.reason


@pytest.mark.parametrize(("version", "allowed"), [("2012-10-17", True), ("2008-10-17", False), (None, False)])
def test_variables_are_of_the_newer_version_of_policies(version: str | None, allowed: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    text = json.dumps({"Version": version, "Statement": allow(Resource="arn:aws:s3:::data/${aws:username}")})
    told = context.of({"aws:username": "bob"})
    bob = Principal(arn=USER, account=ACCOUNT, identity=(parse("x", text),), context=told)
    assert decide(bob, Request(action="s3:GetObject", resource="arn:aws:s3:::data/bob")).allowed is allowed


def test_what_is_unknown_beside_another_statement_that_allows_harms_nobody() -> None:
    assert Case(what="", page="", identity=(allow(), allow(Condition=UNKNOWN))).decide().allowed


@pytest.mark.parametrize(
    ("principal", "reason"),
    [
        ({"Service": "logs.amazonaws.com"}, ""),
        ("*", "because it cannot be decided: AWS does not document whether the principal"),
        ({"AWS": "*"}, "because it cannot be decided: AWS does not document whether the principal"),
        ({"Service": "events.amazonaws.com"}, "because no identity-based policy"),
    ],
)
def test_a_service_is_allowed_by_its_name(principal: Any, reason: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"""
    logs = Principal(arn="logs.amazonaws.com", account="", service="logs.amazonaws.com")
    asked = Request(action="s3:GetObject", resource=OBJECT, policies=(policy(allow(Principal=principal)),))
    decision = decide(logs, asked)
    assert decision.allowed is not bool(reason)
    assert re.match(reason, decision.reason)


def test_a_wildcard_covers_colons_at_the_end_of_a_segment_and_is_not_decided_elsewhere() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"""
    stream = "arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:log-stream:c"
    decisions = {
        pattern: decide(
            Principal(arn=USER, account=ACCOUNT, identity=(policy(allow(Resource=pattern)),)),
            Request(action="logs:PutLogEvents", resource=stream),
        )
        for pattern in ("arn:aws:logs:*:log-group:/a/*", "arn:aws:logs:*:*:log-group:/a/*:c", f"{stream[:-16]}*d")
    }
    assert [each.allowed for each in decisions.values()] == [True, True, False]
    undecided = decide(
        Principal(arn=USER, account=ACCOUNT, identity=(policy(allow(Resource="arn:aws:logs:*:*:log-group:/*m:c")),)),
        Request(action="logs:PutLogEvents", resource=stream),
    )
    assert "which characters the wildcards" in undecided.reason


def test_what_is_unknown_in_a_statement_that_does_not_apply_harms_nobody() -> None:
    elsewhere = allow(Action="kms:Decrypt", Condition=UNKNOWN)
    assert Case(what="", page="", identity=(allow(), elsewhere)).decide().allowed


def test_an_explicit_deny_is_told_even_beside_what_is_unknown() -> None:
    decision = Case(what="", page="", identity=(allow(Condition=UNKNOWN), deny())).decide()
    assert decision.reason == "with an explicit deny in an identity-based policy"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (allow(), ""),
        (allow(Resource="arn:aws:x:::*"), ""),
        (deny(Resource="arn:aws:x:::*"), "because it cannot be decided: the embedded AWS does not know which resource"),
        (deny(Resource=None, NotResource="*"), "because it cannot be decided"),
    ],
)
def test_a_resource_that_nobody_knows_matches_everything_and_nothing_else(statement: Statement, reason: str) -> None:
    principal = Principal(arn=USER, account=ACCOUNT, identity=(policy(allow(), statement),))
    decision = decide(principal, Request(action="x:Act", resource=None))
    assert decision.allowed is not bool(reason)
    assert decision.reason.startswith(reason)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "is no policy document"),
        ('"text"', "is no policy document"),
        ({"Statement": [{"Effect": "allow", "Action": "*"}]}, "the effect is Allow or Deny, not allow"),
        ({"Statement": [{"Effect": "Allow"}]}, "a statement has Action or NotAction"),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "Resources": "*"}]}, "a statement has no Resources"),
        ({"Statement": [None]}, "is no policy document"),
        (
            {"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"Resembles": {"a": "x"}}}},
            "the embedded AWS does not know the condition operator Resembles",
        ),
        ({"Version": "2012-10-18", "Statement": []}, "there is no version 2012-10-18 of policies"),
        (
            {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "NotResource": "*"}},
            "a statement has Resource or NotResource, not both",
        ),
        (
            {"Statement": {"Effect": "Deny", "Action": "*", "Principal": {"AWS": f"{ROLE}*"}}},
            "the principal AWS arn:aws:iam::123456789012:role/pipeline\\* has a wildcard",
        ),
        ({"Statement": {"Effect": "Deny", "Action": "*", "Principal": {"Service": "*"}}}, "the principal Service"),
    ],
)
def test_a_malformed_policy_is_refused_in_words(document: Any, says: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(Exception, match=says):
        parse("broken", text)
