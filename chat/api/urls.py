"""Addresses of chat in the API."""

from django.urls import path

from chat.api import held, views

urlpatterns = [
    path("rooms/<str:room_id>/messages", views.Messages.as_view(), name="api-messages"),
    path(
        "rooms/<str:room_id>/messages/<int:message_id>",
        views.OneMessage.as_view(),
        name="api-message",
    ),
    path("rooms/<str:room_id>/held", held.HeldMessages.as_view(), name="api-held-messages"),
    path(
        "rooms/<str:room_id>/held/<int:held_id>",
        held.OneHeldMessage.as_view(),
        name="api-held-message",
    ),
]
