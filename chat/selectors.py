"""Reading chats: what was said, and who may say something."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import Follow, User
from chat.models import (
    Chat,
    Deed,
    FilteredWord,
    HeldMessage,
    Message,
    MessageQuerySet,
    Moderator,
    OverlayLink,
    Restriction,
    Role,
    Scope,
)
from chat.permissions import Bar, Standing, can_appoint
from rooms.models import Room
from streair.core.errors import NotFound

HISTORY = 50
# Whoever missed more gets the newest messages and is told of the gap.
MOST_MISSED = 200
# As many messages as a page keeps: what was removed further back it does not show.
ON_A_PAGE = 300


@dataclass(frozen=True, slots=True)
class Missed:
    """What a page missed. With a gap it is too much: `messages` is empty then."""

    messages: list[Message]
    removed: list[int]
    gap: bool


def history(
    room_pk: int, *, before: int | None = None, after: int | None = None, limit: int = HISTORY
) -> list[Message]:
    """Return messages that everybody may read, the newest last: the last ones, or next to an id."""
    messages = _messages(room_pk).shown().with_names()
    if after is not None:
        return list(messages.after(after).order_by("pk")[:limit])
    if before is not None:
        messages = messages.before(before)
    return list(messages.order_by("-pk")[:limit])[::-1]


def latest(room_pk: int, *, limit: int) -> tuple[int, list[Message]]:
    """Return the id of the last message, shown or not, and the last ones shown up to that."""
    last = last_id(room_pk)
    return last, history(room_pk, before=last + 1, limit=limit)


def last_id(room_pk: int) -> int:
    """Return the id of the room's last message, whatever became of it; 0 while there is none."""
    newest = _messages(room_pk).order_by("-pk").values_list("pk", flat=True)
    return newest.first() or 0


def missed(room_pk: int, message_id: int) -> Missed:
    """Return what came after `message_id`, and which messages before it are gone."""
    found = history(room_pk, after=message_id, limit=MOST_MISSED + 1)
    if len(found) > MOST_MISSED:
        return Missed([], [], gap=True)
    return Missed(found, removed_until(room_pk, message_id), gap=False)


def rows_after(room_pk: int, message_id: int, *, limit: int) -> list[Message]:
    """Return the room's messages after this one, those that were removed as well."""
    return list(_messages(room_pk).after(message_id).with_names().order_by("pk")[:limit])


def removed_until(room_pk: int, message_id: int) -> list[int]:
    """Return which of the messages that a page may still show are gone."""
    newest = _messages(room_pk).before(message_id + 1).order_by("-pk")[:ON_A_PAGE]
    oldest = min(newest.values_list("pk", flat=True), default=0)
    gone = _messages(room_pk).removed().filter(pk__gte=oldest, pk__lte=message_id)
    return list(gone.order_by("pk").values_list("pk", flat=True))


def message_in(room_pk: int, message_id: int) -> Message | None:
    """Return this message of the room, whatever became of it, or None."""
    return _messages(room_pk).filter(pk=message_id).first()


class StandingRow(NamedTuple):
    """A person joined with their post and one of their bars in the rooms of a streamer."""

    pk: int
    username: str
    display_name: str
    is_active: bool
    is_staff: bool
    post: int | None
    scope: str | None
    until: datetime | None
    reason: str | None


def standings(owner_id: int, user_ids: Iterable[int]) -> dict[int, Standing]:
    """Return what these people are in the rooms of a streamer, those who do not exist left out."""
    rows = (
        User.objects.filter(pk__in=set(user_ids))
        .annotate(
            post=FilteredRelation("moderates", condition=Q(moderates__owner_id=owner_id)),
            barred=FilteredRelation("restricted", condition=Q(restricted__owner_id=owner_id)),
        )
        .values_list(
            *("pk", "username", "display_name", "is_active", "is_staff", "post__id"),
            *("barred__scope", "barred__until", "barred__reason"),
        )
    )
    return standings_of(owner_id, [StandingRow(*row) for row in rows])


def standings_of(owner_id: int, rows: Iterable[StandingRow]) -> dict[int, Standing]:
    """Return what the people in these rows are; somebody with two bars comes twice."""
    found: dict[int, Standing] = {}
    moment = now()
    for row in rows:
        known = found.get(row.pk)
        bars = known.bars if known else ()
        if row.scope is not None and (row.until is None or row.until > moment):
            bars += (Bar(Scope(row.scope), row.until, row.reason or ""),)
        role = _role(row, owner_id)
        found[row.pk] = Standing(
            row.pk, row.username, row.display_name, role, bool(row.is_active), bars
        )
    return found


def modes_of(chat: Chat | None) -> dict[str, Any]:
    """Return what is allowed in a chat right now, as pages are told it."""
    return {
        "slowSeconds": chat.slow_seconds if chat else 0,
        "linksOff": chat is not None and chat.links_off,
        "emojiOnly": chat is not None and chat.emoji_only,
        "followersOnly": chat is not None and chat.followers_only,
        "followersMinutes": chat.followers_minutes if chat else 0,
        "verifiedOnly": chat is not None and chat.verified_only,
        "accountAgeMinutes": chat.account_age_minutes if chat else 0,
        "panic": chat is not None and chat.before_panic is not None,
        **({"until": until} if (until := temporary_of(chat)) else {}),
    }


def temporary_of(chat: Chat | None) -> dict[str, str]:
    """Return until when some modes hold, by their names on the wire: those that end by themselves."""
    return {
        first + "".join(word.capitalize() for word in others): each["until"]
        for name, each in ((chat and chat.temporary) or {}).items()
        for first, *others in [name.split("_")]
    }


