"""Addresses of the endpoints about streams, below /api/."""

from django.urls import path

from streams.api import views

urlpatterns = [
    path("rooms/<str:room_id>", views.RoomDetail.as_view(), name="api-room"),
    path("streams/check/<str:name>", views.StreamCheck.as_view(), name="api-stream-check"),
    path("users/me/stream-key", views.OwnStreamKey.as_view(), name="api-stream-key"),
]
