"""One per process: hears the channel layer once per group, and hands each event to the sockets here."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from streair.core.cancelling import cancelled
from streair.core.metrics.tallies import Gauge, keep, refresh_by
from streair.core.realtime import frames
from streair.core.realtime.fan_out import put_to_all
from streair.core.realtime.frames import Prepared
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic
from streair.core.realtime.receivers import DEAF, GAP, handlers, takers

logger = logging.getLogger(__name__)

_away = keep(
    Gauge("streair_channel_layer_away", "Processes that the channel layer does not answer.")
)

# What a layer raises when its server is away: RuntimeError is channels_redis' own.
LAYER_ERRORS = (OSError, RedisError, RuntimeError)

CHECK_SECONDS = 2.0
# Nobody waits longer than this for a layer that does not answer; the hub goes on trying.
LAYER_SECONDS = 2.0
ECHOES_MISSED_BEFORE_REOPENING = 3
# Layers forget who is in a group after a day, or when a message lay unread for a minute.
CHECKS_BETWEEN_RENEWALS = 30


@dataclass(slots=True)
class _Group:
    """The sockets of one group in this process, and whether the layer knows that we listen."""

    members: set[Outbox] = field(default_factory=set)
    subscribed: bool = False
    behind: bool = False  # Events may have been lost; its sockets are owed a fresh look.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hub:
    """Keeps one layer channel for all sockets of a process.

    The usual consumer is a layer member of its own: a queue, a task and a decoded copy per
    socket and event. Here an event comes in once, becomes text once, and the same text is
    queued for every socket.

    A layer that fails costs nobody their socket. The hub notices by an echo that does not
    come back, subscribes again, and tells whoever `receives` `hub.gap` to fill in.
    """

    def __init__(self, layer: Any = None, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._layer = layer or get_channel_layer()
        self._groups: dict[str, _Group] = {}
        self._memberships: dict[Outbox, set[str]] = {}
        self._channel: str | None = None
        self._opening = asyncio.Lock()
        self._receiver: asyncio.Task[None] | None = None
        self._keeper = Periodic(self._check, seconds=check_seconds, on_cancel=self._close)
        self._checks = 0
        self._sent = 0
        self._reconnections = self._interruptions = 0
        self._echo_heard = 0
        self.is_away = False
        refresh_by("the channel layer", self._refresh)

    # --- What sockets do ---

    async def join(self, group: str, outbox: Outbox) -> None:
        """Let `outbox` hear `group` from now on. Never fails: a lost layer is caught up with."""
        entry = self._groups.get(group)
        if entry is None:
            entry = self._groups[group] = _Group()
        entry.members.add(outbox)
        self._memberships.setdefault(outbox, set()).add(group)
        self._keeper.start()
        if self.is_away:
            entry.behind = True  # Nobody waits for a layer that is known to be away.
        else:
            await self._subscribe(group, entry)

    def leave(self, group: str, outbox: Outbox) -> None:
        """Let `outbox` no longer hear `group`. The layer is told later: crowds come and go."""
        entry = self._groups.get(group)
        if entry is not None:
            entry.members.discard(outbox)
        self._memberships.get(outbox, set()).discard(group)

    def forget(self, outbox: Outbox) -> None:
        """Let `outbox` no longer hear anything."""
        for group in self._memberships.pop(outbox, set()):
            self._groups[group].members.discard(outbox)

    @property
    def is_running(self) -> bool:
        """Whether it listens to the layer; without sockets there is no need to."""
        return self._keeper.is_running

    async def stop(self) -> None:
        """Leave the layer; whoever joins next starts it again."""
        await self._keeper.stop()

    # --- What reaches them ---

    async def tell(self, group: str, name: str, data: dict[str, Any]) -> None:
        """Send an event to the sockets of `group` in this process, and to no other process."""
        entry = self._groups.get(group)
        if entry is None or not entry.members:
            return
        await put_to_all(tuple(entry.members), Prepared(frames.event(name, data)))

    async def send(self, group: str, message: dict[str, Any]) -> None:
        """Send `message` to the hubs of all other processes that have sockets in `group`.

        Some layers send it to this one, too. Raises one of LAYER_ERRORS, or TimeoutError.
        """
        send = getattr(self._layer, "group_tell_others", self._layer.group_send)
        async with asyncio.timeout(LAYER_SECONDS):
            await send(group, self._addressed(group, message))

    def send_now(self, group: str, message: dict[str, Any]) -> bool:
        """As `send`, but without waiting. False when nothing was sent: only `send` can find out why."""
        tell = getattr(self._layer, "group_tell_others_now", None)
        return tell is not None and bool(tell(group, self._addressed(group, message)))

    def _addressed(self, group: str, message: dict[str, Any]) -> dict[str, Any]:
        self._sent += 1
        return {**message, "group": group, "by": self._channel, "number": self._sent}

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self._layer.receive(channel)
            try:
                await self._handle(message)
            except Exception:
                logger.exception("A message of type %s was not handled.", message.get("type"))

    async def _handle(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "hub.echo":
            await self._hear_echo(message["number"])
        elif kind != "event.publish":
            await self._hand_on(message)
        elif message["event"] in takers:
            await takers[message["event"]](self, message)
        else:
            await self.tell(message["group"], message["event"], message["data"])

    async def _hand_on(self, message: dict[str, Any]) -> None:
        for handler in handlers.get(message["type"], ()):
            await handler(self, message)

    # --- Keeping up with the layer ---

    async def _subscribe(self, group: str, entry: _Group) -> bool:
        """Tell the layer that this process listens to `group`; whether it does now."""
        async with entry.lock:
            if not entry.subscribed:
                try:
                    async with asyncio.timeout(LAYER_SECONDS):
                        channel = await self._open()
                        await self._layer.group_add(group, channel)
                    entry.subscribed = channel == self._channel
                    self.is_away = False
                except LAYER_ERRORS as exc:
                    logger.warning("The channel layer did not take a subscription: %r", exc)
                    entry.behind = self.is_away = True
            return entry.subscribed

    async def _open(self) -> str:
        """Return the process's channel, opened by the first who needs it."""
        async with self._opening:
            if self._channel is None:
                self._channel = await self._layer.new_channel("hub.")
                self._echo_heard = self._checks
                self._receiver = asyncio.create_task(self._receive(self._channel), name="hub")
            return self._channel

    async def _close(self) -> None:
        """Leave the layer. Whoever joins next opens it anew."""
        receiver, self._receiver, self._channel = self._receiver, None, None
        for entry in self._groups.values():
            entry.subscribed = False
        if receiver is not None:
            await cancelled([receiver])

    async def _check(self) -> bool:
        """Compare what the layer does with what it should do; False when nobody is here."""
        await self._drop_empty_groups()
        if not self._groups:
            await self._close()
            return bool(self._groups)
        await self._listen_for_silence()
        self._look_for_reconnections()
        if self._missed() >= ECHOES_MISSED_BEFORE_REOPENING or self._is_deaf():
            await self._reopen()
        self._checks += 1
        if self._checks % CHECKS_BETWEEN_RENEWALS == 0:
            for entry in self._groups.values():
                entry.subscribed = False
        for group, entry in list(self._groups.items()):
            if not entry.subscribed and not await self._subscribe(group, entry):
                return True  # The layer is away: the other groups would only wait for it too.
        await self._look_for_interruptions()
        await self._send_echo()
        return True

    def _refresh(self) -> None:
        _away.value = int(self.is_away or (self.is_running and self._missed() > 1))

    def _missed(self) -> int:
        """How many of our echoes have not come back."""
        return self._checks - self._echo_heard

    def _is_deaf(self) -> bool:
        return self._receiver is not None and self._receiver.done()

    async def _listen_for_silence(self) -> None:
        if self._missed() or self._is_deaf() or self.is_away:
            for group, entry in list(self._groups.items()):
                entry.behind = True
                await self._hand_on({"type": DEAF, "group": group})

    def _look_for_reconnections(self) -> None:
        """A subscription that broke and is there again costs no echo, if none was on its way."""
        reconnections = getattr(self._layer, "reconnections", 0)
        if reconnections != self._reconnections:
            self._reconnections = reconnections
            for entry in self._groups.values():
                entry.behind = True

    async def _look_for_interruptions(self) -> None:
        """What we told the others when a connection broke may not have reached them: they are to look again."""
        look_after = getattr(self._layer, "look_after", None)
        if look_after is None:
            return
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await look_after()
            if self._layer.interruptions != self._interruptions:
                for group in list(self._groups):
                    await self.send(group, {"type": GAP})
                self._interruptions = self._layer.interruptions
        except LAYER_ERRORS as exc:
            logger.warning("The other processes cannot be told anything: %r", exc)

    async def _hear_echo(self, number: int) -> None:
        """The layer works again, or still: let those who may have missed something look again."""
        self._echo_heard = max(self._echo_heard, number)
        for group, entry in list(self._groups.items()):
            if entry.behind and entry.subscribed and not self._missed():
                await self._hand_on({"type": GAP, "group": group})
                entry.behind = False

    async def _drop_empty_groups(self) -> None:
        for group, entry in list(self._groups.items()):
            if entry.members or entry.lock.locked():
                continue
            del self._groups[group]
            if entry.subscribed and self._channel is not None:
                try:
                    async with asyncio.timeout(LAYER_SECONDS):
                        await self._layer.group_discard(group, self._channel)
                except LAYER_ERRORS as exc:
                    logger.warning("The channel layer did not end a subscription: %r", exc)

    async def _reopen(self) -> None:
        logger.warning("The channel layer has gone quiet; connecting to it again.")
        await self._close()
        self._echo_heard = self._checks
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await self._layer.flush()
        except LAYER_ERRORS as exc:
            logger.warning("The channel layer did not start over: %r", exc)

    async def _send_echo(self) -> None:
        if self._channel is None:
            return
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await self._layer.send(self._channel, {"type": "hub.echo", "number": self._checks})
            self.is_away = False
        except LAYER_ERRORS as exc:
            logger.warning("The channel layer did not take an echo: %r", exc)
            self.is_away = True


current_hub = per_loop(Hub)
