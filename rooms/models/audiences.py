"""Who watched a room, as far as is kept: never names, only what their number can be told from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from rooms.models.rooms import Room


class Audience(models.Model):
    """The people who watched a room so far (rooms.sketch); the figures stand in the room itself."""

    room = models.OneToOneField(
        Room, models.CASCADE, primary_key=True, related_name="audience", editable=False
    )
    sketch = models.BinaryField(default=bytes)

    objects: ClassVar[models.Manager[Audience]] = models.Manager()

    def __str__(self) -> str:
        return f"audience of {self.room_id}"


class AudienceMinute(models.Model):
    """How many people watched a room at once, at most, in one minute. Minutes without anybody have no row."""

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="audience_minutes", db_index=False, editable=False
    )
    minute = models.DateTimeField(db_index=True)
    viewers = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[AudienceMinute]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "minute"], name="audience_minute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.minute:%Y-%m-%d %H:%M}: {self.viewers}"
