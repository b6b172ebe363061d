"""Reading rooms: what pages and sockets show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Max, Q, QuerySet, When
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import following
from rooms.locks import lock_of
from rooms.models import AudienceMinute, Category, Room, RoomQuerySet, RoomState, Visibility
from rooms.search import tag_mark, words_of
from rooms.viewer_board import viewer_counts
from streair.core import sql
from streair.core.errors import NotFound
from streair.core.sql import Steps
from streair.core.texts import folded

_MOST_ON_ONE_PAGE = 60
_RECENTLY = timedelta(days=7)
_LONGEST_PLOT = timedelta(days=7)
_MINUTE = timedelta(minutes=1)


def shown() -> RoomQuerySet:
    """Rooms with what every card needs."""
    return RoomQuerySet(Room).select_related("owner", "category")


def live_rooms(*, category: str = "", tag: str = "", query: str = "") -> QuerySet[Room]:
    """Return the public rooms on air, live before reconnecting and featured before others.

    Of one category (by slug), with a tag, and with every word of a query, if given.
    """
    rooms = shown().listed().on_air().found_by(words_of(query)).live_first()
    if category:
        rooms = rooms.filter(category__slug=category)
    if tag:
        rooms = rooms.found_by([tag_mark(tag)])
    return rooms[:_MOST_ON_ONE_PAGE]


def featured_room() -> Room | None:
    """Return the room that the site shows first: the newest live one that administrators chose."""
    rooms = shown().listed().filter(state=RoomState.LIVE, is_featured=True, is_mature=False)
    return rooms.order_by("-live_since").first()


def other_live_rooms(room: Room, *, limit: int = 6) -> QuerySet[Room]:
    """Return what else is on air, in public, beside `room`: first what is about the same."""
    others = shown().listed().on_air().exclude(pk=room.pk)
    is_like = Case(When(category=room.category_id, then=0), default=1)
    return others.live_first().order_by(is_like, *others.live_first().query.order_by)[:limit]


def recently_ended(*, limit: int = 4) -> QuerySet[Room]:
    """Return public rooms that were on air and ended within the week, the latest first.

    Not those of who left, or was locked out: nobody is to come across them.
    """
    rooms = shown().listed().ended()
    rooms = rooms.filter(owner__is_active=True, owner__leaving_since__isnull=True)
    rooms = rooms.filter(live_since__isnull=False, ended_at__gt=now() - _RECENTLY)
    return rooms.order_by("-ended_at")[:limit]


def rooms_for_everybody(*, limit: int = 1000) -> QuerySet[Room]:
    """Return what other sites may be told of: public, not for adults, on air or once on air, the latest first."""
    rooms = shown().listed().filter(is_mature=False, live_since__isnull=False)
    rooms = rooms.filter(owner__is_active=True, owner__leaving_since__isnull=True)
    return rooms.order_by("-live_since", "-pk")[:limit]


def rooms_for_everybody_found_by(words: Iterable[str]) -> RoomQuerySet:
    """Return public rooms on air, or once on air, that have every one of these (folded) words."""
    rooms = shown().listed().filter(live_since__isnull=False).found_by(words)
    rooms = rooms.filter(owner__is_active=True, owner__leaving_since__isnull=True)
    return rooms.order_by("-live_since", "-pk")


def rooms_for_feed(owner: User, *, limit: int = 30) -> list[Room]:
    """Return what a feed of `owner`'s streams tells, the latest first."""
    rooms = shown().owned_by(owner.pk).listed()
    rooms = rooms.filter(is_mature=False, live_since__isnull=False)
    return list(rooms.order_by("-live_since", "-pk")[:limit])


def streamers_for_everybody(*, limit: int = 1000) -> QuerySet[User]:
    """Return who streamed something that other sites may be told of."""
    rooms = RoomQuerySet(Room).listed().filter(is_mature=False, live_since__isnull=False)
    streamers: QuerySet[User] = User.objects.shown().filter(pk__in=rooms.values("owner"))
    return streamers.order_by("-pk")[:limit]


def room_for_viewer(room_id: str) -> Room:
    """Return the room at `room_id`, owner and category included, or raise NotFound.

    Not one of who left, or was locked out, until they come back or are nobody any more. Whether the viewer may
    enter is another question (rooms.permissions).
    """
    here = Q(owner__is_active=True, owner__leaving_since__isnull=True)
    try:
        return shown().filter(here | Q(owner__erased__isnull=False)).get(room_id=room_id)
    except Room.DoesNotExist as exc:
        raise NotFound(_("There is no room at this address."), code="room-not-found") from exc


def open_room_of(user: User) -> Room | None:
    """Return the room of `user` that is not ended, if there is one."""
    return shown().open().owned_by(user.pk).first()


def last_room_of(user: User) -> Room | None:
    """Return the room that `user` opened last, whatever its state."""
    return shown().owned_by(user.pk).order_by("-created", "-pk").first()


def channel_room(user: User, *, to_owner: bool) -> Room | None:
    """Return the open room that the channel page of `user` shows: to others a public one only."""
    rooms = shown().open().owned_by(user.pk)
    return (rooms if to_owner else rooms.listed()).first()


def past_rooms(user: User, *, to_owner: bool = False, limit: int = 24) -> QuerySet[Room]:
    """Return the ended rooms of `user` that were on air, the latest first; to others public ones only."""
    rooms = shown().owned_by(user.pk).ended().filter(live_since__isnull=False)
    return (rooms if to_owner else rooms.listed()).order_by("-ended_at")[:limit]


