"""Pages and API in processes with threads (gunicorn's gthread), beside the ones that hold sockets and streams.

They need Redis: whoever holds the sockets is told through it. `/ws/`, video and the sidecar's hooks are not for
them; the front (deploy/nginx) sends those to `streair.asgi`.
"""

import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from streair import safety
from streair.bodies import Refusal
from streair.core.postgresql import patience
from streair.core.realtime import side_loop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
patience.serve()
django_application = get_wsgi_application()

safety.pages_alone(redis_url=settings.REDIS_URL)
side_loop.want()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request, unless it is more than we take."""
    refusal = Refusal.of(_scope(environ))
    if refusal is None:
        return django_application(environ, start_response)
    status, headers, body = refusal.as_wsgi()
    start_response(status, headers)
    return [body]


def _scope(environ: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to know before Django sees a request, as under ASGI."""
    names = {"CONTENT_LENGTH": "content-length", "CONTENT_TYPE": "content-type"}
    names |= {key: key[5:].replace("_", "-").lower() for key in environ if key.startswith("HTTP_")}
    headers = [
        (name.encode("latin-1"), str(environ[key]).encode("latin-1"))
        for key, name in names.items()
        if environ.get(key)
    ]
    path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
    return {"path": path, "headers": headers}
