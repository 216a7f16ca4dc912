"""What can go wrong, each with the HTTP status and the problem type that follow.

    AppError
    ├── BadInput              400  a value that breaks a rule
    ├── NotSignedIn           401  no operator is signed in
    ├── NotAllowed            403  a rule of the opening, or another site's page
    │   └── NoPass            403  without a valid pass, or with another's
    ├── Unknown               404  nothing of that name
    ├── WrongMethod           405  the path is there, but not for this method
    ├── Conflict              409  the state of things says no
    ├── Gone                  410  it was there and is over
    ├── TooLarge              413  a body beyond the limit
    ├── WrongType             415  a body that is no JSON
    ├── TooManyRequests       429  come again later; `retry_after_s` says when
    ├── HeadersTooLarge       431  headers or cookies beyond the limit
    └── Unavailable           503  something it needs is away or full; `retry_after_s` says when
    SetupError                     the service cannot start; one line and exit code 2

A problem's type is ``/problems/<code>`` (RFC 9457), and `docs/reference/problems.md` has a heading for every code.
"""

from __future__ import annotations


class SetupError(Exception):
    """The service cannot start as it is told to; the text names value, rule and remedy."""


class AppError(Exception):
    """An answer that is no success.

    Attributes:
        status: The HTTP status.
        code: Last part of the problem's type, stable and in lower case with hyphens.
        title: The problem in a few words, the same for every one of its kind.
        detail: This case: value, rule, remedy. No personal data.
        retry_after_s: When it is worth to come again, for `Retry-After`.
    """

    status = 500
    code = "internal"
    title = "The service failed"

    def __init__(
        self, detail: str, *, code: str | None = None, title: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.title = title or self.title
        self.retry_after_s = retry_after_s


class BadInput(AppError):
    """400: a value that breaks a rule."""

    status, code, title = 400, "bad-input", "The request cannot be understood"


class NotSignedIn(AppError):
    """401: an operator's route without an operator."""

    status, code, title = 401, "not-signed-in", "Sign in first"


class NotAllowed(AppError):
    """403: a rule of the opening says no, or the request comes from another site."""

    status, code, title = 403, "not-allowed", "This is not allowed"


class NoPass(NotAllowed):
    """403: nobody passes the line without a pass of their own that is still valid."""

    code, title = "no-pass", "A valid pass is needed"


class Unknown(AppError):
    """404: nothing of that name."""

    status, code, title = 404, "unknown", "There is no such thing"


class WrongMethod(AppError):
    """405: the path is there, but not for this method; `allowed` are those it takes, for `Allow`."""

    status, code, title = 405, "wrong-method", "This method is not for this address"

    def __init__(self, detail: str, *, allowed: str = "GET, HEAD") -> None:
        super().__init__(detail)
        self.allowed = allowed


class Conflict(AppError):
    """409: the state of things says no; the code tells which."""

    status, code, title = 409, "conflict", "The state of things does not allow it"


class Gone(AppError):
    """410: it was there and is over."""

    status, code, title = 410, "gone", "This is over"


class TooLarge(AppError):
    """413: a body beyond the limit."""

    status, code, title = 413, "too-large", "The request is too large"


class WrongType(AppError):
    """415: a body that is no JSON."""

    status, code, title = 415, "wrong-type", "The request's body must be JSON"


class TooManyRequests(AppError):
    """429: come again later."""

    status, code, title = 429, "too-many-requests", "Too many requests"


class HeadersTooLarge(AppError):
    """431: headers or cookies beyond the limit."""

    status, code, title = 431, "headers-too-large", "The request's headers are too large"


class Unavailable(AppError):
    """503: something the service needs is away, or everything is full."""

    status, code, title = 503, "unavailable", "Not available at the moment"
