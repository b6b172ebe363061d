"""Streams in the administration: to look at, and to end. Neither a key nor its hash is ever shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rooms.models import EndReason, Room
from streair.core.administration import Deed, Question, Quick, ReadOnly, asks
from streams import keeping, services
from streams.models import Broadcast, Publisher, StreamKey
from streams.problems import PROBLEMS

_END = Question(
    _("End the stream"),
    _("The room is over for everybody, and its encoder is sent away. This cannot be undone."),
    needs_reason=True,
)
_ROTATE = Question(
    _("Change the stream key"),
    _("Encoders that use the old key are sent away. Only its owner gets to see the new one."),
)


@asks(_END)
def end_stream(room: Room, deed: Deed) -> None:
    """End a room."""
    services.end_stream(
        room=room, reason=EndReason.ADMIN, by=deed.by, note=deed.reason, address=deed.address
    )


@asks(_ROTATE)
def rotate_key(person: User, deed: Deed) -> None:
    """Change a key without looking at it."""
    keeping.rotate_key(person, by=deed.by, address=deed.address)


def _offer(model: Any, action: Any) -> None:
    """Add an action to the page of a lower app, which knows nothing of streams."""
    page = admin.site.get_model_admin(model)
    page.actions = [*(page.actions or ()), action]


_offer(Room, end_stream)
_offer(User, rotate_key)


class Running(Quick):
    """Whether it goes on."""

    title = _("now")
    parameter_name = "now"
    choices_by_name: ClassVar = {
        "running": (_("On air"), lambda rows: rows.filter(ended__isnull=True)),
        "over": (_("Over"), lambda rows: rows.filter(ended__isnull=False)),
    }


class Connected(Quick):
    """Whether it is there."""

    title = _("now")
    parameter_name = "now"
    choices_by_name: ClassVar = {
        "connected": (_("Connected"), lambda rows: rows.filter(gone__isnull=True)),
        "gone": (_("Gone"), lambda rows: rows.filter(gone__isnull=False)),
    }


@admin.register(StreamKey)
class StreamKeyAdmin(ReadOnly):
    """Who has a key, and when it was used and refused."""

    fields = ["owner", "created", "rotated", "last_used", "last_address", "last_encoder"]
    fields += ["refused", "refusal"]
    list_display = ["owner", "created", "rotated", "last_used", "refused", "refusal"]
    list_filter = ["refusal", "last_used"]
    list_select_related = ["owner"]
    search_fields = ["owner__username", "=last_address"]
    ordering = ["-pk"]
    sortable_by = ["created"]


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnly):
    """Publishing runs: how they went, and why they ended."""

    fields = ["room", "started", "ended", "end_reason", "encoder", "video_codec", "audio_codec"]
    fields += ["width", "height", "fps", "bitrate_kbps", "keyframe_seconds", "reconnects", "health"]
    list_display = ["room", "started", "ended", "end_reason", "encoder", "video_codec", "width"]
    list_display += ["height", "fps", "bitrate_kbps", "reconnects", "health"]
    list_filter = [Running, "end_reason", "started"]
    list_select_related = ["room"]
    search_fields = ["room__title", "=room__room_id", "room__owner__username"]
    ordering = ["-pk"]
    sortable_by = ["started"]

    @admin.display(description=_("health"))
    def health(self, broadcast: Broadcast) -> SafeString | str:
        """Say what is wrong with it, as its streamer reads it."""
        return _sentences(broadcast.problems)


@admin.register(Publisher)
class PublisherAdmin(ReadOnly):
    """Encoders that were let in."""

    fields = [
        "room",
        "node",
        "address",
        "encoder",
        "admitted",
        "keyframe",
        "seen",
        "gone",
        "gone_reason",
    ]
    fields += ["video_kbps", "audio_kbps", "health"]
    list_display = ["room", "node", "address", "encoder", "admitted", "keyframe", "gone"]
    list_display += ["gone_reason"]
    list_filter = [Connected, "node", "gone_reason", "admitted"]
    list_select_related = ["room"]
    search_fields = ["=room__room_id", "room__owner__username", "=address"]
    ordering = ["-pk"]
    sortable_by = ["admitted"]

    @admin.display(description=_("health"))
    def health(self, publisher: Publisher) -> SafeString | str:
        """Say what is wrong with what it sends."""
        return _sentences(publisher.problems)


def _sentences(codes: list[str]) -> SafeString | str:
    known = ((PROBLEMS[code],) for code in codes if code in PROBLEMS)
    return format_html_join("", "<p>{}</p>", known) or str(_("Nothing wrong"))
