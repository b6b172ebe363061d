"""The WebSockets' addresses."""

from django.urls import path

from chat.consumers import ChatConsumer
from chat.overlay_consumer import OverlayConsumer

websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    path("ws/overlay/", OverlayConsumer.as_asgi()),
]
