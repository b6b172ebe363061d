"""Addresses of the pages about rooms."""

from django.urls import path

from rooms import embedding, feeds, following, reporting, views

app_name = "rooms"

urlpatterns = [
    path("@<str:username>/", views.channel, name="channel"),
    path("@<str:username>/atom.xml", feeds.ChannelAtom(), name="atom"),
    path("@<str:username>/rss.xml", feeds.ChannelRss(), name="rss"),
    path("following/", following.following, name="following"),
    path("following/rail", following.rail, name="rail"),
    path("embed/<str:room_id>", embedding.embed, name="embed"),
    path("rooms/<str:room_id>/", views.watch, name="watch"),
    path("rooms/<str:room_id>/unlock/", views.unlock, name="unlock"),
    path("rooms/<str:room_id>/mature/", views.mature, name="mature"),
    path("rooms/<str:room_id>/report/", reporting.report, name="report"),
]
