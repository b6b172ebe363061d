"""The room as tutorials write it: every socket is a member of the channel layer's group.

    uvicorn tests.load.usual_consumer:application

Beside the site, on its database and Redis: each message is a row before anybody hears of it.
"""

from __future__ import annotations

import json
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
django.setup()

from channels.db import database_sync_to_async  # noqa: E402 - Django first.
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from chat.models import Message  # noqa: E402
from rooms.models import Room  # noqa: E402


def _history(room_id: str) -> tuple[int, list[dict[str, Any]]]:
    room = Room.objects.get(room_id=room_id)
    newest = room.messages.order_by("-pk").values("id", "text", "sent")[:50]
    return room.pk, [{**each, "sent": each["sent"].isoformat()} for each in reversed(newest)]


def _write(room_pk: int, text: str) -> Message:
    return Message.objects.create(room_id=room_pk, text=text)


class UsualConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """One member of the room's group."""

    room_pk = 0
    group = ""

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
        data = content["data"]
        if content["event"] == "join-room":
            self.room_pk, messages = await database_sync_to_async(_history)(data["roomId"])
            self.group = f"usual.{data['roomId']}"
            await self.channel_layer.group_add(self.group, self.channel_name)
            answer = {"event": "ack", "id": content["id"], "data": {"messages": messages}}
            await self.send_json(answer)
        else:
            message = await database_sync_to_async(_write)(self.room_pk, data["message"])
            said = {"id": message.pk, "message": message.text, "sent": message.sent.isoformat()}
            await self.channel_layer.group_send(self.group, {"type": "said", "data": said})

    async def said(self, event: dict[str, Any]) -> None:
        """Tell this one socket."""
        await self.send_json({"event": "new-message", "data": event["data"]})

    async def disconnect(self, _code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    @classmethod
    async def encode_json(cls, content: Any) -> str:
        """As our own events are, so that the crowd knows them."""
        return json.dumps(content, separators=(",", ":"))


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/", UsualConsumer.as_asgi())])})
