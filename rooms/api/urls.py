"""Addresses of the endpoints about rooms, below /api/."""

from django.urls import path

from rooms.api import views

urlpatterns = [
    path("categories", views.CategoryList.as_view(), name="api-categories"),
]
