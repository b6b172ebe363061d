"""The places that streams happen in, what they are about, and what people report; import them from here."""

from rooms.models.audiences import Audience, AudienceMinute
from rooms.models.categories import Category
from rooms.models.reports import Report, ReportKind, ReportReason
from rooms.models.rooms import EndReason, Room, RoomQuerySet, RoomState, Visibility

__all__ = [
    "Audience",
    "AudienceMinute",
    "Category",
    "EndReason",
    "Report",
    "ReportKind",
    "ReportReason",
    "Room",
    "RoomQuerySet",
    "RoomState",
    "Visibility",
]
