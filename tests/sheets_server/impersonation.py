"""How one service account gets the token of another.

google-auth finds this endpoint where ``google.auth.iam._IAM_ENDPOINT`` says, which a test has to replace.
https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from tests.sheets_server.errors import BAD_CREDENTIALS, ERROR_INFO, ApiError
from tests.sheets_server.identity import GOOGLE_SCOPE, TOKEN_SECONDS, Identities, Token

IAM_METHOD = "iamcredentials.projects.serviceAccounts.generateAccessToken"
ACCOUNT = "/v1/projects/-/serviceAccounts/"
PATH = re.compile(ACCOUNT + r"([^/]+):generateAccessToken")
SCOPES = {GOOGLE_SCOPE + "cloud-platform", GOOGLE_SCOPE + "iam"}
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."


@dataclass
class Impersonation:
    """``allowed``: pairs of accounts, the first of which is a Token Creator of the second."""

    identities: Identities
    allowed: set[tuple[str, str]] = field(default_factory=set)

    def target(self, path: str) -> str:
        """Return whose token a path asks for, or nothing."""
        found = PATH.fullmatch(path)
        return unquote(found[1]) if found else ""

    def grant(self, target: str, authorization: str | None, body: dict[str, Any]) -> dict[str, str]:
        """Return a token of ``target``; raises ApiError unless each of the chain may impersonate the next."""
        token = self.identities.tokens.get((authorization or "").removeprefix("Bearer "))
        if token is None or token.expires <= self.identities.clock():
            raise ApiError(401, BAD_CREDENTIALS)
        if not token.scopes & SCOPES:
            raise ApiError(403, "Request had insufficient authentication scopes.")
        delegates = [name.rpartition("/")[2] for name in body.get("delegates") or []]
        chain = [token.user, *delegates, target]
        if not all(pair in self.allowed for pair in pairwise(chain)):
            info = {"@type": ERROR_INFO, "reason": "IAM_PERMISSION_DENIED", "domain": "iam.googleapis.com"}
            raise ApiError(403, DENIED, details=[info])
        given = "ya29." + secrets.token_urlsafe(24)
        scopes = frozenset(body.get("scope", []))
        self.identities.tokens[given] = Token(target, scopes, self.identities.clock() + TOKEN_SECONDS)
        # The client compares this with its own clock, which is the machine's.
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + TOKEN_SECONDS))
        return {"accessToken": given, "expireTime": expires}
