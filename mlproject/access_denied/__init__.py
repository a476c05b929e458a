"""Explain messages about denied requests: the role, the missing statement, its stack and the key that grants it."""

from mlproject.access_denied.evaluation import Match
from mlproject.access_denied.explanation import Explanation, Verdict, explain_denial
from mlproject.access_denied.incomplete import explain_incomplete
from mlproject.access_denied.keyed_grants import RoleContext
from mlproject.access_denied.message import Denial, parse_denials
from mlproject.access_denied.roles import ProjectRole, find_role
from mlproject.access_denied.template import RoleTemplate

__all__ = [
    "Denial",
    "Explanation",
    "Match",
    "ProjectRole",
    "RoleContext",
    "RoleTemplate",
    "Verdict",
    "explain_denial",
    "explain_incomplete",
    "find_role",
    "parse_denials",
]
