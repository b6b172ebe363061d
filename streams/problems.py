"""What can be wrong with a stream, told to the streamer in words that name the OBS setting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

# The codes come from the relay's inspector, which looks at the stream itself.
PROBLEMS: dict[str, Promise] = {
    "no-video": _(
        "No video arrives, only sound. In OBS: add a source under “Sources” and check that "
        "its eye is not crossed out."
    ),
    "unsupported-video": _(
        "Browsers cannot play this video format here; it must be H.264. In OBS: Settings → Output "
        "→ Streaming → Video Encoder, choose “x264” or a hardware encoder that says H.264, and "
        "start the stream again."
    ),
    "no-audio": _(
        "No sound arrives. In OBS: Settings → Audio → choose a device under “Desktop Audio” or "
        "“Mic/Auxiliary Audio”."
    ),
    "unsupported-audio": _(
        "Browsers cannot play this sound format here; it must be AAC. In OBS: Settings → Output → "
        "Streaming → Audio Encoder, choose “AAC”, and start the stream again."
    ),
    "long-keyframe-interval": _(
        "Keyframes are more than 10 seconds apart, so viewers wait long for their first picture. "
        "In OBS: Settings → Output → Output Mode “Advanced” → Streaming → Keyframe Interval, "
        "enter 2 s, and start the stream again."
    ),
}


class Refusal(TextChoices):
    """Why an encoder was sent away. Outside it is always the same 403; the owner sees this."""

    WRONG_KEY = "wrong-key", _("Nobody has this stream key.")
    TOO_MANY_GUESSES = "too-many-guesses", _("Too many wrong stream keys came from this address.")
    MALFORMED = "malformed", _("The encoder's request makes no sense.")
    INACTIVE = "inactive", _("This account is not active. Ask the people who run the site.")
    ROOM_ENDED_RECENTLY = (
        "room-ended-recently",
        _(
            "Your stream has just been ended, so the encoder may not start the next one by itself. "
            "Stop streaming in OBS, or open a new room first."
        ),
    )


def in_languages(text: str | Promise) -> dict[str, str]:
    """Return `text` by language: an event goes to readers whose language we do not know."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = str(text)
    return found


def told(codes: Iterable[str]) -> list[dict[str, Any]]:
    """Return problems as pages and events carry them; codes without a sentence are left out."""
    return [
        {"code": code, "messages": in_languages(PROBLEMS[code])}
        for code in codes
        if code in PROBLEMS
    ]
