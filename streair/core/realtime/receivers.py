"""Who does something with what reaches a process over the channel layer, besides its sockets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streair.core.realtime.hub import Hub

Handler = Callable[["Hub", dict[str, Any]], Awaitable[None]]
GAP = "hub.gap"
DEAF = "hub.deaf"
handlers: dict[str, list[Handler]] = {}
takers: dict[str, Handler] = {}


def receives(message_type: str) -> Callable[[Handler], Handler]:
    """Let the decorated function handle messages of this type that reach the process.

    Two are the hub's own. `hub.gap` {group}: the layer was away, events of `group` may be lost.
    `hub.deaf` {group}: it is away, and has been since the last check.
    """

    def register(handler: Handler) -> Handler:
        handlers.setdefault(message_type, []).append(handler)
        return handler

    return register


def takes_over(event_name: str) -> Callable[[Handler], Handler]:
    """Let the decorated function hear this event in place of the sockets, which it tells itself."""

    def register(handler: Handler) -> Handler:
        takers[event_name] = handler
        return handler

    return register
