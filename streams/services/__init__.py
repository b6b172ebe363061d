"""Everything that writes about streams, by topic; import it from here."""

from streams.services.broadcasts import describe, first_keyframe
from streams.services.ending import end_idle, end_stream, expire_grace
from streams.services.ingest import Refused, admit_publisher, publisher_left, publisher_seen
from streams.services.keys import key_of, rotate_key
from streams.services.measures import take_measures
from streams.services.reconcile import lose_all_but, lose_everybody, reconcile

__all__ = [
    "Refused",
    "admit_publisher",
    "describe",
    "end_idle",
    "end_stream",
    "expire_grace",
    "first_keyframe",
    "key_of",
    "lose_all_but",
    "lose_everybody",
    "publisher_left",
    "publisher_seen",
    "reconcile",
    "rotate_key",
    "take_measures",
]
