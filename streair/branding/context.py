"""What every template may show of the site."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from streair.core.brand import Brand, brand


def site_brand(request: HttpRequest) -> dict[str, Brand]:  # noqa: ARG001 - Django's signature.
    """Return `brand`, which asks the database only when it is shown."""
    return {"brand": SimpleLazyObject(brand)}  # type: ignore[dict-item]
