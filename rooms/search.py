"""What a room is found by: one folded text, the same on every database. Pure."""

from __future__ import annotations

from rooms.models import Room
from streair.core.texts import folded

LONGEST_QUERY = 100
MOST_WORDS = 8


def search_key_of(room: Room) -> str:
    """Return the text that searches for `room` look into: its title, owner, category and tags."""
    category = room.category
    names = [category.name_vi, category.name_en] if category else []
    texts = [room.title, room.owner.username, room.owner.display_name, *names]
    # "#" marks tags and nothing else, so that nobody gets under a tag by their title.
    plain = folded(" ".join(texts)).replace("#", " ")
    return " ".join([plain, *(tag_mark(tag) for tag in room.tags)])


def tag_mark(tag: str) -> str:
    """Return how a tag stands in the search key."""
    return f"#{folded(tag)}#"


def words_of(query: str) -> list[str]:
    """Return the words that a room must have to be found by `query`, the first eight."""
    return list(dict.fromkeys(folded(query).replace("#", " ").split()))[:MOST_WORDS]
