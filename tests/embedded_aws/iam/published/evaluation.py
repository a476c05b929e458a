"""Examples of how policies work together: in one account, across two, with boundaries and with policies of sessions."""

from __future__ import annotations

from dataclasses import replace

from tests.embedded_aws.iam.ground import allow, deny
from tests.embedded_aws.iam.published.model import GUIDE, Example, PublishedRequest, allows, denies, for_principal
from tests.embedded_aws.iam.random_cases import OTHER, OWN, ROLE, SESSION, USER

_LOGIC = f"{GUIDE}/reference_policies_evaluation-logic"
_ALLOW_DENY = f"{_LOGIC}_policy-eval-denyallow.html"
_BOUNDARIES = f"{GUIDE}/access_policies_boundaries.html"
_SESSIONS = f"{GUIDE}/access_policies.html#policies_session"
_OWN_BUCKET = ["arn:aws:s3:::ana", "arn:aws:s3:::ana/*"]
_LIMIT = f"arn:aws:iam::{OWN}:policy/limit"
_GET = "secretsmanager:GetSecretValue"
_SECRET = f"arn:aws:secretsmanager:eu-west-1:{OWN}:secret:s-abcdef"
_ANYTHING = allow("*", "*")
_NOTHING_OF_IT = allow("kms:*", "*")

_BOUNDARY_OF_DELEGATE = (
    allow("iam:CreateUser", "*", {"StringEquals": {"iam:PermissionsBoundary": _LIMIT}}),
    {
        "Effect": "Allow",
        "Action": ["cloudwatch:*", "iam:UpdateUser", "iam:DeletePolicy"],
        "NotResource": f"arn:aws:iam::{OWN}:user/maria",
    },
    deny("iam:DeletePolicy", _LIMIT),
)
_BOUNDARY_OF_CREATED_USER = (
    allow(["s3:*", "ec2:*"], "*"),
    allow("iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}"),
    deny("s3:*", ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]),
)


def _granted(name: str, principal: str, *, by: str, request: PublishedRequest) -> Example:
    """A secret's policy that allows a principal, where boundary, session and identity allow nothing."""
    return Example(
        name=name,
        page=_ALLOW_DENY,
        by=by,
        boundary=(_NOTHING_OF_IT,),
        session=(_NOTHING_OF_IT,) if by == SESSION else None,
        resource=(for_principal({"AWS": principal}, allow(_GET, "*")),),
        requests=(request,),
    )


_CROSS_ACCOUNT = Example(
    name="a bucket of another account, whose policy names the user",
    page=f"{_LOGIC}-cross-account.html",
    owner=OTHER,
    identity=(
        allow("s3:*Object*", "arn:aws:s3:::shop/*"),
        deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
    ),
    resource=(for_principal({"AWS": USER}, allow(["s3:GetObject*", "s3:PutObject*"], "arn:aws:s3:::shop/*")),),
    requests=(
        allows("s3:PutObject", "arn:aws:s3:::shop/a"),
        denies("s3:DeleteObject", "arn:aws:s3:::shop/a"),
        denies("s3:ListBucket", "arn:aws:s3:::shop"),
        denies("s3:PutObject", "arn:aws:s3:::shop-logs/a"),
    ),
)

