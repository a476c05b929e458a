"""AssumeRoleWithWebIdentity: the token of an OpenID Connect issuer in exchange for a session of a role."""

from embedded_aws.iam.web_identity.exchange import TokenExchange
from embedded_aws.iam.web_identity.requests import exchange_response, is_token_exchange

__all__ = ["TokenExchange", "exchange_response", "is_token_exchange"]
