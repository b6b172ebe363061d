"""Static files: each page's joined into few, compressed, under hashed names."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.storage import FileSystemStorage, Storage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from streair.bundles import join_script, join_style, sheets_in

_Paths = dict[str, tuple[Storage, str]]


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


class JoinedFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, in which a page takes one style sheet and one script (bundles.py)."""

    # Scripts name what they import later by its hashed name, too (the semicolon counts).
    support_js_module_import_aggregation = True

    sheet = "css/site.css"
    # The overlay takes it without the rest.
    also_alone = frozenset({"css/fonts.css"})
    scripts = "js/"  # All of them are ours; packages have folders of their own.
    pages = "js/pages/"

    def post_process(self, paths: _Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join, then hash and compress. The parts are not kept: nothing names them any more."""
        if dry_run:
            return
        with TemporaryDirectory() as folder:
            joined = self._join(paths, Path(folder))
            yield from super().post_process(joined, **options)

    def _join(self, paths: _Paths, folder: Path) -> _Paths:
        parts = {name for name in paths if name.startswith(self.scripts)}
        for name in parts:
            if name.startswith(self.pages):
                join_script(_source(paths[name]), folder / self.pages)
        if self.sheet in paths:
            sheet = _source(paths[self.sheet])
            root = sheet.parents[len(Path(self.sheet).parts) - 1]
            parts |= {part.relative_to(root).as_posix() for part in sheets_in(sheet)}
            parts -= self.also_alone
            (folder / self.sheet).parent.mkdir(parents=True)
            (folder / self.sheet).write_text(join_style(sheet))
        self.delete_files(parts)
        made = FileSystemStorage(folder)
        names = [
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        ]
        for name in names:  # Whoever names one of them looks for it here, whichever comes first.
            with made.open(name) as content:
                self.delete_files({name})
                self.save(name, content)
        kept = {name: place for name, place in paths.items() if name not in parts}
        return kept | {name: (made, name) for name in names}


def _source(place: tuple[Storage, str]) -> Path:
    storage, path = place
    return Path(storage.path(path))


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
