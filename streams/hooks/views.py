"""The edges of nginx-rtmp's hooks: parse, call one service, answer with a status.

The module reads one digit of the status: 2 and 3 are a yes, and a 3 renames the stream to
what `Location` says. So nothing here redirects, save the one answer that is meant to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from streair.core.internal import SECRET_HEADER, comes_from_us
from streair.ingest import MAIN
from streams import nodes, runtime, services
from streams.hooks.forms import BadHook, Connection, Publish
from streams.metrics import DATABASE_AWAY, decisions
from streams.problems import Refusal
from streams.relay.errors import RelayClosed

logger = logging.getLogger(__name__)

Hook = Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]

_admit = sync_to_async(services.admit_publisher)
_left = sync_to_async(services.publisher_left)
_seen = sync_to_async(services.publisher_seen)

# The relay connects in a few milliseconds or not at all; the encoder waits as long.
EXPECT_SECONDS = 0.3


def hook(view: Hook) -> Callable[..., Coroutine[Any, Any, HttpResponse]]:
    """Let only a node's sidecar in: for everybody else, and for nonsense, there is nothing here."""

    @csrf_exempt  # No cookie counts here; the secret does.
    @wraps(view)
    async def guarded(request: HttpRequest, node: str = MAIN) -> HttpResponse:
        if request.method != "POST" or not _comes_from(node, request):
            return HttpResponse(status=404)
        try:
            return await view(request, node)
        except DatabaseError:
            decisions.add(view.__name__, DATABASE_AWAY, node)
            raise
        except BadHook as exc:
            logger.warning("Refused a hook: %s", exc)
            decisions.add(view.__name__, "malformed", node)
            return HttpResponse(status=403)

    return guarded


def _comes_from(name: str, request: HttpRequest) -> bool:
    """Whether it is this node that asks: our own on loopback, another by the secret that it alone has."""
    node = nodes.find(name)
    if node is None or node.is_main:
        return node is not None and comes_from_us(request)
    return constant_time_compare(request.headers.get(SECRET_HEADER, ""), node.secret)


@hook
async def publish(request: HttpRequest, node: str) -> HttpResponse:
    """Answer whether an encoder may publish, and under which name."""
    form = Publish.of(request)
    try:
        publisher = await _admit(
            key=form.key,
            address=form.address,
            encoder=form.encoder,
            boot=form.connection.boot,
            client_id=form.connection.client_id,
            node=node,
        )
    except services.Refused as refused:
        decisions.add("publish", refused.reason.value, node)
        # A flood of guesses is worth one line for each address and window, which is there by now.
        if refused.reason != Refusal.TOO_MANY_GUESSES:
            logger.info("Refused an encoder from %s: %s.", form.address, refused.reason.value)
        return HttpResponse(status=403)
    decisions.add("publish", "admitted", node)
    # The sidecar keeps no GOP: whoever is to see the first keyframe must be there before it.
    with suppress(RelayClosed):
        await runtime.expect(
            publisher.room.room_id, publisher.session, node=node, timeout=EXPECT_SECONDS
        )
    return HttpResponse(status=302, headers={"Location": publisher.session})


@hook
async def done(request: HttpRequest, node: str) -> HttpResponse:
    """Hear that a publisher left; nobody reads the answer."""
    connection = Connection.of(request)
    decisions.add("done", "heard", node)
    await _left(boot=connection.boot, client_id=connection.client_id, node=node)
    return HttpResponse(status=204)


@hook
async def update(request: HttpRequest, node: str) -> HttpResponse:
    """Answer whether a publisher may go on: 403 ends its connection."""
    connection = Connection.of(request)
    stays = await _seen(boot=connection.boot, client_id=connection.client_id, node=node)
    decisions.add("update", "stays" if stays else "sent-away", node)
    return HttpResponse(status=204 if stays else 403)


@hook
async def here(_request: HttpRequest, _node: str) -> HttpResponse:
    """Answer a node that asks whether hooks are heard; it is about nobody, and the database is not asked."""
    return HttpResponse(status=204)