EVALUATION = (
    Example(
        name="identity and resource within an account",
        page=f"{_LOGIC}_policy-eval-basics.html",
        identity=(
            allow("s3:GetBucketLocation", "arn:aws:s3:::*"),
            allow("s3:*", _OWN_BUCKET),
            deny("s3:*", "arn:aws:s3:::*log*"),
        ),
        resource=(for_principal({"AWS": USER}, allow("s3:*", _OWN_BUCKET)),),
        requests=(
            allows("s3:PutObject", "arn:aws:s3:::ana/a"),
            denies("s3:PutObject", "arn:aws:s3:::ana-logs/a"),
            allows("s3:GetBucketLocation", "arn:aws:s3:::team"),
            denies("s3:GetBucketLocation", "arn:aws:s3:::logs"),
            denies("s3:PutObject", "arn:aws:s3:::team/a"),
        ),
    ),
    Example(
        name="explicit and implicit denies",
        page=f"{_LOGIC}_AccessPolicyLanguage_Interplay.html",
        identity=(
            allow(["iam:Get*", "iam:List*"], "*"),
            deny("iam:*Report", "*"),
            allow("iam:GenerateCredential*", "*"),
        ),
        requests=(
            allows("iam:GetUser"),
            allows("iam:ListUsers"),
            denies("iam:CreatePolicy"),
            denies("iam:GetOrganizationsAccessReport"),
            denies("iam:GenerateCredentialReport"),
        ),
    ),
    _CROSS_ACCOUNT,
    replace(
        _CROSS_ACCOUNT,
        name="the owner's policy alone",
        identity=(),
        requests=(denies("s3:PutObject", "arn:aws:s3:::shop/a"),),
    ),
    replace(
        _CROSS_ACCOUNT,
        name="the caller's policy alone",
        resource=(),
        requests=(denies("s3:PutObject", "arn:aws:s3:::shop/a"),),
    ),
    replace(
        _CROSS_ACCOUNT,
        name="a bucket of another account that lets everybody in",
        page=f"{GUIDE}/reference_policies_elements_principal.html#principal-anonymous",
        identity=(allow("s3:GetObject", "arn:aws:s3:::shop/*"),),
        resource=(for_principal("*", allow("s3:*", "arn:aws:s3:::shop/*")),),
        requests=(allows("s3:GetObject", "arn:aws:s3:::shop/a"), denies("s3:PutObject", "arn:aws:s3:::shop/a")),
    ),
    Example(
        name="a bucket of the own account that lets everybody in",
        page=f"{GUIDE}/reference_policies_elements_principal.html#principal-anonymous",
        resource=(for_principal({"AWS": "*"}, allow("s3:GetObject", "arn:aws:s3:::shop/*")),),
        requests=(allows("s3:GetObject", "arn:aws:s3:::shop/a"), denies("s3:PutObject", "arn:aws:s3:::shop/a")),
    ),
    Example(
        name="a boundary without the service",
        page=_BOUNDARIES,
        boundary=(allow(["s3:*", "cloudwatch:*", "ec2:*"], "*"),),
        identity=(allow("iam:CreateUser", "*"),),
        requests=(denies("iam:CreateUser"), denies("s3:GetObject", "arn:aws:s3:::ana/a")),
    ),
    Example(
        name="a delegate who may create users with a boundary only",
        page=f"{_BOUNDARIES}#access_policies_boundaries-delegate",
        boundary=_BOUNDARY_OF_DELEGATE,
        identity=(
            allow("iam:*", "*"),
            allow("cloudwatch:ListMetrics", "*"),
            allow("s3:ListBucket", "arn:aws:s3:::ana"),
        ),
        requests=(
            denies("iam:CreateUser", f"arn:aws:iam::{OWN}:user/new"),
            allows("iam:CreateUser", f"arn:aws:iam::{OWN}:user/new", {"iam:PermissionsBoundary": _LIMIT}),
            allows("cloudwatch:ListMetrics"),
            denies("cloudwatch:DeleteAlarms"),
            denies("s3:ListBucket", "arn:aws:s3:::ana"),
            allows("iam:UpdateUser", f"arn:aws:iam::{OWN}:user/new"),
            denies("iam:UpdateUser", f"arn:aws:iam::{OWN}:user/maria"),
            denies("iam:DeletePolicy", _LIMIT),
        ),
    ),
    Example(
        name="the user whom the delegate created",
        page=f"{_BOUNDARIES}#access_policies_boundaries-delegate",
        boundary=_BOUNDARY_OF_CREATED_USER,
        identity=(allow("iam:*", "*"), allow(["s3:Get*", "s3:List*"], "*")),
        resource=(for_principal({"AWS": USER}, allow(["s3:PutObject", _GET], "*")),),
        requests=(
            allows("iam:ChangePassword", USER),
            denies("iam:CreateUser", f"arn:aws:iam::{OWN}:user/new"),
            allows("s3:GetObject", "arn:aws:s3:::team/a"),
            denies("s3:PutObject", "arn:aws:s3:::logs/a"),
            allows(_GET, _SECRET),
        ),
    ),
    _granted("a user by name, under a boundary that allows nothing", USER, by=USER, request=allows(_GET, _SECRET)),
    _granted("a role by name, under limits that allow nothing", ROLE, by=SESSION, request=denies(_GET, _SECRET)),
    _granted("a session by name, under limits that allow nothing", SESSION, by=SESSION, request=allows(_GET, _SECRET)),
    Example(
        name="the policy of a session limits the role and the policy of a resource that names the role",
        page=_SESSIONS,
        by=SESSION,
        identity=(allow("s3:*", "*"),),
        session=(allow(["s3:GetObject", _GET], "*"),),
        resource=(for_principal({"AWS": ROLE}, allow([_GET, "secretsmanager:PutSecretValue"], "*")),),
        requests=(
            allows("s3:GetObject", "arn:aws:s3:::ana/a"),
            denies("s3:PutObject", "arn:aws:s3:::ana/a"),
            allows(_GET, _SECRET),
            denies("secretsmanager:PutSecretValue", _SECRET),
        ),
    ),
    Example(
        name="the policy of a session and a boundary: what both and the role allow",
        page=_SESSIONS,
        by=SESSION,
        identity=(_ANYTHING,),
        session=(allow(["s3:*", "sqs:*"], "*"),),
        boundary=(allow(["s3:*", "sns:*"], "*"),),
        requests=(
            allows("s3:GetObject", "arn:aws:s3:::ana/a"),
            denies("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OWN}:q"),
            denies("sns:Publish", f"arn:aws:sns:eu-west-1:{OWN}:t"),
        ),
    ),
)
