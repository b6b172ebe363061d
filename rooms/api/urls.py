"""Addresses of the endpoints about rooms, below /api/. `rooms/<id>` itself is `streams.api`'s."""

from django.urls import path

from rooms.api import views

urlpatterns = [
    path("categories", views.CategoryList.as_view(), name="api-categories"),
    path("rooms", views.RoomList.as_view(), name="api-rooms"),
    path("rooms/<str:room_id>/unlock", views.RoomUnlock.as_view(), name="api-room-unlock"),
    path("rooms/<str:room_id>/audience", views.RoomAudience.as_view(), name="api-room-audience"),
    path("users/<str:username>/rooms", views.RoomsOfUser.as_view(), name="api-rooms-of-user"),
    path("reports", views.ReportList.as_view(), name="api-reports"),
]
