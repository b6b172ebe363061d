"""Keeping order: who may write, who keeps order, and what the chat lets pass.

Nobody acts on an equal or higher. Every step is in the log, and told to those whom it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from chat import selectors
from chat.events import MessagesHidden
from chat.models import (
    Action,
    Chat,
    Deed,
    Message,
    MessageState,
    Moderator,
    Restriction,
    Scope,
)
from chat.services import held, temporary
from chat.services.checks import (
    check_appoints,
    check_exists,
    check_moderates,
    check_outranks,
    count_removal,
    log,
)
from chat.services.notices import publish_modes, publish_rights
from chat.services.writing import locked_chat
from rooms.models import Room
from streair.core.errors import Conflict, Invalid
from streair.core.realtime.events import publish

LONGEST_TIMEOUT_SECONDS = 14 * 24 * 3600
LONGEST_BAN_SECONDS = 10 * 365 * 24 * 3600
LONGEST_SLOW_SECONDS = 600
# What the panic button sets.
PANIC = {"slow_seconds": 30, "links_off": True, "emoji_only": False}
LONGEST_MINUTES = 90 * 24 * 60
_MODES = (
    *("slow_seconds", "links_off", "emoji_only", "followers_only", "followers_minutes"),
    *("verified_only", "account_age_minutes"),
)
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Modes:
    """What to change of a chat's modes; None stays as it is."""

    slow_seconds: int | None = None
    links_off: bool | None = None
    emoji_only: bool | None = None
    followers_only: bool | None = None
    followers_minutes: int | None = None
    verified_only: bool | None = None
    account_age_minutes: int | None = None
    # What is changed ends by itself after so long; None: it does not.
    for_seconds: int | None = None


@transaction.atomic
def time_out(
    *, room: Room, actor_id: int, user_id: int, seconds: int, reason: str = ""
) -> Restriction:
    """Keep somebody from writing for a while. What they said stays.

    Raises Conflict when they are banned for longer: a timeout would shorten that.
    """
    if not 1 <= seconds <= LONGEST_TIMEOUT_SECONDS:
        raise Invalid(_("A timeout is between a second and two weeks."), code="bad-duration")
    check_outranks(room, actor_id, user_id)
    if _is_banned(room, user_id, until=now() + timedelta(seconds=seconds)):
        raise Conflict(_("They are banned already."), code="banned-already")
    return _restrict(room, actor_id, user_id, Action.TIMED_OUT, seconds=seconds, reason=reason)


@transaction.atomic
def ban(
    *,
    room: Room,
    actor_id: int,
    user_id: int,
    scope: Scope = Scope.CHAT,
    seconds: int | None = None,
    reason: str = "",
) -> Restriction:
    """Keep somebody from writing (or watching) until they are forgiven, or for `seconds`.

    What they said in this room is hidden from everybody.
    """
    if seconds is not None and not 1 <= seconds <= LONGEST_BAN_SECONDS:
        raise Invalid(
            _("A ban is between a second and ten years, or for good."), code="bad-duration"
        )
    count_removal(actor_id)
    # Nobody writes meanwhile: nothing of theirs slips in between.
    locked_chat(room.room_id)
    check_outranks(room, actor_id, user_id)
    restriction = _restrict(
        room, actor_id, user_id, Action.BANNED, scope=scope, seconds=seconds, reason=reason
    )
    held.drop(user_id, owner_id=room.owner_id)
    last = selectors.last_id(room.pk)
    said = Message.objects.filter(room=room, author_id=user_id, state=MessageState.SHOWN)
    if said.update(state=MessageState.HIDDEN, removed=now(), removed_by_id=actor_id):
        hidden = MessagesHidden(room_id=room.room_id, user_id=user_id, last_message_id=last)
        publish(room.group, hidden)
    return restriction


@transaction.atomic
def forgive(*, room: Room, actor_id: int, user_id: int) -> bool:
    """Lift every ban and timeout of somebody; whether there was one."""
    check_outranks(room, actor_id, user_id)
    lifted, _by_model = Restriction.objects.filter(owner_id=room.owner_id, user_id=user_id).delete()
    if lifted:
        log(room, actor_id, Action.UNBANNED, user_id)
        publish_rights(room, user_id)
    return bool(lifted)


@transaction.atomic
def appoint(*, room: Room, actor_id: int, user_id: int) -> bool:
    """Make somebody a moderator of all rooms of this streamer; whether they were none before."""
    check_appoints(room, actor_id)
    check_exists(room, user_id)
    _moderator, is_new = Moderator.objects.get_or_create(owner_id=room.owner_id, user_id=user_id)
    if is_new:
        log(room, actor_id, Action.APPOINTED, user_id)
        publish_rights(room, user_id)
    return is_new


