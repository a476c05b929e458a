"""Random policies and requests, of few values so that they often match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.embedded_aws.iam.random_cases import OTHER, OWN, ROLE, ROOT, SERVICE, SESSION, USER, RandomCase

Strategy = st.SearchStrategy[Any]

# What is asked for: an action, and resources of it in the account that is filled in.
_ASKED: Sequence[tuple[str, str]] = (
    ("s3:GetObject", "arn:aws:s3:::data/ana/a"),
    ("s3:GetObject", "arn:aws:s3:::data/ana/ab"),
    ("s3:GetObjectAcl", "arn:aws:s3:::data/ana/a"),
    ("s3:GetObject", "arn:aws:s3:::data/b:c"),
    ("s3:PutObject", "arn:aws:s3:::data/ana/a"),
    ("s3:PutObject", "arn:aws:s3:::blue/x"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:{account}:key/1"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/audit"),
)
_ACTIONS = (
    "s3:*", "s3:Get*", "S3:GETOBJECT", "s3:GetObjec?", "s3:PutObject", "s3:*Object", "s3:GetBucket*", "kms:*",
    "kms:*crypt", "STS:AssumeRole", "s3*",
)  # fmt: skip
_RESOURCES = (
    "arn:aws:s3:::data/*", "arn:aws:s3:::data/ana/?", "arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::${aws:PrincipalTag/team, 'blue'}/x", "arn:*:s3:::d*a/*",
    "arn:aws:s3:::data/b*c", "arn:aws:s3:::data/b?c", "arn:aws:s3:::DATA/*", "arn:aws:s3:::blue/${*}",
    f"arn:aws:kms:*:{OWN}:key/*", "arn:aws:kms:eu-west-1:*:key/1", "arn:aws:iam::*:role/*",
    f"arn:aws:iam::{OTHER}:role/audit", "arn:aws:s3:::other/*",
)  # fmt: skip
_AWS_PRINCIPALS = (USER, ROLE, SESSION, ROOT, OWN, "*", f"arn:aws:iam::{OTHER}:root", f"{USER}2", "AIDAEXAMPLE")

_STRING_VALUES = ("ana", "blue", "Blue", "a", "data/ana", "")
_STRING_WANTS = (
    "ana", "blue", "BLUE", "a", "a*", "?", "*", "data/*", "${aws:username}", "data/${aws:username}",
    "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'blue'}", "${*}", "b${?}",
)  # fmt: skip
_ARN_WANTS = (
    USER, ROLE, f"arn:aws:iam::{OWN}:*", "arn:aws:iam::*:role/*", "arn:*:iam::*:user/an?", "*",
    f"arn:aws:iam::{OWN}:user/${{aws:username}}",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Family:
    """The operators of one kind, with the keys that they compare.

    Args:
        operators: without qualifiers.
        keys: as policies spell them.
        wanted: values of policies.
        given: values of requests.
    """

    operators: tuple[str, ...]
    keys: tuple[str, ...]
    wanted: tuple[str, ...]
    given: tuple[str, ...]


_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
FAMILIES: Mapping[str, Family] = {
    "String": Family(
        operators=(
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ),
        keys=("aws:username", "aws:PrincipalTag/team", "s3:prefix", "aws:TagKeys"),
        wanted=_STRING_WANTS,
        given=_STRING_VALUES,
    ),
    "Numeric": Family(
        operators=tuple(f"Numeric{order}" for order in _ORDERS),
        keys=("s3:max-keys",),
        wanted=("10", "10.0", "9", "11", "-1", "ten"),
        given=("10", "9", "11.5", "10.00", "-2"),
    ),
    "Date": Family(
        operators=tuple(f"Date{order}" for order in _ORDERS),
        keys=("aws:CurrentTime",),
        wanted=("2026-01-01T00:00:00Z", "1767225600", "2026-06-01T00:00:00+02:00", "2026-01-01"),
        given=("2026-01-01T00:00:00Z", "2026-05-31T22:00:00Z", "1767225599"),
    ),
    "Bool": Family(
        operators=("Bool",), keys=("aws:SecureTransport",), wanted=("true", "false", "True"), given=("true", "false")
    ),
    "Binary": Family(
        operators=("BinaryEquals",), keys=("demo:bytes",), wanted=("YQ==", "Yg==", "a"), given=("YQ==", "Yg==")
    ),
    "IpAddress": Family(
        operators=("IpAddress", "NotIpAddress"),
        keys=("aws:SourceIp",),
        wanted=("203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0"),
        given=("203.0.113.7", "198.51.100.1", "2001:db8::1"),
    ),
    "Arn": Family(
        operators=("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
        keys=("aws:PrincipalArn", "aws:SourceArn"),
        wanted=_ARN_WANTS,
        given=(USER, ROLE, f"arn:aws:iam::{OTHER}:role/etl"),
    ),
}
NULL = "Null"
_SPELLINGS = (str, str.lower, str.upper, str.swapcase)


def _one_or_more(values: Sequence[str]) -> Strategy:
    """A value by itself, or a list of some."""
    value = st.sampled_from(values)
    return st.one_of(value, value, st.lists(value, min_size=1, max_size=3, unique=True))


# Strategies are built once: hypothesis takes longer to build than to draw them.
_OPERATORS = {
    name: st.sampled_from(
        [
            f"{quantifier}{operator}{ending}"
            for operator in family.operators
            for quantifier in ("", "", "", "ForAllValues:", "ForAnyValue:")
            for ending in ("", "", "", "IfExists")
        ]
    )
    for name, family in FAMILIES.items()
}
_KEYS = {
    name: st.sampled_from([spelling(key) for key in family.keys for spelling in _SPELLINGS])
    for name, family in FAMILIES.items()
}
_WANTED = {name: _one_or_more(family.wanted) for name, family in FAMILIES.items()}
_FAMILY = st.sampled_from((*FAMILIES, "String", NULL, NULL))
_NULL_KEY = st.sampled_from([key for family in FAMILIES.values() for key in family.keys])
_CONDITION_COUNT = st.sampled_from((1, 1, 1, 2))
_NULL_WANTED = st.sampled_from(("true", "false", False))


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """A condition block with one or two keys."""
    block: dict[str, dict[str, Any]] = {}
    for _ in range(draw(_CONDITION_COUNT)):
        name = draw(_FAMILY)
        if name == NULL:
            block.setdefault(NULL, {})[draw(_NULL_KEY)] = draw(_NULL_WANTED)
        else:
            block.setdefault(draw(_OPERATORS[name]), {})[draw(_KEYS[name])] = draw(_WANTED[name])
    return block


_AWS = st.lists(st.sampled_from(_AWS_PRINCIPALS), min_size=1, max_size=4, unique=True)
_SERVICES = st.sampled_from((SERVICE, SERVICE, "logs.amazonaws.com"))
_PRINCIPALS: Strategy = st.one_of(
    st.builds(dict, AWS=_AWS),
    st.builds(dict, AWS=st.sampled_from(_AWS_PRINCIPALS)),
    st.builds(dict, Service=_SERVICES),
    st.builds(dict, AWS=_AWS, Service=_SERVICES),
    st.just("*"),
)
# An element and its values; a wildcard for all stands in half of them, so that the rest decides.
_ELEMENTS = tuple(
    st.one_of(
        st.tuples(st.just(name), st.just("*")),
        st.tuples(st.just(name), st.just("*")),
        st.tuples(st.just(name), st.just("*")),
        st.tuples(st.just(name), _one_or_more((*values, "*"))),
        st.tuples(st.sampled_from((name, f"Not{name}")), _one_or_more(values)),
    )
    for name, values in (("Action", _ACTIONS), ("Resource", _RESOURCES))
)
_OFTEN, _SELDOM = st.sampled_from((True, True, True, False)), st.sampled_from((True,) + (False,) * 7)
_SOMETIMES = st.sampled_from((True, False, False))
_MOSTLY = st.sampled_from((True, True, False))
_EFFECTS = {denies: st.sampled_from(("Allow",) * (10 - denies) + ("Deny",) * denies) for denies in (1, 4)}
_CONDITIONS = _conditions()


@st.composite
def _statement(draw: st.DrawFn, *, of_resource: bool, denies: int) -> dict[str, Any]:
    """A statement.

    Args:
        draw: given by hypothesis.
        of_resource: whether it is in the policy of a resource.
        denies: in how many of ten it is a Deny.
    """
    statement = {"Effect": draw(_EFFECTS[denies]), **dict(draw(element) for element in _ELEMENTS)}
    if draw(_MOSTLY):
        statement["Condition"] = draw(_CONDITIONS)
    if of_resource:
        excludes = statement["Effect"] == "Deny" and draw(_SOMETIMES)
        statement["NotPrincipal" if excludes else "Principal"] = draw(_PRINCIPALS)
        if draw(_SELDOM):
            statement.pop("Resource", None)
            statement.pop("NotResource", None)
    return statement


def _policy(version: str | None, statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {**({"Version": version} if version else {}), "Statement": statements}


def _policies(*, of_resource: bool = False, denies: int = 4) -> Strategy:
    """A policy document, mostly of the version with variables."""
    return st.builds(
        _policy,
        st.sampled_from(("2012-10-17",) * 6 + ("2008-10-17", None)),
        st.lists(_statement(of_resource=of_resource, denies=denies), min_size=1, max_size=2),
    )


# An administrator's policy leaves the decision to the others.
_ADMINISTRATOR = _policy("2012-10-17", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
_SOME = st.lists(_policies(), min_size=1, max_size=2)
_IDENTITY = st.one_of(_SOME, st.builds(lambda other: [other, _ADMINISTRATOR], _policies()))
_LIMIT = _policies(denies=1)
_RESOURCE_POLICY = _policies(of_resource=True)
_SPELLING: Strategy = st.sampled_from(_SPELLINGS)
_COUNT = st.sampled_from((0,) * 3 + (1,) * 10 + (2,))
_GIVEN = {
    (name, count): st.lists(st.sampled_from(family.given), min_size=count, max_size=count, unique=True)
    for name, family in FAMILIES.items()
    for count in (1, 2)
}


def _contexts(draw: st.DrawFn, principal: str) -> dict[str, Sequence[str]]:
    """Condition keys of a request: some absent, some with several values, some in an odd case."""
    keys: dict[str, Sequence[str]] = {}
    for name, family in FAMILIES.items():
        for key in family.keys:
            count = draw(_COUNT)
            if key == "aws:PrincipalArn" and principal != SERVICE:
                keys[key] = (ROLE if principal == SESSION else USER,)
            elif count:
                keys[draw(_SPELLING)(key)] = tuple(draw(_GIVEN[name, count]))
    return keys


_PRINCIPAL = st.sampled_from((USER,) * 3 + (SESSION,) * 3 + (SERVICE,))
_OWNER = st.sampled_from((OWN,) * 8 + (OTHER,))
_ASKED_FOR = st.sampled_from(_ASKED)


@st.composite
def cases(draw: st.DrawFn) -> RandomCase:
    """A request and its policies."""
    principal, owner = draw(_PRINCIPAL), draw(_OWNER)
    action, resource = draw(_ASKED_FOR)
    is_service = principal == SERVICE
    has_policy = is_service or owner != OWN or action.startswith(("kms:", "sts:")) or draw(_OFTEN)
    return RandomCase(
        principal=principal,
        action=action,
        resource=resource.format(account=owner),
        owner=owner,
        keys=_contexts(draw, principal),
        identity=() if is_service else draw(_IDENTITY),
        boundary=draw(_LIMIT) if not is_service and draw(_SOMETIMES) else None,
        session=draw(_LIMIT) if principal == SESSION and draw(_SOMETIMES) else None,
        resource_policy=draw(_RESOURCE_POLICY) if has_policy else None,
    )
