"""Sentences in the reader's language, from the site's own translations."""

from __future__ import annotations

import gettext

from streair import env

LANGUAGES = ("vi", "en")
_texts = {
    language: gettext.translation(
        "django", env.BASE_DIR / "streair/locale", languages=[language], fallback=True
    )
    for language in LANGUAGES
}


def translated(sentence: str, accept_language: str) -> str:
    """Return `sentence` in the first of our languages that is asked for; in Vietnamese when none is."""
    wanted = (part.partition(";")[0].strip().lower()[:2] for part in accept_language.split(","))
    found = next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])
    return _texts[found].gettext(sentence)
