"""Addresses where the API's description can be read, below /api/."""

from django.urls import path

from streair.core.api import reading

urlpatterns = [
    path("schema/", reading.SchemaDocument.as_view(), name="api-schema"),
    path("docs/", reading.DocumentPage.as_view(), name="api-docs"),
    path("docs/<str:name>", reading.Text.as_view(), name="api-text"),
]
