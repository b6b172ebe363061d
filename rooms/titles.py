"""What a room is called when nobody says."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.translation import gettext, override


def title_by_itself(name: str) -> str:
    """Return the title of a stream of somebody of this name, in the site's language."""
    with override(settings.LANGUAGE_CODE):
        return gettext("Stream of %(name)s") % {"name": name}


def is_by_itself(title: str) -> bool:
    """Whether the title is one that rooms get by themselves, whatever the name in it."""
    return any(pattern.fullmatch(title) for pattern in _patterns())


def _patterns() -> list[re.Pattern[str]]:
    """Return what such titles look like in each language: the site's may have been another one."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            parts = gettext("Stream of %(name)s").split("%(name)s")
        found.append(re.compile(".+".join(map(re.escape, parts))))
    return found
