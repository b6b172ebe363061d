"""The errors that people see: a stable code, an HTTP status, a sentence in their language.

    StreAirError
    ├── Malformed            400  what was sent cannot even be read
    ├── SignInFirst          401  nobody is signed in
    ├── NotAllowed           403  somebody is, but may not do this
    ├── NotFound             404  there is no such thing, or it is none of their business
    ├── MethodNotAllowed     405  not with this method
    ├── TooSlow              408  it did not arrive in time
    ├── Conflict             409  it clashes with what is there
    ├── TooLarge             413  more than is taken
    ├── UnsupportedMediaType 415  not in this format
    ├── Invalid              422  what was sent cannot be used; `errors` names the fields
    ├── TooFast              429  wait for `retry_after` seconds
    ├── Broken               500  our fault
    └── Unavailable          503  a part of the site is down

Services raise them; they are turned into answers in exactly three places: `core.api` (JSON),
`core.pages` (HTML) and `core.realtime.consumer` (WebSocket frames).
"""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise


class StreAirError(Exception):
    """Something that went wrong in a way we can explain.

    `message` is a (lazily) translated sentence for people, `code` a kebab-case name for
    programs that never changes, `errors` lists of sentences by field name.
    """

    status: ClassVar[int] = 400
    # When to come again, unless it is said otherwise.
    retry_seconds: ClassVar[int | None] = None
    code: str = "bad-request"

    def __init__(
        self,
        message: str | Promise,
        *,
        code: str | None = None,
        errors: dict[str, list[str]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.errors = errors or {}
        self.retry_after = type(self).retry_seconds if retry_after is None else retry_after

    def __str__(self) -> str:
        return str(self.message)

    def as_dict(self) -> dict[str, object]:
        """Return the JSON shape that every edge answers with (DESIGN.md 4.1)."""
        body: dict[str, object] = {"code": self.code, "message": str(self.message)}
        if self.errors:
            body["errors"] = {_camel(name): found for name, found in self.errors.items()}
        if self.retry_after is not None:
            body["retryAfter"] = self.retry_after
        return body


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Malformed(StreAirError):
    """What was sent cannot even be read."""

    status = 400
    code = "malformed"


class MethodNotAllowed(StreAirError):
    """The address is right, the method is not."""

    status = 405
    code = "method-not-allowed"


class TooSlow(StreAirError):
    """It did not arrive in time."""

    status = 408
    code = "too-slow"


class TooLarge(StreAirError):
    """More than is taken."""

    status = 413
    code = "too-large"


class UnsupportedMediaType(StreAirError):
    """Not in a format that is taken."""

    status = 415
    code = "unsupported-media-type"


class Broken(StreAirError):
    """Our fault."""

    status = 500
    code = "internal-error"


class Invalid(StreAirError):
    """What was sent cannot be used."""

    status = 422
    code = "invalid"


class SignInFirst(StreAirError):
    """Nobody is signed in."""

    status = 401
    code = "sign-in-first"


class NotAllowed(StreAirError):
    """Somebody is signed in, but may not do this."""

    status = 403
    code = "not-allowed"


class NotFound(StreAirError):
    """There is no such thing."""

    status = 404
    code = "not-found"


class Conflict(StreAirError):
    """It clashes with what is there already."""

    status = 409
    code = "conflict"


class TooFast(StreAirError):
    """A limit was reached; `retry_after` seconds are left."""

    status = 429
    code = "too-fast"


class Unavailable(StreAirError):
    """A part of the site is down, for a moment as a rule."""

    status = 503
    code = "unavailable"
    retry_seconds = 5
