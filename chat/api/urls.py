"""Addresses of chat in the API."""

from django.urls import path

from chat.api import views

urlpatterns = [
    path("rooms/<str:room_id>/messages", views.Messages.as_view(), name="api-messages"),
    path(
        "rooms/<str:room_id>/messages/<int:message_id>",
        views.OneMessage.as_view(),
        name="api-message",
    ),
]
