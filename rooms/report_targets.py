"""What can be reported. Apps above add their own kinds when they are ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.selectors import person
from rooms import selectors
from rooms.models import ReportKind
from streair.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is reported: its public id, what it is called or says, the room it is in."""

    id: str
    text: str
    room_pk: int | None = None


Finder = Callable[[str], Target]


def find_target(kind: str, target_id: str) -> Target:
    """Return what is meant, or raise NotFound."""
    finder = _finders.get(kind)
    if finder is None:
        raise NotFound(_("There is nothing of this kind."), code="report-target-not-found")
    return finder(target_id)


def finds_targets(kind: ReportKind, finder: Finder) -> None:
    """Let `finder` look for what is reported as `kind`; it raises NotFound. For AppConfig.ready."""
    _finders[kind] = finder


def _room(room_id: str) -> Target:
    room = selectors.room_for_viewer(room_id)
    return Target(room.room_id, room.title, room.pk)


def _user(username: str) -> Target:
    user = person(username)
    return Target(user.username, user.shown_name)


_finders: dict[str, Finder] = {ReportKind.ROOM: _room, ReportKind.USER: _user}
