"""A person's JSON, with what the apps above add to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts import registry, selectors
from accounts.api.serializers import MeOut, PersonOut, ProfileOut
from accounts.models import User
from accounts.registry import adds_to_own, adds_to_public
from streair.core.api.scopes import Scope, allows

__all__ = ["adds_to_own", "adds_to_public", "own", "profile"]


def own(user: User, granted: frozenset[str] | None = None) -> dict[str, Any]:
    """Return what `user` may know of themselves, by credentials limited to `granted` (None: all)."""
    shape = MeOut if allows(granted, Scope.PROFILE_READ) else PersonOut
    return {
        **shape(user).data,
        **_figures(user),
        **registry.own_fields(user, granted),
    }


def profile(user: User, viewer: User | AnonymousUser) -> dict[str, Any]:
    """Return what `viewer` may know of `user`."""
    follows = isinstance(viewer, User) and selectors.is_following(viewer, user)
    return {
        **ProfileOut(user).data,
        **_figures(user),
        "isFollowing": follows,
        **registry.public_fields(user),
    }


def _figures(user: User) -> dict[str, int]:
    return {
        "followerCount": selectors.follower_count(user),
        "followingCount": selectors.following_count(user),
    }
