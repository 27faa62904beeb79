"""What the server refuses a request with."""

from __future__ import annotations

from typing import Any

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
BAD_CREDENTIALS = (
    "Request had invalid authentication credentials. "
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
NO_PERMISSION = "The caller does not have permission"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
HELP = "type.googleapis.com/google.rpc.Help"
PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
LAST_SHEET = "You can't remove all the sheets in a document."
LAST_VISIBLE = "You can't remove all the visible sheets in a document."
TOO_MANY_CELLS = (
    "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
)


class ApiError(Exception):
    """An answer that is an error: its HTTP status, its message, and what Google adds for programs."""

    def __init__(
        self, code: int, message: str, *, status: str = "", details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUSES[code]
        self.details = details

    def within(self, part: str) -> ApiError:
        """Return the error as a batch answers it, which names the part at fault."""
        message = f"Invalid {part}: {self.message}"
        return ApiError(self.code, message, status=self.status, details=self.details)

    @property
    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        error = {"code": self.code, "message": self.message, "status": self.status}
        return {"error": error | ({"details": self.details} if self.details else {})}


class NotModelled(Exception):
    """The request is none that this server understands; its text is the request's name."""


class HtmlPage(Exception):
    """An answer of Google's front end, which is a page for people; ``code`` is its HTTP status."""

    def __init__(self, code: int, title: str) -> None:
        super().__init__(title)
        self.code = code
        self.title = title

    @property
    def body(self) -> bytes:
        """The page."""
        return (
            "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n"
            '  <meta name=viewport content="initial-scale=1, minimum-scale=1, width=device-width">\n'
            f"  <title>Error {self.code} ({self.title})!!1</title>\n"
            f"  <p><b>{self.code}.</b> <ins>That&rsquo;s an error.</ins>\n"
        ).encode()
