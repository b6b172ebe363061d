"""Looks through what the programs of a test wrote into their logs, for what must never be there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from streair.secrets import is_secret, password_in
from tests.canaries import CANARIES

# What every canary has in it: looking for these costs next to nothing, and most files have none.
_BEGINNINGS = (b"Secret", b"harbor", b"among-machines", b"sk_", b"sa_", b"ov_", b"eyJ")
# Shorter ones are everyday words.
_LEAST = 8


def assert_no_secrets_logged(logs: Iterable[Path], env: Mapping[str, str]) -> None:
    """Fail when one of these logs has a secret of the environment that its program had, or a canary."""
    named = dict(_secrets({**os.environ, **env}))
    found = [f"{log.name}: {what}" for log in logs for what in _found_in(log.read_bytes(), named)]
    assert not found, "\n".join(["Secrets were logged.", *found])


def _secrets(env: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name, value in env.items():
        secret = value if is_secret(name) else password_in(value)
        if len(secret) >= _LEAST:
            yield name, secret.encode()


def _found_in(content: bytes, named: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what is in there, by its name or by the line that it is in."""
    yield from (name for name, secret in named.items() if secret in content)
    if any(beginning in content for beginning in _BEGINNINGS):
        text = content.decode(errors="replace")
        yield from (line for line in text.splitlines() if CANARIES.search(line))
