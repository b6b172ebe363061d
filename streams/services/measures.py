"""Writing down what arrives from encoders, for the plots of the last minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from streair.core.batches import delete_in_batches
from streams.models import Broadcast, Measure, Publisher

# As far back as plots look, and a little more.
KEPT = timedelta(minutes=15)
# The job comes back every five. Sooner it is the same one again: somebody died in it, or took too long.
SOONEST = timedelta(seconds=2)


def take_measures(*, at: datetime) -> int:
    """Write down what each connected encoder sends right now, and forget what is old; return of how many.

    What was written down a moment ago is not again.
    """
    running = Broadcast.objects.filter(room=OuterRef("room"), ended__isnull=True)
    lately = Measure.objects.filter(room=OuterRef("room"), at__gt=at - SOONEST)
    rows = (
        Publisher.objects.connected()
        .filter(~Exists(lately), keyframe__isnull=False)
        .annotate(fps=Subquery(running.values("fps")[:1]))
        .values_list("room_id", "video_kbps", "audio_kbps", "fps")
    )
    measures = [
        Measure(room_id=room_id, at=at, kbps=video + audio, fps=fps)
        for room_id, video, audio, fps in rows
    ]
    if measures:
        Measure.objects.bulk_create(measures)
    delete_in_batches(Measure.objects.filter(at__lt=at - KEPT))
    return len(measures)
