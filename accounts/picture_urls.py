"""Where the files of avatars and banners are served."""

from __future__ import annotations

from django.core.files.storage import default_storage


def picture_url(name: str, size: str) -> str:
    """Return the URL of a picture (a name that `accounts.services.pictures` gave) in a size; "" for none."""
    return default_storage.url(f"{name}-{size}.webp") if name else ""
