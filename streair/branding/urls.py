"""Addresses of what is about the site as a whole."""

from django.urls import path

from streair.branding import offline, styleguide, views

# In both languages.
pages = [
    path("terms/", views.terms, name="terms"),
    path("rules/", views.rules, name="rules"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("offline/", offline.offline, name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]

# In none.
files = [
    # At the root, so that it speaks for every page.
    path("service-worker.js", offline.service_worker, name="service-worker"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("site/<slug:version>.css", views.style, name="style"),
]
