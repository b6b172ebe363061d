"""Avatars and banners: kept as WebP in fixed sizes under random names."""

from __future__ import annotations

import secrets
from enum import StrEnum

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import limits
from accounts.models import User
from accounts.pictures import (
    MOST_BYTES,
    MOST_PIXELS_A_SIDE,
    PictureTooLarge,
    Size,
    UnusablePicture,
    remake,
)
from streair.core.errors import Invalid, TooLarge


class Kind(StrEnum):
    """Which picture; the name of the user's field."""

    AVATAR = "avatar"
    BANNER = "banner"


SIZES: dict[Kind, dict[str, Size]] = {
    Kind.AVATAR: {"512": (512, 512), "128": (128, 128)},
    Kind.BANNER: {"1500": (1500, 500), "750": (750, 250)},
}


def set_picture(user: User, kind: Kind, data: bytes) -> None:
    """Make `data` the user's avatar or banner. Raises Invalid, TooLarge or TooFast."""
    limits.spend_own(limits.PICTURES, user)
    try:
        files = remake(data, SIZES[kind])
    except PictureTooLarge as exc:
        raise TooLarge(_too_large()) from exc
    except UnusablePicture as exc:
        sentence = _("Use a picture in JPEG, PNG, WebP or GIF.")
        raise Invalid(sentence, code="picture-invalid", errors={"file": [sentence]}) from exc
    random = secrets.token_hex(16)
    name = f"{kind}s/{random[:2]}/{random}"
    for size, content in files.items():
        default_storage.save(_file(name, size), ContentFile(content))
    try:
        _replace(user, kind, name)
    except BaseException:
        _delete(name)
        raise


def remove_picture(user: User, kind: Kind) -> None:
    """Take the user's avatar or banner away. Does nothing when there is none."""
    _replace(user, kind, "")


def drop_picture(name: str) -> None:
    """Delete the files of a picture that no row names any more, once the transaction commits."""
    if name:
        transaction.on_commit(lambda: _delete(name))


@transaction.atomic
def _replace(user: User, kind: Kind, name: str) -> None:
    # Locked, so that of two who come at once each drops what it has replaced.
    row = User.objects.select_for_update().get(pk=user.pk)
    old = getattr(row, kind)
    User.objects.filter(pk=user.pk).update(**{kind: name})
    setattr(user, kind, name)
    drop_picture(old)


def _delete(name: str) -> None:
    kind = Kind.AVATAR if name.startswith(Kind.AVATAR) else Kind.BANNER
    for size in SIZES[kind]:
        default_storage.delete(_file(name, size))


def _file(name: str, size: str) -> str:
    return f"{name}-{size}.webp"


def _too_large() -> str:
    most = {"megabytes": MOST_BYTES // 1024 // 1024, "pixels": MOST_PIXELS_A_SIDE}
    return _("Use a picture of at most %(megabytes)d MB and %(pixels)d pixels on a side.") % most
