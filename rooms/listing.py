"""Which rooms a list shows, in what order, and where its next page begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from rooms import live_rooms
from rooms.models import Room, RoomQuerySet, RoomState
from rooms.search import tag_mark
from rooms.selectors import shown
from rooms.viewer_board import viewer_counts
from streair.core.api.paging import bad_cursor

NEWEST, VIEWERS = "newest", "viewers"
SORTS = (NEWEST, VIEWERS)

_RANK = Case(
    When(state=RoomState.LIVE, then=0), When(state=RoomState.RECONNECTING, then=1), default=2
)
_MOMENT = Coalesce("live_since", "created")
_HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for. `words` and `tag` are as rooms.search has them."""

    live: bool | None = None
    category: str = ""
    tag: str = ""
    words: tuple[str, ...] = ()
    sort: str = NEWEST
    limit: int = 20
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, how many people watch its rooms, and where the next one begins."""

    rooms: list[Room]
    viewers: Mapping[str, int]
    after: list[Any] | None


def find(wanted: Wanted) -> Found:
    """Return the rooms that are wanted, in two queries at most. Raises Invalid for a made-up cursor."""
    rooms, after = (_by_viewers if wanted.sort == VIEWERS else _by_age)(wanted)
    return Found(rooms, viewer_counts(room.room_id for room in rooms), after)


def _matching(wanted: Wanted) -> Any:  # A RoomQuerySet whose rows have `rank` and `moment`.
    rooms: RoomQuerySet = shown().listed().open()
    if wanted.live is not None:
        rooms = rooms.on_air() if wanted.live else rooms.filter(state=RoomState.WAITING)
    if wanted.category:
        rooms = rooms.filter(category__slug=wanted.category)
    if wanted.tag:
        rooms = rooms.found_by([tag_mark(wanted.tag)])
    return rooms.found_by(wanted.words).annotate(rank=_RANK, moment=_MOMENT)


def _by_age(wanted: Wanted) -> tuple[list[Room], list[Any] | None]:
    rooms = _matching(wanted).order_by("rank", "-moment", "-pk")
    if wanted.after is not None:
        rank, moment, pk = _place(wanted.after)
        older = Q(moment__lt=moment) | Q(moment=moment, pk__lt=pk)
        rooms = rooms.filter(Q(rank__gt=rank) | Q(rank=rank) & older)
    page = list(rooms[: wanted.limit + 1])
    if len(page) <= wanted.limit:
        return page, None
    last = page[wanted.limit - 1]
    return page[: wanted.limit], [last.rank, last.moment.isoformat(), last.pk]


def _by_viewers(wanted: Wanted) -> tuple[list[Room], list[Any] | None]:
    """Sort by a number that is not in the database and never rests.

    The order is made once; the pages that follow go on in it, so that no room comes twice or
    is missed because viewers moved meanwhile.
    """
    name, begin, last = ("", 0, 0) if wanted.after is None else _mark(wanted.after)
    order = live_rooms.kept_order(name) if name else None
    if order is None:
        order = _order(wanted)
        # The old order is forgotten: go on behind the last room seen, wherever that is now.
        begin = order.index(last) + 1 if last in order else min(begin, len(order))
    chosen = order[begin : begin + wanted.limit]
    rows = {room.pk: room for room in _matching(wanted).filter(pk__in=chosen)} if chosen else {}
    end = begin + len(chosen)
    rooms = [rows[pk] for pk in chosen if pk in rows]
    if end >= len(order):
        return rooms, None
    return rooms, [name or live_rooms.keep_order(order), end, chosen[-1]]


def _order(wanted: Wanted) -> list[int]:
    rows: Sequence[tuple[int, str, int, datetime, bool]] = list(
        _matching(wanted).values_list("pk", "room_id", "rank", "moment", "hides_viewers")
    )
    counts = viewer_counts(room_id for _pk, room_id, *_rest in rows)

    def place(row: tuple[int, str, int, datetime, bool]) -> tuple[Any, ...]:
        pk, room_id, rank, moment, hides = row
        # Its place must not tell what it hides.
        return rank == 2, 0 if hides else -counts[room_id], -moment.timestamp(), -pk

    return [pk for pk, *_rest in sorted(rows, key=place)]


def _place(after: tuple[Any, ...]) -> tuple[int, datetime, int]:
    """Return what a cursor of ours holds, or raise Invalid."""
    match after:
        case (int(rank), str(text), int(pk)) if 0 <= rank <= 2 and 0 < pk <= _HIGHEST:
            moment = _moment(text)
            if moment is not None:
                return rank, moment, pk
    raise bad_cursor()


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and is_aware(moment) and 1970 < moment.year < 9999 else None


def _mark(after: tuple[Any, ...]) -> tuple[str, int, int]:
    match after:
        case (str(name), int(begin), int(last)) if (
            len(name) == 32 and name.isalnum() and name.isascii() and 0 < begin <= _HIGHEST
        ):
            return name, begin, last
    raise bad_cursor()
