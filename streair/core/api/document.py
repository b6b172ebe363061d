"""The OpenAPI document: what it says besides the endpoints."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from streair.core.api.examples import add_examples
from streair.core.codes import CODES

Schema = dict[str, Any]

DESCRIPTION = """
Everything that the pages of this site do, for apps and bots. [Start here](/api/docs/api.md).

- **Signing in**: `Authorization: Bearer <token>`, with a token of `POST /api/auth/login` or a personal
  access token (`sa_…`) from your account page. Pages of this site use their session cookie instead; then every
  request but GET also needs the header `X-CSRFToken`.
- **Errors** have one shape (`Error`). `code` is for programs and never changes its meaning; `message` is for people, in
  the language of `Accept-Language` (`vi`, `en`; Vietnamese by default).
- **Limits**: every answer says in `RateLimit-*` how much of your share is left. Who is over it gets 429 with `Retry-After`.
- **Lists** are JSON arrays. The address of the next page is in `Link: <…>; rel="next"`; on the last page there is none.
- **Names** are in camelCase, times in ISO 8601, UTC. Fields that you do not know are to be passed over: more may come.
- **Events** come over the WebSocket at `/ws/`: who is live, how many watch, chat. Sign in there with the subprotocols
  `streair` and `bearer.<token>`. Read [its protocol](/api/docs/protocol.md).
"""

TAGS = [
    {"name": "auth", "description": "Registering, signing in and out, tokens."},
    {"name": "account", "description": "Your own account."},
    {"name": "users", "description": "People, as everybody sees them."},
    {"name": "rooms", "description": "Broadcast events: opening, finding, changing, ending them."},
    {"name": "chat", "description": "What is said in a room, and who keeps it civil."},
    {"name": "streams", "description": "Stream keys, and the picture itself."},
    {"name": "reports", "description": "Telling the site's keepers that something is wrong."},
    {"name": "site", "description": "This site."},
]

_ERROR: Schema = {
    "type": "object",
    "description": "What every answer from 400 on looks like.",
    "properties": {
        "code": {
            "type": "string",
            "pattern": "^[a-z]+(-[a-z]+)*$",
            "description": "For programs; never changes its meaning.",
        },
        "message": {
            "type": "string",
            "minLength": 1,
            "description": "For people, in their language.",
        },
        "errors": {
            "type": "object",
            "description": "Sentences by the path of their field, as in `links.0.url`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        },
        "retryAfter": {
            "type": "integer",
            "minimum": 0,
            "description": "Seconds to wait, as in `Retry-After`.",
        },
        "requestId": {
            "type": "string",
            "description": "With 500: what to tell the site's keepers.",
        },
    },
    "required": ["code", "message"],
    "examples": [
        {
            "code": "invalid",
            "message": "This cannot be saved as it is.",
            "errors": {"title": ["Give the stream a title."]},
        }
    ],
}

_NUMBER: Schema = {"type": "integer", "minimum": 0}
_HEADERS: Schema = {
    "X-Request-ID": {
        "description": "The number of this request in our log.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Your share: `<requests>;w=<seconds>`.",
        "schema": {"type": "string", "pattern": r"^\d+;w=\d+$"},
    },
    "RateLimit-Limit": {"description": "Requests in a window.", "schema": _NUMBER},
    "RateLimit-Remaining": {"description": "Requests that are left of them.", "schema": _NUMBER},
    "RateLimit-Reset": {"description": "Seconds until the next window.", "schema": _NUMBER},
    "Retry-After": {"description": "Seconds to wait before you try again.", "schema": _NUMBER},
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
    "Link": {
        "description": 'The next page, `<…>; rel="next"`; missing on the last one.',
        "schema": {"type": "string"},
    },
}

_SECURITY: Schema = {
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` of signing in, or a personal access token.",
    },
    "cookieAuth": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The session of the site's own pages. All but GET need `X-CSRFToken` as well.",
    },
}


def finish(result: Schema, **_of_drf_spectacular: Any) -> Schema:
    """Add what no endpoint says by itself: the error, headers, ways to sign in, the list of codes."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = _ERROR
    components["schemas"] = dict(sorted(components["schemas"].items()))
    add_examples(components["schemas"])
    components["headers"] = _HEADERS
    components["securitySchemes"] = _SECURITY
    result["tags"] = TAGS
    # Folded: who comes to read is not after some fifty codes.
    codes = f"<details><summary>Error codes</summary>\n\n{code_table()}\n\n</details>"
    result["info"]["description"] = f"{DESCRIPTION.strip()}\n\n{codes}"
    return result


def code_table() -> str:
    """Return the list of error codes as Markdown."""
    rows = [f"| `{code}` | {status} | {meaning} |" for code, (status, meaning) in CODES.items()]
    return "\n".join(["| code | status | |", "|---|---|---|", *rows])
