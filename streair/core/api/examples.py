"""An example for every shape of the OpenAPI document, put together from what its fields are called."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_REF = "#/components/schemas/"
_TIME = "2026-11-25T13:15:00Z"

# What texts look like, by the name of their field.
_TEXTS = {
    "address": "192.0.2.7",
    "avatarUrl": "/media/avatars/4kq2vbc0-512.webp",
    "bannerUrl": "/media/banners/9z3m1xd7-1500.webp",
    "bio": "I cook, and I talk.",
    "category": "Other",
    "categorySlug": "other",
    "coverUrl": "/media/categories/0f3a9c.webp",
    "current": "the-old-password",
    "description": "Broth takes its time.",
    "displayName": "Linh",
    "email": "linh@example.org",
    "en": "Other",
    "ending": "7w2k",
    "lastAddress": "192.0.2.7",
    "lastEncoder": "OBS 31.0.2",
    "liveRoomId": "k3v9wq2m7xtb",
    "message": "The stream has ended.",
    "name": "My bot",
    "nameEn": "Other",
    "nameVi": "Khác",
    "password": "harbor-at-dawn",
    "reason": "It was late.",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJraW5kIjoicmVmcmVzaCJ9.c2lnbmF0dXJl",
    "roomId": "k3v9wq2m7xtb",
    "slug": "other",
    "streamKey": "sk_0123456789abcdefghjkmnpqrstvwxyz",
    "streamerUsername": "linh",
    "tags": "cooking",
    "text": "Hello, everybody.",
    "ticket": "k3v9wq2m7xtb:1764076500:c2lnbmF0dXJl",
    "title": "Nấu phở",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJraW5kIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    "url": "https://example.org/",
    "userAgent": "My app 1.0",
    "username": "linh",
    "vi": "Khác",
}
# What is so for a room that is on air, and for an account that stays.
_SO: dict[str, Any] = {
    "endedAt": None,
    "endReason": None,
    "pictureUrl": "/media/rooms/3f/3f0c5d7e9a1b2c4d6e8f0a1b3c5d7e9f-1280.webp",
    "thumbnailUrl": "/media/rooms/3f/3f0c5d7e9a1b2c4d6e8f0a1b3c5d7e9f-560.webp",
    "expiresAt": "2027-11-25T13:15:00Z",
    "graceUntil": None,
    "isFeatured": False,
    "isMature": False,
    "leavingSince": None,
    "state": "live",
}
_BY_FORMAT = {"date-time": _TIME, "uri": "https://example.org/", "email": _TEXTS["email"]}
_PLAIN: dict[str, Any] = {"boolean": True, "integer": 3, "number": 1.5, "null": None}


def add_examples(schemas: dict[str, Schema]) -> None:
    """Give every shape without an example one."""
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("examples", [_example(schema, schemas)])


def _example(schema: Schema, schemas: dict[str, Schema], name: str = "") -> Any:
    if name in _SO:
        return _SO[name]
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].removeprefix(_REF)], schemas, name)
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return _example(schema[choice][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    return _by_type(schema, schemas, name)


def _by_type(schema: Schema, schemas: dict[str, Schema], name: str) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    match kind:
        case "object":
            fields: dict[str, Schema] = schema.get("properties", {})
            return {field: _example(inner, schemas, field) for field, inner in fields.items()}
        case "array":
            return [_example(schema["items"], schemas, name)]
        case "string":
            return _BY_FORMAT.get(schema.get("format", "")) or _TEXTS.get(name, "k3v9wq2m7xtb")
        case _:
            return _PLAIN[kind]