@transaction.atomic
def dismiss(*, room: Room, actor_id: int, user_id: int) -> bool:
    """Take a moderator's rights back; whether they had them. Everybody may dismiss themselves."""
    if actor_id != user_id:
        check_appoints(room, actor_id)
    gone, _by_model = Moderator.objects.filter(owner_id=room.owner_id, user_id=user_id).delete()
    if gone:
        log(room, actor_id, Action.DISMISSED, user_id)
        publish_rights(room, user_id)
    return bool(gone)


@transaction.atomic
def change_modes(*, room: Room, actor_id: int, modes: Modes) -> Chat:
    """Change what the chat lets pass, and tell its pages. During a panic that becomes the new calm."""
    if modes.slow_seconds is not None and not 0 <= modes.slow_seconds <= LONGEST_SLOW_SECONDS:
        raise Invalid(_("Slow mode is at most ten minutes."), code="bad-duration")
    for minutes in (modes.followers_minutes, modes.account_age_minutes):
        if minutes is not None and not 0 <= minutes <= LONGEST_MINUTES:
            raise Invalid(_("That is at most ninety days."), code="bad-duration")
    seconds = modes.for_seconds
    shortest, longest = temporary.SHORTEST_SECONDS, temporary.LONGEST_SECONDS
    if seconds is not None and not shortest <= seconds <= longest:
        raise Invalid(_("For a while is between a minute and a day."), code="bad-duration")
    check_moderates(room, actor_id)
    chat = locked_chat(room.room_id)
    before, until = _modes_of(chat), chat.temporary
    names = [name for name in _MODES if getattr(modes, name) is not None]
    for name in names:
        setattr(chat, name, getattr(modes, name))
    temporary.mark(chat, names, before=before, seconds=seconds, at=now())
    if chat.before_panic is not None:
        chat.before_panic |= {name: getattr(modes, name) for name in names}
    if before == _modes_of(chat) and until == chat.temporary:
        return chat
    chat.save(update_fields=[*_MODES, "before_panic", "temporary", "temporary_until"])
    log(
        room,
        actor_id,
        Action.CHANGED_MODES,
        before=before,
        after=_modes_of(chat),
        seconds=seconds,
    )
    publish_modes(chat)
    return chat


@transaction.atomic
def panic(*, room: Room, actor_id: int, is_on: bool) -> Chat:
    """Set strict modes at once, or bring back what held before. Twice is as good as once."""
    check_moderates(room, actor_id)
    chat = locked_chat(room.room_id)
    if is_on == (chat.before_panic is not None):
        return chat
    modes: dict[str, Any] = PANIC if is_on else chat.before_panic or {}
    chat.before_panic = _modes_of(chat) if is_on else None
    for name in _MODES:
        setattr(chat, name, modes.get(name, getattr(chat, name)))
    chat.save(update_fields=[*_MODES, "before_panic"])
    log(room, actor_id, Action.PANICKED if is_on else Action.CALMED)
    publish_modes(chat)
    return chat


def _is_banned(room: Room, user_id: int, *, until: datetime) -> bool:
    """Whether somebody is banned at that time. A row does not say whether it is a ban or a timeout: the log does."""
    restrictions = Restriction.objects.filter(owner_id=room.owner_id, user_id=user_id)
    if restrictions.filter(until=None).exists():
        return True
    if not restrictions.filter(scope=Scope.CHAT).in_force(until).exists():
        return False
    deeds = Deed.objects.filter(
        owner_id=room.owner_id,
        target_id=user_id,
        action__in=[Action.BANNED, Action.TIMED_OUT],
        details__scope=Scope.CHAT,
    )
    last = deeds.order_by("-pk").first()
    return last is not None and last.action == Action.BANNED


def _restrict(
    room: Room,
    actor_id: int,
    user_id: int,
    action: Action,
    *,
    scope: Scope = Scope.CHAT,
    seconds: int | None,
    reason: str,
) -> Restriction:
    until = now() + timedelta(seconds=seconds) if seconds is not None else None
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    restriction, _is_new = Restriction.objects.update_or_create(
        owner_id=room.owner_id,
        user_id=user_id,
        scope=scope,
        defaults={"until": until, "since": now(), "reason": reason, "by_id": actor_id},
    )
    log(room, actor_id, action, user_id, scope=scope, seconds=seconds, reason=reason)
    publish_rights(room, user_id)
    return restriction


def _modes_of(chat: Chat) -> dict[str, Any]:
    return {name: getattr(chat, name) for name in _MODES}
