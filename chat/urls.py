"""Addresses of the pages that show a chat alone."""

from django.urls import path

from chat import log_pages, views

app_name = "chat"

urlpatterns = [
    path("rooms/<str:room_id>/chat/", views.window, name="window"),
    path("rooms/<str:room_id>/held/", views.held, name="held"),
    path("studio/chat-rules/", views.rules, name="rules"),
    path("studio/moderation/", log_pages.log, name="log"),
    path("studio/moderation.csv", log_pages.export, name="log-export"),
    path("overlay/chat/", views.overlay, name="overlay"),
    path("studio/overlay/", views.overlay_link, name="overlay-link"),
    path("studio/overlay/renew/", views.overlay_renew, name="overlay-renew"),
]
