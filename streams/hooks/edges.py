"""What edges tell us once a second, from other machines: whoever knows the secret is one of ours."""

from __future__ import annotations

import json
import re
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from streair.core.realtime.identity import bearer_in
from streams import edges
from streams.edges import News

MOST_BYTES = 512 * 1024
_MOST_ROOMS = 5000
_ROOM = re.compile(r"[0-9A-Za-z]{1,64}")
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")

_hear = database_sync_to_async(edges.hear, thread_sensitive=False)


@csrf_exempt  # No cookie counts here; the secret does.
async def beat(request: HttpRequest) -> HttpResponse:
    """Hear how an edge does; answer which rooms are over, and who may not go on watching."""
    secret = bearer_in(request.headers.get("Authorization", "")) or ""
    is_ours = settings.EDGE_SECRET and constant_time_compare(secret, settings.EDGE_SECRET)
    if request.method != "POST" or not is_ours:
        return HttpResponse(status=404)
    news = _parse(request.read(MOST_BYTES + 1))
    if news is None:
        return HttpResponse(status=422)
    orders = await _hear(news)
    return JsonResponse({"ended": orders.ended, "lost": orders.lost})


def _parse(body: bytes) -> News | None:
    """Return what an edge of ours says, or None when it is none, or nothing that edges say."""
    if len(body) > MOST_BYTES:
        return None
    try:
        sent = json.loads(body)
        news = News(sent["url"], int(sent["viewers"]), int(sent["mostViewers"]), sent["rooms"])
    except (ValueError, KeyError, TypeError):
        return None
    return news if news.url in settings.EDGES and _are_rooms(news.rooms) else None


def _are_rooms(rooms: Any) -> bool:
    if not isinstance(rooms, dict) or len(rooms) > _MOST_ROOMS:
        return False
    return all(
        _ROOM.fullmatch(room)
        and isinstance(names, list)
        and all(isinstance(name, str) and _NAME.fullmatch(name) for name in names)
        for room, names in rooms.items()
    )
