"""Getting into a locked room."""

from __future__ import annotations

import threading

from django.utils.translation import gettext as _

from accounts.models import User
from rooms.locks import is_password, ticket_for
from rooms.models import Room
from rooms.permissions import enters_without_password
from streair.core.errors import NotAllowed
from streair.core.ratelimit import Limit, guess
from streair.core.texts import one_line

# Only wrong ones count, so that a class behind one address gets in.
GUESSES = Limit("room-password", 10, 10 * 60)
# Those that are looked at right now count as well: not so many that a class would be taken for guessers.
_one_or_two = threading.BoundedSemaphore(2)


def unlock(*, room: Room, password: str, address: str, user: User | None = None) -> str:
    """Return a ticket for `room` ("" when it is not locked).

    `address` is whom guesses are counted by. Raises NotAllowed ("wrong-room-password"), and TooFast after ten
    of them in ten minutes.
    """
    if not room.is_locked:
        return ""
    if user is not None and enters_without_password(user, room):
        return ticket_for(room.lock)
    with _one_or_two, guess(GUESSES, f"{room.room_id} {address}", wrong=NotAllowed):
        if not is_password(one_line(password), room.password):
            raise NotAllowed(
                _("This is not the password of this room."), code="wrong-room-password"
            )
    return ticket_for(room.lock)
