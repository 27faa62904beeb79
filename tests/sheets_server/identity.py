"""Who asks: service accounts, their tokens, and what they may do.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.types import Options

from tests.sheets_server.discovery import Method
from tests.sheets_server.errors import BAD_CREDENTIALS, ERROR_INFO, HELP, ApiError

PROJECT = "123456789012"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 3600
# google-auth addresses its claims to this one, wherever it sends them.
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"
ANONYMOUS = "anonymous"
DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"
GOOGLE_SCOPE = "https://www.googleapis.com/auth/"
NO_CREDENTIALS = (
    "Method doesn't allow unregistered callers (callers without established identity). "
    "Please use API Key or other form of API consumer identity to call this API."
)
UNREASONABLE_TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
ENABLING = f"https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project={PROJECT}"
DISABLED = (
    f"Google Sheets API has not been used in project {PROJECT} before or it is disabled. "
    f"Enable it by visiting {ENABLING} then retry. "
    "If you enabled this API recently, "
    "wait a few minutes for the action to propagate to our systems and retry."
)
RPC = {
    "sheets.spreadsheets.get": "GetSpreadsheet",
    "sheets.spreadsheets.create": "CreateSpreadsheet",
    "sheets.spreadsheets.batchUpdate": "BatchUpdateSpreadsheet",
    "sheets.spreadsheets.sheets.copyTo": "CopySheetToAnotherSpreadsheet",
    "sheets.spreadsheets.values.get": "GetValues",
    "sheets.spreadsheets.values.update": "UpdateValues",
    "sheets.spreadsheets.values.append": "AppendValues",
    "sheets.spreadsheets.values.clear": "ClearValues",
    "sheets.spreadsheets.values.batchGet": "BatchGetValues",
    "sheets.spreadsheets.values.batchUpdate": "BatchUpdateValues",
    "sheets.spreadsheets.values.batchClear": "BatchClearValues",
}


class OAuthError(Exception):
    """What the token endpoint refuses; ``error`` is its name in OAuth."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@dataclass
class Token:
    """What an access token stands for."""

    user: str
    scopes: frozenset[str]
    expires: float


@dataclass
class Identities:
    """The accounts, and the tokens that were given to them. ``clock`` says when a token has expired."""

    clock: Callable[[], float]
    roles: dict[str, str | None] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def key(self, email: str, token_uri: str) -> dict[str, str]:
        """Return the key of a service account, as the JSON file that Google gives out once."""
        private = _key(email).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": "loopback",
            "private_key_id": "1",
            "private_key": private.decode(),
            "client_email": email,
            "client_id": PROJECT,
            "token_uri": token_uri,
        }

    def grant(self, form: dict[str, str], token_uri: str) -> dict[str, Any]:
        """Return a token for a signed claim; raises OAuthError if the claim does not hold."""
        if form.get("grant_type") != JWT_BEARER:
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claim = self._claim(form.get("assertion", ""), token_uri)
        scopes = frozenset(str(claim.get("scope", "")).split())
        if not scopes:
            raise OAuthError("invalid_scope", "Empty or missing scope not allowed.")
        if not all(scope.startswith(GOOGLE_SCOPE) for scope in scopes):
            raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = "ya29." + secrets.token_urlsafe(24)
        self.tokens[token] = Token(claim["iss"], scopes, self.clock() + TOKEN_SECONDS)
        return {"access_token": token, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"}

    def _claim(self, assertion: str, token_uri: str) -> dict[str, Any]:
        unchecked: Options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
        try:
            email = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
            if email not in self.roles:
                raise OAuthError("invalid_grant", "Invalid grant: account not found")
            claim: dict[str, Any] = jwt.decode(
                assertion,
                _key(email).public_key(),
                algorithms=["RS256"],
                options=unchecked,
            )
        except jwt.InvalidSignatureError:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from None
        except jwt.InvalidTokenError:
            raise OAuthError("invalid_grant", "Bad Request") from None
        if claim.get("aud") not in (token_uri, GOOGLE_TOKEN_URI):
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
        # The client signs with its own clock, which is the machine's.
        now, issued, expires = time.time(), claim.get("iat", 0), claim.get("exp", 0)
        if not (issued - 300 <= now < expires <= issued + TOKEN_SECONDS):
            raise OAuthError("invalid_grant", UNREASONABLE_TIMES)
        return claim

    def of(self, authorization: str | None, anonymous: bool, method: Method) -> Token:
        """Return who sends a request with this header.

        Raises ApiError: 401 for a token that is none or has expired, 403 without a token or a scope.
        """
        if authorization is None:
            if anonymous:
                return Token(ANONYMOUS, method.scopes, self.clock())
            raise ApiError(403, NO_CREDENTIALS)
        token = self.tokens.get(authorization.removeprefix("Bearer "))
        if token is None or token.expires <= self.clock():
            reason = "ACCESS_TOKEN_EXPIRED" if token else "ACCESS_TOKEN_TYPE_UNSUPPORTED"
            raise ApiError(401, BAD_CREDENTIALS, details=[_info(reason, method)])
        if not token.scopes & method.scopes:
            message = "Request had insufficient authentication scopes."
            raise ApiError(403, message, details=[_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", method)])
        return token


def disabled() -> ApiError:
    """Return the answer of a project that has not enabled the API."""
    link = {"description": "Google developers console API activation", "url": ENABLING}
    metadata = {"service": "sheets.googleapis.com", "consumer": f"projects/{PROJECT}"}
    info = {"@type": ERROR_INFO, "reason": "SERVICE_DISABLED", "domain": "googleapis.com"}
    return ApiError(403, DISABLED, details=[{"@type": HELP, "links": [link]}, info | {"metadata": metadata}])


def _info(reason: str, method: Method) -> dict[str, Any]:
    rpc = f"google.apps.sheets.v4.SpreadsheetsService.{RPC.get(method.api_id, method.api_id)}"
    metadata = {"service": "sheets.googleapis.com", "method": rpc}
    return {"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com", "metadata": metadata}


@cache
def _key(_email: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
