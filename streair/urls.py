"""Includes only: pages, API, preferences, hooks, admin. `/ws/` and FLV are `streair.asgi`'s."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views.preferences import set_language, set_theme
from rooms.embedding import oembed
from streair import browsing, discovery, media, operations, views
from streair.branding import urls as branding
from streair.core.realtime import bridge
from streair.core.realtime.views import event
from streams.hooks.edges import beat

# Exact addresses, called by programs: a redirect would be read as an answer (INGEST.md 1.4).
hooks = [
    path(bridge.PATH.removeprefix("/"), event),
    path("hooks/", include("streams.hooks.urls")),
    # Of nodes on other machines.
    path("ingest/<slug:node>/", include("streams.hooks.urls")),
    path("edges/beat", beat),
]

# Without a slash at the end, and without a redirect to one.
api = [
    path("", include("accounts.api.urls")),
    path("", include("rooms.api.urls")),
    path("", include("chat.api.urls")),
    path("", include("streair.core.api.urls")),
    path("", include("streams.api.urls")),
]

pages = i18n_patterns(
    path("", views.home, name="home"),
    path("live/", browsing.live, name="live"),
    path("categories/<slug:slug>/", browsing.category, name="category"),
    path("tags/<str:tag>/", browsing.tag, name="tag"),
    path("search/", browsing.search, name="search"),
    path("search/suggestions", browsing.suggestions, name="suggestions"),
    path("", include("accounts.urls")),
    path("", include("rooms.urls")),
    path("", include("chat.urls")),
    path("studio/", include("streams.urls")),
    path("", include((branding.pages, "branding"))),
    prefix_default_language=False,
)

urlpatterns = [
    *hooks,
    path("api/", include(api)),
    re_path(r"^media/(?P<name>(?:[a-z0-9_-]+/)*[a-z0-9_-]+\.webp)$", media.picture, name="media"),
    path("oembed", oembed, name="oembed"),
    path("robots.txt", discovery.robots, name="robots"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("", include((branding.files, "brand-files"))),
    path("i18n/language", set_language, name="set-language"),
    path("i18n/theme", set_theme, name="set-theme"),
    path("admin/operations/", operations.operations, name="operations"),
    path("admin/", admin.site.urls),
    path("health", operations.overview, name="health"),
    path("health/live", operations.live, name="health-live"),
    path("health/ready", operations.ready, name="health-ready"),
    path("metrics", operations.metrics, name="metrics"),
    *pages,
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
