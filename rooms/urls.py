"""Addresses of the pages about rooms."""

from django.urls import path

from rooms import views

app_name = "rooms"

urlpatterns = [
    path("@<str:username>/", views.channel, name="channel"),
    path("rooms/<str:room_id>/", views.watch, name="watch"),
    path("rooms/<str:room_id>/unlock/", views.unlock, name="unlock"),
    path("rooms/<str:room_id>/mature/", views.mature, name="mature"),
]
