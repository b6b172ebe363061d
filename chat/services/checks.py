"""Whether somebody may do what they are about to do in a room, and the log of what they did."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from chat import selectors
from chat.models import Action, Deed
from chat.permissions import Standing, can_appoint
from rooms.models import Room
from streair.core.errors import NotAllowed, NotFound
from streair.core.ratelimit import Limit, spend

# Of what cannot be undone; a script that got hold of a moderator's session does not empty a chat at once.
REMOVALS = Limit("chat-removals", 30, 10)


def check_moderates(room: Room, actor_id: int) -> Standing:
    actor = selectors.standings(room.owner_id, [actor_id]).get(actor_id)
    if actor is None or not actor.can_moderate:
        raise NotAllowed(_("Only who keeps order here may do this."))
    return actor


def check_outranks(room: Room, actor_id: int, user_id: int) -> None:
    actor = check_moderates(room, actor_id)
    if not actor.outranks(check_exists(room, user_id)):
        raise NotAllowed(_("You may not act on somebody who stands as high as you do."))


def check_appoints(room: Room, actor_id: int) -> None:
    if not can_appoint(check_moderates(room, actor_id)):
        raise NotAllowed(_("Only the streamer may do this."))


def check_exists(room: Room, user_id: int) -> Standing:
    target = selectors.standings(room.owner_id, [user_id]).get(user_id)
    if target is None:
        raise NotFound(_("There is no such person."), code="person-not-found")
    return target


def count_removal(actor_id: int) -> None:
    """Raise TooFast when somebody bans, clears and deletes faster than a human does."""
    spend(REMOVALS, str(actor_id))


def log(
    room: Room, actor_id: int, action: Action, target_id: int | None = None, **details: Any
) -> None:
    Deed.objects.create(
        owner_id=room.owner_id,
        room=room,
        actor_id=actor_id,
        target_id=target_id,
        action=action,
        details={name: value for name, value in details.items() if value not in (None, "")},
    )
