"""Messages that wait for a moderator: letting them through, keeping them out."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from chat.events import HeldSettled, MessageSent
from chat.models import Action, HeldMessage, HeldState, Message, MessageState
from chat.services.checks import check_exists, check_moderates, check_outranks, log
from chat.services.writing import locked_chat
from rooms.models import Room
from streair.core.errors import Conflict, NotFound
from streair.core.realtime.events import publish


@transaction.atomic
def decide(*, room: Room, actor_id: int, held_id: int, approve: bool) -> HeldMessage:
    """Let a held message through, as the newest of its room, or keep it out.

    Raises NotFound, NotAllowed, and Conflict for whoever comes second: what was decided stays.
    """
    check_moderates(room, actor_id)
    # One decision at a time, and one message: its id is the newest when it becomes visible.
    locked_chat(room.room_id)
    held = (
        HeldMessage.objects.within(room.pk)
        .filter(pk=held_id)
        .select_related("author", "reply_to")
        .first()
    )
    if held is None:
        raise NotFound(_("There is no such message."), code="message-not-found")
    check_outranks(room, actor_id, held.author_id)
    if not HeldMessage.objects.waiting().filter(pk=held.pk).exists():
        raise Conflict(_("This message does not wait any more."), code="decided-already")
    held.state = HeldState.APPROVED if approve else HeldState.DENIED
    held.decided, held.decided_by_id = now(), actor_id
    held.save(update_fields=["state", "decided", "decided_by"])
    action = Action.APPROVED if approve else Action.DENIED
    log(room, actor_id, action, held.author_id, text=held.text, word=held.word)
    if approve:
        _say(room, held)
    _tell(room, held)
    return held


def drop(user_id: int, *, owner_id: int | None = None) -> None:
    """Take what somebody said and nobody has seen: in a streamer's rooms, or in all there are."""
    waiting = HeldMessage.objects.waiting().by(user_id).select_related("room")
    if owner_id is not None:
        waiting = waiting.filter(room__owner_id=owner_id)
    for held in waiting:
        held.state, held.decided = HeldState.DROPPED, now()
        held.save(update_fields=["state", "decided"])
        _tell(held.room, held)


def _say(room: Room, held: HeldMessage) -> None:
    role = check_exists(room, held.author_id).role
    quoted = held.reply_to if held.reply_to and held.reply_to.state == MessageState.SHOWN else None
    message = Message.objects.create(
        room=room, author=held.author, role=role, text=held.text, reply_to=quoted
    )
    publish(room.group, MessageSent.of(message, room.room_id))


def _tell(room: Room, held: HeldMessage) -> None:
    event = HeldSettled(
        room_id=room.room_id,
        held_id=held.pk,
        user_id=held.author_id,
        outcome=held.state,
        by=held.decided_by.username if held.decided_by else "",
    )
    publish(room.group, event)
