"""What other sites may know of a room: its card, its player, its entry in a search engine."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import override

from rooms.models import Room
from streair.core.brand import brand
from streair.core.redirects import in_language
from streair.core.site import absolute

WIDTH, HEIGHT = 1280, 720


def may_be_shared(room: Room) -> bool:
    """Whether others may show it: those that not everybody comes across stay on this site."""
    return room.is_public and not room.is_mature


def room_id_in(request: HttpRequest, url: str) -> str:
    """Return the room whose page is at `url`, or "" when that is no such page of this site."""
    try:
        asked = urlsplit(url)
    except ValueError:
        return ""
    hosts = {urlsplit(absolute(request, "/")).netloc, request.get_host()}
    if asked.scheme not in {"http", "https"} or asked.netloc.lower() not in hosts:
        return ""
    try:
        with override("vi"):
            found = resolve(in_language(asked.path, "vi"))
    except Resolver404:
        return ""
    return str(found.kwargs["room_id"]) if found.view_name == "rooms:watch" else ""


def frame(request: HttpRequest, room: Room, *, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return the HTML with which another site shows the room's player."""
    src = absolute(request, reverse("rooms:embed", args=[room.room_id]))
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" '
        'allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>',
        *(src, width, height, room.title),
    )


def oembed(request: HttpRequest, room: Room, *, width: int, height: int) -> dict[str, Any]:
    """Return what oembed.com wants to know, for a player that fits into `width` and `height`."""
    scale = min(width / WIDTH, height / HEIGHT, 1)
    fitting = max(round(WIDTH * scale), 1), max(round(HEIGHT * scale), 1)
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "video",
        "provider_name": brand().name,
        "provider_url": absolute(request, "/"),
        "title": room.title,
        "author_name": room.owner.shown_name,
        "author_url": absolute(request, reverse("rooms:channel", args=[room.owner.username])),
        "cache_age": 60,
        "html": frame(request, room, width=fitting[0], height=fitting[1]),
        "width": fitting[0],
        "height": fitting[1],
    }
    if room.large_picture:
        answer |= {
            "thumbnail_url": absolute(request, room.large_picture),
            "thumbnail_width": WIDTH,
            "thumbnail_height": HEIGHT,
        }
    return answer


def video_object(request: HttpRequest, room: Room) -> dict[str, Any] | None:
    """Return the room for search engines (schema.org), or None before it was ever on air."""
    if room.live_since is None:
        return None
    title, description = room.title, room.description or room.title
    broadcast = {
        "@type": "BroadcastEvent",
        "name": title,
        "isLiveBroadcast": room.is_on_air,
        "startDate": room.live_since.isoformat(),
    }
    if room.ended_at:
        broadcast["endDate"] = room.ended_at.isoformat()
    video = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": title,
        "description": description,
        "uploadDate": room.live_since.isoformat(),
        "url": absolute(request, reverse("rooms:watch", args=[room.room_id])),
        "embedUrl": absolute(request, reverse("rooms:embed", args=[room.room_id])),
        "author": {
            "@type": "Person",
            "name": room.owner.shown_name,
            "url": absolute(request, reverse("rooms:channel", args=[room.owner.username])),
        },
        "publication": broadcast,
    }
    if room.large_picture:
        video["thumbnailUrl"] = absolute(request, room.large_picture)
    return video
