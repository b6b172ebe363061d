"""What a machine is to a site, as MACHINE_ROLE says: all of it, or a part that others complete."""

from __future__ import annotations

SITE = "site"
APP = "app"  # Pages, sockets and video beside a first machine, which has all else.
EDGE = "edge"
INGEST = "ingest"
# Those that have neither database nor settings of a site, for people.
OUTPOSTS = {EDGE: "an edge", INGEST: "an ingest node"}


def of_a_site(role: str, *, database: str, redis: str) -> str:
    """Return `role` when a machine with a site's settings may have it. Raises ValueError, which says what to change."""
    if role in OUTPOSTS:
        raise ValueError(
            f"This machine is {OUTPOSTS[role]} (MACHINE_ROLE={role}): there is no site here to manage. "
            "How it does: python -m deploy.outpost"
        )
    if role not in {SITE, APP}:
        raise ValueError(f"MACHINE_ROLE must be site, app, edge or ingest, not {role!r}.")
    if role == APP and not (database.startswith("postgres") and redis):
        raise ValueError(
            "MACHINE_ROLE=app needs DATABASE_URL and REDIS_URL: those of the first machine."
        )
    return role
