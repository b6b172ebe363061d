"""What nginx-rtmp posts, and how far it is to be believed.

The module appends what follows the “?” in a stream key to the body, as it came and after its
own fields: `key?name=victim` repeats `name`. So the first value is the module's, and a field
of its own that comes twice is an attempt to be somebody else (INGEST.md 1.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from django.conf import settings
from django.http import HttpRequest, QueryDict

BOOT_HEADER = "X-Sidecar-Boot"
_BOOT = re.compile(r"[0-9a-z-]{1,40}")
_OWN_FIELDS = [
    "app",
    "flashver",
    "swfurl",
    "tcurl",
    "pageurl",
    "addr",
    "clientid",
    "call",
    "name",
    "type",
]


class BadHook(ValueError):
    """This is nothing that nginx-rtmp sends by itself."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Which connection a hook is about."""

    boot: str
    client_id: int

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read a hook's request. Raises BadHook."""
        boot = request.headers.get(BOOT_HEADER, "")
        client_id = _first(request.POST, "clientid")
        if not _BOOT.fullmatch(boot) or not re.fullmatch(r"[0-9]{1,15}", client_id):
            raise BadHook("It does not say which connection it is about.")
        return cls(boot=boot, client_id=int(client_id))


@dataclass(frozen=True, slots=True)
class Publish:
    """Somebody wants to publish."""

    connection: Connection
    key: str
    address: str
    encoder: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read a publish hook's request. Raises BadHook."""
        fields = request.POST
        if any(len(fields.getlist(name)) > 1 for name in _OWN_FIELDS):
            raise BadHook("A field comes twice.")
        if _first(fields, "call") != "publish" or _first(fields, "app") != settings.RTMP_APP:
            raise BadHook("It is about something else.")
        return cls(
            connection=Connection.of(request),
            key=_first(fields, "name"),
            address=_address(_first(fields, "addr")),
            encoder="".join(mark for mark in _first(fields, "flashver") if mark.isprintable()),
        )


def _first(fields: QueryDict, name: str) -> str:
    return str(next(iter(fields.getlist(name)), ""))


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
