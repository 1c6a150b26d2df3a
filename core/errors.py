"""The error tree. Every error a person can meet knows its HTTP status and says what to do next.

WorkbenchError                      500
├── BadInput                        422   one record or one argument is wrong
├── MalformedBody                   400   the body as a whole cannot be read
├── BodyTooLarge                    413
├── UnsupportedBody                 415   another content type or encoding than the door takes
├── NotAuthenticated                401   no token, a bad one, an expired one
├── NotAllowed                      403   a good token without the needed scope
├── NotFound                        404
├── Conflict                        409   same key, other content
├── TooManyRequests                 429   one sender asks more often than is allowed
├── Unavailable                     503   try again later
│   ├── Overloaded                  503
│   └── MartsNotPublished           503
├── StorageFull                     507
└── CannotStart                           set-up is wrong; the process ends with exit code 78
"""

from __future__ import annotations


class WorkbenchError(Exception):
    """Base of all errors that are shown to people; `str(error)` is the sentence they read."""

    status = 500
    title = "Internal error"
    retry_after_seconds: int | None = None


class BadInput(WorkbenchError):
    status = 422
    title = "Input is not valid"


class MalformedBody(WorkbenchError):
    status = 400
    title = "Body cannot be read"


class BodyTooLarge(WorkbenchError):
    status = 413
    title = "Body is too large"


class UnsupportedBody(WorkbenchError):
    status = 415
    title = "Content type is not supported"


class NotAuthenticated(WorkbenchError):
    status = 401
    title = "Not authenticated"


class NotAllowed(WorkbenchError):
    status = 403
    title = "Not allowed"


class NotFound(WorkbenchError):
    status = 404
    title = "Not found"


class Conflict(WorkbenchError):
    status = 409
    title = "Conflict"


class TooManyRequests(WorkbenchError):
    status = 429
    title = "Too many requests"
    retry_after_seconds = 1


class Unavailable(WorkbenchError):
    status = 503
    title = "Not available right now"
    retry_after_seconds = 5


class Overloaded(Unavailable):
    title = "Too many requests are waiting"
    retry_after_seconds = 1


class MartsNotPublished(Unavailable):
    title = "No marts are published yet"


class StorageFull(WorkbenchError):
    status = 507
    title = "Disk is full"
    retry_after_seconds = 60


class CannotStart(WorkbenchError):
    """Raised before a process serves anything; the command line prints it as one line."""

    title = "Cannot start"
    exit_code = 78  # EX_CONFIG of sysexits.h
