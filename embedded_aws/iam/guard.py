"""The guard before moto: every request is read, its signature checked, and every question it puts to IAM decided."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from embedded_aws.accounts import Accounts
from embedded_aws.administrator import Administrator, of_account
from embedded_aws.iam import api_call, authorization_log, identities, signature
from embedded_aws.iam.authorizer import authorize
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Decision, Request
from embedded_aws.iam.identities import Identity
from embedded_aws.iam.journal import Journal, Refusal
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.request_context import request_keys
from embedded_aws.iam.required_permissions import required_permissions
from embedded_aws.iam.resources import AccountRegion, account_in
from embedded_aws.iam.responses import DenialReason, refusal
from embedded_aws.iam.services import s3
from embedded_aws.iam.services.s3_batch_deletion import REFUSED
from embedded_aws.iam.signature import Signature
from embedded_aws.iam.web_identity import TokenExchange, exchange_response, is_token_exchange
from embedded_aws.issuers import Issuers

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Who is there may be asked by everybody on this machine: whoever starts a server has to find it.
OPEN = frozenset({("GET", "/_embedded/health")})
# What is not AWS's: our own calls, and moto's, one of which switches everything off.
PRIVATE = ("/_embedded/", "/moto-api", "/latest/meta-data/", "/latest/api/", "/favicon.ico")
_ACCOUNT = "HTTP_X_MOTO_ACCOUNT_ID"


@dataclass(frozen=True)
class _RefusedError(Exception):
    """The request ends here."""

    reason: DenialReason
    message: str


class Guard:
    """Lets a request through if everything it needs is allowed; always on.

    Args:
        application: what comes behind.
        administrator: whose keys everything may be done with, and the only ones for what is not AWS's.
        accounts: those that there are; each has an administrator.
        issuers: OpenID Connect issuers whose keys are registered.
        journal: keeps what is refused.
    """

    def __init__(
        self,
        application: Application,
        *,
        administrator: Administrator,
        accounts: Accounts,
        issuers: Issuers,
        journal: Journal,
    ) -> None:
        self.application = application
        self.administrator = administrator
        self.accounts = accounts
        self.journal = journal
        self._tokens = TokenExchange(issuers=issuers, accounts=accounts.ids)
        self._installing = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) in OPEN:
            return self.application(environ, start_response)
        if is_token_exchange(environ):
            status, headers, body = exchange_response(self._tokens, environ)
            start_response(status, headers)
            return [body]
        try:
            refused = self._check(environ)
        except _RefusedError as error:
            status, headers, body = _answer(environ, error)
            start_response(status, headers)
            return [body]
        token = REFUSED.set(refused)
        try:
            return self.application(environ, start_response)
        finally:
            REFUSED.reset(token)

    def _check(self, environ: Environ) -> frozenset[str]:
        """Let a request through; the objects of a batch that are to be left alone.

        Raises:
            _RefusedError: it is not allowed.
        """
        signed = _signature(environ)
        self._install_administrator(signed.access_key_id)
        body = api_call.body_of(environ, signed.service)
        identity = self._identity(signed, environ, body)
        if environ["PATH_INFO"].startswith(PRIVATE):
            self._only_administrator(identity, environ["PATH_INFO"])
            return frozenset()
        return self._authorize(identity, signed, environ, body)

    def _install_administrator(self, access_key_id: str) -> None:
        """Create the administrator whose key this is, again after moto's state was reset."""
        for account in self.accounts.ids():
            administrator = of_account(self.administrator, account)
            if administrator.access_key_id == access_key_id:
                with self._installing:
                    identities.install_administrator(administrator, account)

    def _identity(self, signed: Signature, environ: Environ, body: bytes | None) -> Identity:
        try:
            identity = identities.identity_of(signed.access_key_id)
        except UndecidableError as error:
            raise _RefusedError(DenialReason.DENIED, str(error)) from error
        if identity is None or identity.token != signed.token:
            raise _RefusedError(
                DenialReason.UNKNOWN_KEY,
                f"The security token included in the request is invalid: the embedded AWS has given out no access key "
                f"{signed.access_key_id} (`local env` of the command that started it prints the administrator's)",
            )
        if not signature.is_right(signed, identity.secret, environ, body):
            raise _RefusedError(
                DenialReason.WRONG_SIGNATURE,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method.",
            )
        if signed.has_expired:
            raise _RefusedError(DenialReason.DENIED, "Request has expired")
        if identity.expires is not None and datetime.now(UTC) > identity.expires.replace(tzinfo=UTC):
            raise _RefusedError(DenialReason.EXPIRED, "The security token included in the request is expired")
        return identity

    def _only_administrator(self, identity: Identity, path: str) -> None:
        administrators = (of_account(self.administrator, account) for account in self.accounts.ids())
        if identity.access_key_id not in {each.access_key_id for each in administrators}:
            raise _RefusedError(
                DenialReason.DENIED, f"{identity.principal.arn} may not call {path}: only an administrator may"
            )

    def _authorize(self, identity: Identity, signed: Signature, environ: Environ, body: bytes | None) -> frozenset[str]:
        try:
            call = api_call.read(environ, body, signed_for=signed.service, region=signed.region)
        except api_call.UnreadableRequestError as error:
            raise _RefusedError(DenialReason.UNREADABLE, str(error)) from error
        caller = identity.principal.account
        try:
            place, checks = _resources_of(call, AccountRegion(region=signed.region, account=caller, caller=caller))
            self._check_accounts(checks)
        except UndecidableError as error:
            whole = PermissionCheck(action=f"{call.prefix}:{call.operation}", resource="*")
            reason = f"because it cannot be decided: {error}"
            asked = Request(action=whole.action, resource=whole.resource)
            authorization_log.record(identity.principal, asked, Decision(allowed=False, reason=reason))
            self._refuse(identity, whole, reason)
            environ[_ACCOUNT] = caller
            return frozenset()
        # moto reads the account from this header, whoever sends it. An STS call acts in the account of its caller.
        environ[_ACCOUNT] = caller if call.service == "sts" else place.account
        context = request_keys(call, environ.get("REMOTE_ADDR", ""))
        refused: set[str] = set()
        for check in checks:
            decision = authorize(identity.principal, check, context, place, accounts=self.accounts.ids())
            if not decision.allowed and self._refuse(identity, check, decision.reason):
                refused.add(str(check.resource))
        return frozenset(refused)

    def _check_accounts(self, checks: Iterable[PermissionCheck]) -> None:
        """Refuse what names an account that does not exist: moto would create it.

        Raises:
            UndecidableError: a resource belongs to an unknown account.
        """
        known = self.accounts.ids()
        for check in checks:
            account = account_in(check.resource)
            if account and account not in known:
                raise UndecidableError(
                    f"account {account} does not exist in the embedded AWS, which has {', '.join(known)}"
                )

    def _refuse(self, identity: Identity, check: PermissionCheck, reason: str) -> bool:
        """Note a refusal; whether one object of a batch is to be left alone.

        Raises:
            _RefusedError: it ends the request, unless the session only records.
        """
        told = Refusal(
            session=identity.access_key_id,
            principal=identity.principal.arn,
            action=check.action,
            resource=check.resource or "*",
            reason=reason,
            enforced=not self.journal.is_recording(identity.access_key_id),
        )
        self.journal.add(told)
        log.warning("%s%s", "" if told.enforced else "recorded only: ", told.message)
        if told.enforced and check.partial is None:
            raise _RefusedError(DenialReason.DENIED, told.message)
        return told.enforced


