"""The bridge's receiving end: events of the worker and of commands, when there is no Redis."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from streair.core.internal import comes_from_us

logger = logging.getLogger(__name__)

MAX_EVENT_BYTES = 64 * 1024
_GROUP = re.compile(r"[A-Za-z0-9_.-]{1,99}")


@csrf_exempt  # No cookie counts here; the secret does.
async def event(request: HttpRequest) -> HttpResponse:
    """Put an event on this process's channel layer. Whoever may not is told there is nothing here."""
    if request.method != "POST" or not comes_from_us(request):
        return HttpResponse(status=404)
    found = _parse(request.read(MAX_EVENT_BYTES + 1))
    if found is None:
        return HttpResponse(status=422)
    group, message = found
    layer = get_channel_layer()
    assert layer is not None, "CHANNEL_LAYERS is not configured"
    await layer.group_send(group, message)
    return HttpResponse(status=204)


def _parse(body: bytes) -> tuple[str, dict[str, Any]] | None:
    """Return the group and the event in `body`, or None when it is nothing that we send."""
    if len(body) > MAX_EVENT_BYTES:
        return None
    try:
        sent = json.loads(body)
        group, message = sent["group"], sent["message"]
        name, data = message["event"], message["data"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(name, str) or not isinstance(data, dict) or not _is_group(group):
        return None
    return group, {"type": "event.publish", "group": group, "event": name, "data": data}


def _is_group(name: object) -> bool:
    """Whether channel layers take this for a group's name."""
    return isinstance(name, str) and _GROUP.fullmatch(name) is not None
