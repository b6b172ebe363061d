"""Words that stand on a streamer's list, and on the site's."""

from __future__ import annotations

from typing import Any

from chat import services
from chat.models import FilteredWord
from chat.services import words
from rooms.models import Room


def forbid(room: Room, text: str, treatment: str = "hide", **more: Any) -> FilteredWord:
    return services.add_word(
        room=room, actor_id=room.owner.pk, text=text, treatment=treatment, **more
    )


def forbid_everywhere(text: str, treatment: str = "hide", seconds: int = 0) -> None:
    site = words.site_list()
    pattern = words.pattern_of(text)
    site.words.create(text=text, key=pattern.key, treatment=treatment, seconds=seconds)
    words.renew(site)