def is_moderator(owner_id: int, user_id: int) -> bool:
    """Whether somebody was appointed by a streamer (rooms.moderators)."""
    return Moderator.objects.filter(owner_id=owner_id, user_id=user_id).exists()


def banned(pairs: AbstractSet[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those (streamer, person) in which the person may not even watch (rooms.bans)."""
    owners, people = zip(*pairs, strict=True)
    rows = Restriction.objects.in_force().filter(
        scope=Scope.ROOM, owner_id__in=owners, user_id__in=people
    )
    found = set(rows.values_list("owner_id", "user_id")) & pairs
    # Nobody bars those who keep order; there are few who are barred, so they are looked at one by one.
    return {pair for pair in found if _is_shut_out(*pair)}


def _is_shut_out(owner_id: int, user_id: int) -> bool:
    standing = standings(owner_id, [user_id]).get(user_id)
    return standing is not None and standing.is_shut_out


def keepers(room: Room) -> set[int]:
    """Return who keeps order in a room: its streamer, those they appointed, administrators."""
    keeps = Q(pk=room.owner_id) | Q(is_staff=True) | Q(moderates__owner_id=room.owner_id)
    return set(User.objects.filter(keeps, is_active=True).values_list("pk", flat=True))


def held_messages(room: Room, *, limit: int) -> tuple[int, list[HeldMessage]]:
    """Return how many messages wait in a room, and the oldest ones."""
    waiting = HeldMessage.objects.waiting().within(room.pk)
    oldest = list(waiting.select_related("author").order_by("pk")[:limit])
    return (len(oldest) if len(oldest) < limit else waiting.count()), oldest


def words_of(owner_id: int) -> list[FilteredWord]:
    """Return the word list of a streamer, in order."""
    return list(FilteredWord.objects.filter(word_list__owner_id=owner_id).order_by("key"))


def moderators_of(owner_id: int) -> list[User]:
    """Return those whom a streamer appointed, in order of their names."""
    return list(
        User.objects.filter(moderates__owner_id=owner_id, is_active=True).order_by("username")
    )


def followed_since(owner_id: int, user_id: int) -> datetime | None:
    """Return since when somebody follows a streamer, or None when they do not."""
    follows = Follow.objects.filter(followed_id=owner_id, follower_id=user_id)
    return follows.values_list("created", flat=True).first()


def person_named(username: str) -> int | None:
    """Return the id of whoever is called that, whatever the case, or None."""
    found = User.objects.filter(username__iexact=username).first()
    return found.pk if found else None


def card(room: Room, *, reader_id: int, user_id: int) -> dict[str, Any]:
    """Return who somebody is, as a page shows it; more of it to whoever keeps order here.

    Raises NotFound.
    """
    people = standings(room.owner_id, [reader_id, user_id])
    person = User.objects.filter(pk=user_id).first()
    standing, reader = people.get(user_id), people.get(reader_id)
    if standing is None or person is None:
        raise NotFound(_("There is no such person."), code="person-not-found")
    found = {
        "userId": user_id,
        "username": standing.username,
        "displayName": standing.shown_name,
        "role": standing.role,
        "joined": person.date_joined.isoformat(),
        "messages": Message.objects.filter(room=room, author_id=user_id).count(),
        "canAct": reader is not None and reader.outranks(standing),
        "canAppoint": reader is not None and can_appoint(reader) and reader.outranks(standing),
    }
    if reader is not None and reader.can_moderate:
        found |= {
            "barred": standing.bar.as_dict() if standing.bar else None,
            "deeds": _deeds_to(room, user_id),
        }
    return found


def _deeds_to(room: Room, user_id: int) -> list[dict[str, Any]]:
    deeds = Deed.objects.filter(owner_id=room.owner_id, target_id=user_id)
    return [
        {
            "action": deed.action,
            "by": deed.actor.username if deed.actor else "",
            "at": deed.at.isoformat(),
            "details": deed.details,
        }
        for deed in deeds.select_related("actor").order_by("-at", "-pk")[:10]
    ]


def deeds_in(owner_id: int, action: str = "", *, before: int | None = None) -> QuerySet[Deed]:
    """Return what was done in a streamer's rooms, the newest first: one kind of it, before an entry."""
    deeds = Deed.objects.filter(owner_id=owner_id)
    if action:
        deeds = deeds.filter(action=action)
    if before is not None:
        deeds = deeds.filter(pk__lt=before)
    return deeds.select_related("actor", "target", "room").order_by("-pk")


def overlay_rooms(public_ids: Iterable[str]) -> dict[str, str]:
    """Return the open room ("" while there is none) that each of these overlays shows, in one query.

    Links that were renewed, and those of people who left or were locked out, are not in it.
    """
    room = Room.objects.open().filter(owner_id=OuterRef("owner_id")).values("room_id")[:1]
    rows = (
        OverlayLink.objects.filter(public_id__in=set(public_ids))
        .filter(owner__is_active=True, owner__leaving_since__isnull=True)
        .values_list("public_id", Subquery(room))
    )
    return {public_id: room_id or "" for public_id, room_id in rows}


def _role(row: StandingRow, owner_id: int) -> Role:
    if row.is_staff:
        return Role.ADMIN
    if row.pk == owner_id:
        return Role.OWNER
    return Role.MODERATOR if row.post is not None else Role.VIEWER


def _messages(room_pk: int) -> MessageQuerySet:
    return MessageQuerySet(Message).within(room_pk)
