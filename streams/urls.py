"""Addresses of the studio."""

from django.urls import path

from streams import views

app_name = "streams"

urlpatterns = [
    path("", views.studio, name="studio"),
    path("key/", views.key, name="key"),
    path("key/reveal/", views.reveal_key, name="reveal-key"),
    path("obs-profile/", views.obs_profile, name="obs-profile"),
    path("past/<str:room_id>/", views.past, name="past"),
    path("rooms/<str:room_id>/measures/", views.measures, name="measures"),
    path("rooms/", views.room_open, name="room-open"),
    path("rooms/<str:room_id>/change/", views.room_change, name="room-change"),
    path("rooms/<str:room_id>/end/", views.room_end, name="room-end"),
]
