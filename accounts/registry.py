"""What apps above this one add to accounts: they know streams and messages, accounts do not.

An app registers from its AppConfig.ready().
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from streair.core.api.scopes import Scope, allows

Adds = Callable[[User], dict[str, Any]]
Reacts = Callable[[User], None]
Exports = Callable[[User], Any]
Guards = Callable[[User, User], None]

_own: list[tuple[Adds, Scope | None]] = []
_public: list[Adds] = []
_leaving: list[Reacts] = []
_erasing: list[Reacts] = []
_renaming: list[Reacts] = []
_following: list[Guards] = []
_exports: dict[str, Exports] = {}


def adds_to_own(function: Adds, *, scope: Scope | None = None) -> Adds:
    """Add the fields that `function` returns to a person's own JSON.

    With `scope`, only tokens that have it get to see them; people who are signed in do anyway.
    """
    _own.append((function, scope))
    return function


def adds_to_public(function: Adds) -> Adds:
    """Add the fields that `function` returns to a person's public JSON."""
    _public.append(function)
    return function


def reacts_to_leaving(function: Reacts) -> Reacts:
    """Call `function` in the transaction in which somebody asks to be deleted, or is locked out."""
    _leaving.append(function)
    return function


def reacts_to_erasing(function: Reacts) -> Reacts:
    """Call `function` in the transaction in which everything personal of somebody is erased, their name last."""
    _erasing.append(function)
    return function


def reacts_to_renaming(function: Reacts) -> Reacts:
    """Call `function` in the transaction in which somebody's name, or the name they show, changes."""
    _renaming.append(function)
    return function


def guards_following(function: Guards) -> Guards:
    """Call `function` with who wants to follow and whom, before they do; it raises why that may not be."""
    _following.append(function)
    return function


def adds_to_export(name: str, function: Exports) -> None:
    """Put what `function` returns, as JSON, into the file `name`.json of a person's own data."""
    _exports[name] = function


def own_fields(user: User, granted: frozenset[str] | None) -> dict[str, Any]:
    """Return what the apps add to `user`'s own JSON for credentials with these scopes (None: all)."""
    added: dict[str, Any] = {}
    for function, scope in _own:
        if allows(granted, scope):
            added |= function(user)
    return added


def public_fields(user: User) -> dict[str, Any]:
    """Return what the apps add to `user`'s public JSON."""
    added: dict[str, Any] = {}
    for function in _public:
        added |= function(user)
    return added


def check_following(follower: User, followed: User) -> None:
    """Raise why the apps do not let one follow the other, if they do not."""
    for function in _following:
        function(follower, followed)


def leave(user: User) -> None:
    """Tell the apps that `user` is leaving."""
    for function in _leaving:
        function(user)


def erase(user: User) -> None:
    """Tell the apps to erase what they have of `user`."""
    for function in _erasing:
        function(user)


def rename(user: User) -> None:
    """Tell the apps that `user` has another name."""
    for function in _renaming:
        function(user)


def exported(user: User) -> dict[str, Any]:
    """Return what the apps have of `user`, by file name."""
    return {name: function(user) for name, function in _exports.items()}
