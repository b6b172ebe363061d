"""Exact addresses without a slash at the end: a redirect to one would be read as a yes."""

from django.urls import path

from streams.hooks import views

urlpatterns = [
    path("publish", views.publish),
    path("done", views.done),
    path("update", views.update),
    path("here", views.here),
]
