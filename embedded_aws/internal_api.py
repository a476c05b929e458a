"""The calls that our own parts make to the embedded AWS and that no AWS has: `/_embedded/...`, in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from embedded_aws.accounts import Accounts
from embedded_aws.error_middleware import Application, Environ, StartResponse
from embedded_aws.iam import Journal
from embedded_aws.iam.role_simulation import AccessQuery, RoleNotFoundError, simulate_role
from embedded_aws.job_runs import InvalidJobRunError, UnknownJobRunError, record_job_run
from embedded_aws.moto_additions import moto_additions
from embedded_aws.pipeline_executions import (
    InvalidPipelineExecutionError,
    UnknownPipelineExecutionError,
    record_pipeline_execution,
)
from embedded_aws.service_credentials import (
    RoleNotTrustedError,
    assume_for_service,
)

PREFIX = "/_embedded/"

Answer = tuple[HTTPStatus, Any]


class InternalApi:
    """Answers the internal calls and hands on everything else.

    Args:
        application: what comes behind.
        folder: the server's own, told by `health`.
        journal: what the guard refused.
    """

    def __init__(self, application: Application, *, folder: Path, journal: Journal) -> None:
        self.application = application
        self.folder = folder
        self.accounts = Accounts(folder)
        self.journal = journal
        self.calls: dict[tuple[str, str], Callable[[Mapping[str, Any]], Answer]] = {
            ("GET", "health"): self._health,
            ("GET", "moto-additions"): self._moto_additions,
            ("GET", "refusals"): self._refusals,
            ("POST", "permissions"): self._permissions,
            ("POST", "service-credentials"): self._service_credentials,
            ("PUT", "job-runs"): self._job_runs,
            ("PUT", "pipeline-executions"): self._pipeline_executions,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX):
            return self.application(environ, start_response)
        call = self.calls.get((environ["REQUEST_METHOD"], path.removeprefix(PREFIX)))
        if call is None:
            known = ", ".join(f"{method} {PREFIX}{name}" for method, name in self.calls)
            return _reply(start_response, _refusal(HTTPStatus.NOT_FOUND, f"no such internal call; there are: {known}"))
        try:
            return _reply(start_response, call(_query(environ) | _body(environ)))
        except _BadRequestError as error:
            return _reply(start_response, _refusal(HTTPStatus.BAD_REQUEST, str(error)))

    def _health(self, _: Mapping[str, Any]) -> Answer:
        return HTTPStatus.OK, {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "moto": version("moto"),
        }

    def _moto_additions(self, _: Mapping[str, Any]) -> Answer:
        return HTTPStatus.OK, [asdict(each) for each in moto_additions()]

    def _service_credentials(self, request: Mapping[str, Any]) -> Answer:
        """Credentials of a role for a service; in mode `record` their calls go through and refusals are only kept."""
        role, service, region = _required(request, "role_arn", "service", "region")
        mode = request.get("mode", "enforce")
        if mode not in {"enforce", "record"}:
            raise _BadRequestError(f"the mode is enforce or record, not {mode!r}")
        try:
            credentials = assume_for_service(
                _account_of(role), region, role, service, source_arn=request.get("source_arn")
            )
        except RoleNotFoundError as error:
            return _refusal(HTTPStatus.NOT_FOUND, str(error))
        except RoleNotTrustedError as error:
            return _refusal(HTTPStatus.FORBIDDEN, str(error))
        if mode == "record":
            self.journal.record(credentials["AccessKeyId"])
        return HTTPStatus.OK, credentials

    def _permissions(self, request: Mapping[str, Any]) -> Answer:
        """Whether a role may do what nobody does here, such as the calls of SageMaker itself."""
        role, region = _required(request, "role_arn", "region")
        try:
            queries = [AccessQuery.read(each) for each in request.get("requests", ())]
            decisions = simulate_role(_account_of(role), region, role, queries, accounts=self.accounts.ids())
        except RoleNotFoundError as error:
            return _refusal(HTTPStatus.NOT_FOUND, str(error))
        except ValueError as error:
            raise _BadRequestError(str(error)) from error
        return HTTPStatus.OK, [asdict(each) for each in decisions]

    def _refusals(self, request: Mapping[str, Any]) -> Answer:
        """What was refused, of one session (its access key id) or of all, oldest first."""
        refusals = self.journal.of(request.get("session"))
        return HTTPStatus.OK, [{**asdict(each), "message": each.message} for each in refusals]

    def _pipeline_executions(self, request: Mapping[str, Any]) -> Answer:
        (region,) = _required(request, "region")
        try:
            record_pipeline_execution(region, request)
        except UnknownPipelineExecutionError as error:
            return _refusal(HTTPStatus.NOT_FOUND, str(error))
        except InvalidPipelineExecutionError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        return HTTPStatus.NO_CONTENT, None

    def _job_runs(self, request: Mapping[str, Any]) -> Answer:
        arn, state = _required(request, "arn", "state")
        try:
            record_job_run(arn, state, details=str(request.get("details", "")))
        except UnknownJobRunError as error:
            return _refusal(HTTPStatus.NOT_FOUND, str(error))
        except InvalidJobRunError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        return HTTPStatus.NO_CONTENT, None


class _BadRequestError(ValueError):
    """The body of a call is not what the call takes."""


def _query(environ: Environ) -> dict[str, Any]:
    return dict(parse_qsl(environ.get("QUERY_STRING", "")))


def _body(environ: Environ) -> dict[str, Any]:
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        body = json.loads(content or b"{}")
    except ValueError as error:
        raise _BadRequestError(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise _BadRequestError("the body is no JSON object")
    return body


def _required(request: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    wrong = [name for name in names if not isinstance(request.get(name), str)]
    if wrong:
        raise _BadRequestError(f"the body needs a text for {', '.join(wrong)}")
    return tuple(request[name] for name in names)


def _account_of(arn: str) -> str:
    """The account in an ARN.

    Raises:
        _BadRequestError: the text is not an ARN.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        raise _BadRequestError(f"{arn} is not an ARN")
    return parts[4]


def _refusal(status: HTTPStatus, message: str) -> Answer:
    return status, {"message": message}


def _reply(start_response: StartResponse, answer: Answer) -> list[bytes]:
    status, value = answer
    body = b"" if value is None else json.dumps(value).encode()
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
    return [body]
