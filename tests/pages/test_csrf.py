"""Nothing that a cookie signs in is done for a form of another site; read from the URL configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# Sidecars, edges and our own programs come here: with a secret, not with cookies.
WITHOUT_COOKIES = ("/hooks/", "/ingest/", "/edges/")
# A signed link is all that mail programs have (RFC 8058); who is signed in does not matter there.
BY_LINK = "/account/notifications/stop/1/"


def views(patterns: list[Any] | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield an address for every view, and the view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern)).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def test_only_programs_with_a_secret_are_exempt() -> None:
    exempt = {
        path
        for path, view in views()
        if getattr(view, "csrf_exempt", False)
        # These look for themselves, once they know that a cookie signs in (tests/api/test_roles.py).
        and not issubclass(getattr(view, "view_class", getattr(view, "cls", object)), APIView)
    }

    # Which of the languages stands in front depends on who asked before.
    plain = {path.removeprefix("/en") for path in exempt}
    assert [path for path in plain if not path.startswith((*WITHOUT_COOKIES, BY_LINK))] == []


@pytest.mark.parametrize(
    "path",
    sorted(
        {
            path
            for path, _view in views()
            if "(" not in path and not path.startswith((*WITHOUT_COOKIES, "/api/", BY_LINK))
        }
    ),
)
def test_a_form_of_another_site_does_nothing(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    answer = client.post(path, {"username": "x"})

    assert answer.status_code in {403, 404}, path
