"""Where to go next: addresses on this site, and the same page in the other language."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from streair.core.language import WITHOUT_LANGUAGE


def next_url(request: HttpRequest, default: str) -> str:
    """Return the `next` that the request names if it is on this site, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else default


def in_language(url: str, language: str) -> str:
    """Return the address of the same page in `language`.

    Only the path changes: the default language has no prefix, the others have their code. Pages
    that do not exist have a twin too, so that the switch works on a 404. The administration keeps
    its address in every language.
    """
    parts = urlsplit(url)
    if parts.path.startswith(WITHOUT_LANGUAGE):
        return url
    first, _, rest = parts.path.removeprefix("/").partition("/")
    others = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    # One slash: what begins with two would be the address of another site.
    path = "/" + (rest if first in others else parts.path).lstrip("/\\")
    if language in others:
        path = f"/{language}{path}"
    return urlunsplit(parts._replace(path=path))
