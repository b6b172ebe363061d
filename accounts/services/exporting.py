"""A person's own data, to take away."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts import limits, registry
from accounts.models import AuditEntry, Follow, PersonalToken, SignIn, User


def export(user: User) -> bytes:
    """Return a zip with one JSON file for each kind of thing that the site knows. Raises TooFast."""
    limits.spend_own(limits.EXPORTS, user)
    files = {
        "profile": _profile(user),
        "sign-ins": list(
            SignIn.objects.filter(user=user).values(
                "kind", "created", "seen", "expires", "revoked", "address", "user_agent"
            )
        ),
        "tokens": list(
            PersonalToken.objects.filter(user=user).values(
                "name", "scopes", "created", "expires", "used", "address"
            )
        ),
        "following": _follows(user),
        "history": _history(user),
        **registry.exported(user),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            archive.writestr(f"{name}.json", text)
    return packed.getvalue()


def _profile(user: User) -> dict[str, Any]:
    names = ("id", "username", "email", "email_verified", "display_name", "bio", "links", "theme")
    chosen = ("language", "notify_on_site", "notify_by_mail")
    times = ("date_joined", "last_login", "leaving_since")
    return {name: getattr(user, name) for name in (*names, *chosen, *times)}


def _history(user: User) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(target_type="user", target_id=str(user.pk))
    rows = entries.values("at", "action", "before", "after", "address", "actor_id")
    # Where the site's keepers were when they did it is their own business.
    own = [
        {**row, "address": row["address"] if row["actor_id"] == user.pk else None} for row in rows
    ]
    return [{name: value for name, value in row.items() if name != "actor_id"} for row in own]


def _follows(user: User) -> list[dict[str, Any]]:
    rows = Follow.objects.filter(follower=user).select_related("followed")
    return [{"username": row.followed.username, "since": row.created} for row in rows]
