"""Joins the apps' WebSocket addresses."""

from typing import Any, cast

from channels.routing import URLRouter
from django.urls import re_path

from chat.routing import websocket_urlpatterns
from streair.core.realtime.consumer import nowhere

# Without the last one, anybody could fill the log with Channels' "No route found".
websockets = URLRouter([*websocket_urlpatterns, re_path("", cast("Any", nowhere))])