def _resources_of(call: api_call.Call, place: AccountRegion) -> tuple[AccountRegion, list[PermissionCheck]]:
    """Where the resources of a call are, and what the call needs; they may belong to another account than the caller.

    Raises:
        UndecidableError: as `required_permissions`.
    """
    if call.service == "s3" and call.operation != "CreateBucket":
        place = replace(place, account=s3.owner_of(call.parameters.get("Bucket", "")) or place.account)
    checks = required_permissions(call, place)
    owner = account_in(checks[0].resource) if checks else ""
    if owner and owner != place.account:
        place = replace(place, account=owner)
        checks = required_permissions(call, place)
    return place, checks


def _signature(environ: Environ) -> Signature:
    try:
        signed = signature.read(environ)
    except signature.UnreadableSignatureError as error:
        raise _RefusedError(DenialReason.UNREADABLE, str(error)) from error
    if signed is None:
        raise _RefusedError(DenialReason.UNSIGNED, "Request is missing Authentication Token")
    return signed


def _answer(environ: Environ, error: _RefusedError) -> tuple[str, list[tuple[str, str]], bytes]:
    from embedded_aws.error_middleware import recognise

    shape = recognise(environ)
    target = bool(environ.get("HTTP_X_AMZ_TARGET"))
    return refusal(shape.service, xml=shape.xml, target=target, reason=error.reason, message=error.message)
