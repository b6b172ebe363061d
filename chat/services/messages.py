"""Saying something, taking it back, clearing the chat."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from chat import selectors
from chat.events import ChatCleared, MessageDeleted, MessageSent
from chat.models import Action, Deed, Message, MessageState
from chat.permissions import Standing
from chat.services.checks import count_removal
from chat.services.filtering import Held
from chat.services.writing import Draft, locked_chat, write
from chat.text import check_command, clean
from rooms.models import Room
from streair.core.errors import NotAllowed, NotFound, StreAirError
from streair.core.realtime.events import publish


@transaction.atomic
def send_message(
    *, room: Room, author: User, text: str, reply_to: int | None = None
) -> MessageSent | Held:
    """Say something in a room, and tell its pages, unless it waits for a moderator. Raises what `chat.text.clean` and `write` find.

    Sockets do the same by the dozen (chat.runtime.desk).
    """
    text = clean(text)
    check_command(text)
    draft = Draft(author.pk, text, reply_to)
    (outcome,) = write(room_id=room.room_id, drafts=[draft])
    if isinstance(outcome, Held):
        return outcome
    if isinstance(outcome, StreAirError):
        raise outcome
    publish(room.group, outcome.event)
    return outcome.event


@transaction.atomic
def delete_message(*, room: Room, actor_id: int, message_id: int) -> None:
    """Take a message back, as its author, or remove it, as whoever keeps order here.

    Does nothing when it is gone already. Raises NotFound and NotAllowed.
    """
    message = selectors.message_in(room.pk, message_id)
    if message is None:
        raise NotFound(_("There is no such message."), code="message-not-found")
    is_author = message.author_id == actor_id
    if not is_author:
        count_removal(actor_id)
        _check_may_act(room, actor_id, message.author_id)
    changed = Message.objects.filter(pk=message.pk, state=MessageState.SHOWN).update(
        state=MessageState.DELETED, removed=now(), removed_by_id=actor_id
    )
    if not changed:
        return
    if not is_author:
        Deed.objects.create(
            owner_id=room.owner_id,
            room=room,
            actor_id=actor_id,
            target_id=message.author_id,
            action=Action.DELETED,
            details={"messageId": message.pk, "text": message.text},
        )
    event = MessageDeleted(room_id=room.room_id, message_id=message.pk, by_moderator=not is_author)
    publish(room.group, event)


@transaction.atomic
def clear_chat(*, room: Room, actor_id: int) -> int:
    """Hide everything that was said so far from everybody; moderators keep it. Return how much."""
    actor = _standing(room, actor_id)
    if not actor.can_moderate:
        raise NotAllowed(_("Only who keeps order here may do this."))
    count_removal(actor_id)
    # Nobody writes meanwhile: all pages agree on which messages are gone.
    locked_chat(room.room_id)
    last = selectors.last_id(room.pk)
    cleared = Message.objects.filter(room=room, state=MessageState.SHOWN).update(
        state=MessageState.CLEARED, removed=now(), removed_by_id=actor_id
    )
    Deed.objects.create(
        owner_id=room.owner_id,
        room=room,
        actor_id=actor_id,
        action=Action.CLEARED,
        details={"messages": cleared},
    )
    publish(room.group, ChatCleared(room_id=room.room_id, last_message_id=last))
    return cleared


def _standing(room: Room, user_id: int) -> Standing:
    found = selectors.standings(room.owner_id, [user_id]).get(user_id)
    if found is None:
        raise NotAllowed(_("You may not do this."))
    return found


def _check_may_act(room: Room, actor_id: int, target_id: int | None) -> None:
    """Raise NotAllowed unless `actor` keeps order here and stands above `target`."""
    people = selectors.standings(room.owner_id, {actor_id, target_id} - {None})  # type: ignore[arg-type]
    actor, target = people.get(actor_id), people.get(target_id or 0)
    if actor is None or not actor.can_moderate:
        raise NotAllowed(_("Only who keeps order here may do this."))
    if target is not None and not actor.outranks(target):
        raise NotAllowed(_("You may not act on somebody who stands as high as you do."))
