"""Everything that writes about rooms, by topic; import it from here."""

from rooms.services.audiences import Note, forget_minutes, note_audience
from rooms.services.lifecycle import (
    end_room,
    fall_back_to_waiting,
    go_live,
    interrupt,
    keep_encoder_away,
)
from rooms.services.opening import change_room, feature_room, open_room, open_room_like_last
from rooms.services.people import forget_person
from rooms.services.pictures import (
    drop_picture,
    forget_old_pictures,
    picture_begun,
    set_picture,
)
from rooms.services.reports import close_report, report
from rooms.services.searching import refresh_search_of_category, refresh_search_of_owner
from rooms.services.unlocking import unlock

__all__ = [
    "Note",
    "change_room",
    "close_report",
    "drop_picture",
    "end_room",
    "fall_back_to_waiting",
    "feature_room",
    "forget_minutes",
    "forget_old_pictures",
    "forget_person",
    "go_live",
    "interrupt",
    "keep_encoder_away",
    "note_audience",
    "open_room",
    "open_room_like_last",
    "picture_begun",
    "refresh_search_of_category",
    "refresh_search_of_owner",
    "report",
    "set_picture",
    "unlock",
]
