"""Why an edge sends somebody away, in their language: the same shape, codes and sentences as the site's."""

from __future__ import annotations

import json
from dataclasses import dataclass

from streams.outpost.texts import translated


def _(text: str) -> str:
    """Mark `text` for translators; it is looked up once somebody is to read it."""
    return text


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no stream."""

    status: int
    code: str
    sentence: str
    retry_after: int | None = None

    def body(self, accept_language: str) -> bytes:
        """Return it as JSON (DESIGN.md 4.1)."""
        error: dict[str, object] = {
            "code": self.code,
            "message": translated(self.sentence, accept_language),
        }
        if self.retry_after is not None:
            error["retryAfter"] = self.retry_after
        return json.dumps(error, ensure_ascii=False).encode()


NO_SUCH_ROOM = Refusal(404, "room-not-found", _("There is no such room."))
WRONG_METHOD = Refusal(405, "method-not-allowed", _("Only GET and HEAD are allowed here."))
BAD_TICKET = Refusal(403, "bad-ticket", _("Please open the stream from its page."))
RESTARTING = Refusal(503, "restarting", _("The server is restarting."), retry_after=2)
FULL = Refusal(
    503, "edge-full", _("This server has as many viewers as it can take."), retry_after=5
)
ALL = (NO_SUCH_ROOM, WRONG_METHOD, BAD_TICKET, RESTARTING, FULL)
