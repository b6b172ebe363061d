"""The WebSocket's address."""

from django.urls import path

from rooms.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/", RoomConsumer.as_asgi())]