def viewers_by_minute(room: Room) -> list[tuple[datetime, int]]:
    """Return how many people watched `room` in each minute on air; nobody, where nothing is kept.

    Empty for streams of which no minute is kept any more.
    """
    end = room.ended_at or now()
    rows = AudienceMinute.objects.filter(room=room, minute__gte=end - _LONGEST_PLOT)
    kept = dict(rows.values_list("minute", "viewers"))
    if room.live_since is None or not kept:
        return []
    minute = min(*kept, room.live_since.replace(second=0, microsecond=0))
    minute = max(minute, (end - _LONGEST_PLOT).replace(second=0, microsecond=0))
    found = []
    # Of the minute that has just begun nobody may have written anything down yet.
    while minute <= end - _MINUTE or (minute <= end and minute in kept):
        found.append((minute, kept.get(minute, 0)))
        minute += _MINUTE
    return found


def rooms_of(
    user: User, *, to_owner: bool, before: int | None, limit: int
) -> tuple[list[Room], int | None]:
    """Return the rooms that `user` opened, the latest first, from behind the one with the key `before`.

    To others public ones only. The second is the key to go on from, or None at the end.
    """
    rooms = shown().owned_by(user.pk).order_by("-pk")
    if not to_owner:
        rooms = rooms.listed()
    if before is not None:
        rooms = rooms.filter(pk__lt=before)
    page = list(rooms[: limit + 1])
    return page[:limit], page[limit - 1].pk if len(page) > limit else None


def locks(room_ids: Iterable[str]) -> Steps[dict[str, tuple[int, str]]]:
    """Return the owner and the lock of those of these rooms that are locked, by public id, in one query."""
    asked = list(room_ids)
    if not asked:
        return {}
    found = yield from sql.ask(
        "SELECT room_id, owner_id, password FROM {rooms}"
        " WHERE visibility = {locked} AND room_id IN {asked}",
        rooms=Room,
        locked=Visibility.PASSWORD.value,
        asked=asked,
    )
    return {room_id: (owner_id, lock_of(room_id, stored)) for room_id, owner_id, stored in found}


def categories() -> QuerySet[Category]:
    """Return what a stream can be about, in the site's order."""
    return Category.objects.all()


def categories_with_figures() -> QuerySet[Category]:
    """Return the categories, each with how many public rooms are on air in it (`live`)."""
    on_air = Q(
        rooms__visibility=Visibility.PUBLIC,
        rooms__state__in=[RoomState.LIVE, RoomState.RECONNECTING],
    )
    return Category.objects.annotate(live=Count("rooms", filter=on_air)).order_by(
        "position", "slug"
    )


def category_at(slug: str) -> Category:
    """Return the category of this slug, or raise NotFound."""
    try:
        return Category.objects.get(slug=slug)
    except Category.DoesNotExist as exc:
        raise NotFound(_("There is no page at this address.")) from exc


def live_rooms_of_followed(user: User, *, limit: int = 8) -> QuerySet[Room]:
    """Return the public rooms on air of those whom `user` follows."""
    rooms = shown().listed().on_air().filter(owner__followers__follower=user)
    return rooms.live_first()[:limit]


@dataclass(frozen=True, slots=True)
class FollowedChannel:
    """Somebody whom a reader follows, and their public room on air, if there is one."""

    person: User
    room: Room | None
    viewers: int | None  # None where the streamer keeps it to themselves.


# Who follows more sees the latest of them.
MOST_FOLLOWED = 200


def followed_channels(user: User) -> list[FollowedChannel]:
    """Return whom `user` follows: who is on air, the most viewed first, then the others, the latest first. Two queries."""
    people = [row.followed for row in following(user, before=None, limit=MOST_FOLLOWED)]
    if not people:
        return []
    live = shown().listed().on_air().filter(owner__in=people)
    rooms = {room.owner_id: room for room in live}
    counts = viewer_counts(room.room_id for room in rooms.values())
    channels = []
    for followed in people:
        room = rooms.get(followed.pk)
        viewers = counts[room.room_id] if room and not room.hides_viewers else None
        channels.append(FollowedChannel(followed, room, viewers))
    # Equals stay in their order.
    return sorted(channels, key=lambda each: (each.room is None, -(each.viewers or 0)))


def states_of_open_rooms() -> list[tuple[str, str]]:
    """Return the public id and the state of every room that is not over."""
    return list(Room.objects.open().values_list("room_id", "state"))


@dataclass(frozen=True, slots=True)
class Figures:
    """How much somebody has streamed for everybody."""

    streams: int
    last_live: datetime | None
    live_room: str


def public_figures(user: User) -> Figures:
    """Return how much `user` has streamed in public rooms, and where they are live. Two queries."""
    rooms = RoomQuerySet(Room).owned_by(user.pk).listed()
    aired = rooms.filter(live_since__isnull=False)
    sums = aired.aggregate(streams=Count("pk"), last_live=Max("live_since"))
    live = rooms.on_air().values_list("room_id", flat=True).first()
    return Figures(sums["streams"], sums["last_live"], live or "")


def has_category(slug: str) -> bool:
    """Whether there is a category of this slug."""
    return Category.objects.filter(slug=slug).exists()


def category_called(text: str) -> Category | None:
    """Return the category with this slug, or this name in any language, marks and case aside."""
    asked = folded(text)
    for category in categories():
        if asked in {category.slug, folded(category.name_vi), folded(category.name_en)}:
            return category
    return None
