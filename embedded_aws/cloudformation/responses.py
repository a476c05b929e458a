"""The HTTP layer: CloudFormation's requests, answered by our engine in place of moto's CloudFormation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from botocore.model import OperationNotFoundError
from moto.cloudformation.exceptions import CloudFormationError as MotoError
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.responses import ActionResult, BaseResponse

from embedded_aws.cloudformation.actions import ACTIONS
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError

LOG = logging.getLogger(__name__)

# moto warns of codes that the service's model does not list; these two are common to all services:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
COMMON_ERROR_CODES.extend(("InvalidAction", "InternalFailure"))


class Engines:
    """One engine for each account and region, made when it is first asked for."""

    def __init__(self, make: Callable[[str, str], Engine]) -> None:
        self._make = make
        self._made: dict[tuple[str, str], Engine] = {}
        self._lock = threading.Lock()

    def of(self, account: str, region: str) -> Engine:
        """The engine of an account and region."""
        with self._lock:
            if (account, region) not in self._made:
                self._made[account, region] = self._make(account, region)
            return self._made[account, region]

    def reset(self) -> None:
        """Forget all stacks."""
        with self._lock:
            self._made.clear()


class CloudFormationResponse(BaseResponse):  # type: ignore[misc]
    """Answers every request of the service; moto parses the request and writes the answer by botocore's model.

    Nothing ends in a status 500: the CLI would read the page as XML and try again for 45 s.
    """

    engines: ClassVar[Engines | None] = None

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")

    def call_action(self) -> tuple[int, dict[str, Any], Any]:
        try:
            result: Any = self._answer()
        except CloudFormationError as error:
            result = MotoError(error.code, error.message)
        except Exception as error:
            LOG.exception("CloudFormation's %s failed", self._get_action())
            result = MotoError(
                "InternalFailure",
                f"The embedded AWS failed: {type(error).__name__}: {error} (its log has the details)",
            )
        status, headers, body = self.serialized(ActionResult(result))
        headers, body = self._enrich_response(headers, body)
        return status, headers, body

    def _answer(self) -> Mapping[str, Any] | None:
        name = self._get_action()
        if name not in ACTIONS:
            raise CloudFormationError(f"The embedded AWS has no CloudFormation action {name}.", code="InvalidAction")
        try:
            self.parse_parameters(self.normalized_request)
        except OperationNotFoundError as error:
            raise CloudFormationError(f"CloudFormation has no action {name}.", code="InvalidAction") from error
        if self.engines is None:
            raise CloudFormationError("The embedded AWS's CloudFormation is not installed.", code="InternalFailure")
        return ACTIONS[name](self.engines.of(self.current_account, self.region), self.params)
