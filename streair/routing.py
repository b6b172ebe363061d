"""Joins the apps' WebSocket addresses."""

from channels.routing import URLRouter

from rooms.routing import websocket_urlpatterns

websockets = URLRouter([*websocket_urlpatterns])
