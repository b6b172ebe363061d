"""Who keeps order in a streamer's rooms beside the streamer. The app above that appoints them answers."""

from __future__ import annotations

from collections.abc import Callable

Finder = Callable[[int, int], bool]

_finders: list[Finder] = []


def finds_moderators(finder: Finder) -> None:
    """Let `finder` say whether somebody (the second id) moderates a streamer's rooms. For AppConfig.ready."""
    _finders.append(finder)


def is_moderator(owner_id: int, user_id: int) -> bool:
    """Whether this person moderates the rooms of this streamer."""
    return any(finder(owner_id, user_id) for finder in _finders)
