"""Static files under hashed names, ES-module imports included."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class AppFiles(AppDirectoriesFinder):
    """Django's finder, which leaves out what no page of ours uses: it would be hashed and compressed for minutes."""

    unused_apps = frozenset({"rest_framework"})
    unused_folders = ("redoc",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storages = {
            app: storage for app, storage in self.storages.items() if app not in self.unused_apps
        }

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        """Yield the files that are collected."""
        yield from super().list([*self.unused_folders, *(ignore_patterns or ())])


class HashedModulesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, which also rewrites `import … from "./x.js";` (the semicolon counts)."""

    support_js_module_import_aggregation = True


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise's middleware with whole answers.

    Under ASGI Django reads its files whole anyway, and warns about each that it could not
    be read piece by piece.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Return the file, or what of it the request asks for."""
        found = static_file.get_response(request.method, request.META)
        with found.file or BytesIO() as content:
            response = HttpResponse(content.read(), status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
