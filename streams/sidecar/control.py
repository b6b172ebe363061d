"""Dropping a publisher through nginx-rtmp's control module."""

from __future__ import annotations

import logging

from django.conf import settings

from streams.keys import is_session_name
from streams.sidecar.client import SidecarDown, ask

logger = logging.getLogger(__name__)


def drop_publisher(*, client_id: int, session: str = "") -> int:
    """Drop the publisher `client_id` of the stream `session`; return how many that were.

    Both must match where a session is given: client ids start over when nginx does. There is
    always a client id: without any filter the module drops everybody (INGEST.md 1.7).
    Raises SidecarDown, and ValueError for what is no session name: the module does not decode
    its arguments, so only names of ours may reach it.
    """
    query = {"app": settings.RTMP_APP, "clientid": str(int(client_id))}
    if session:
        if not is_session_name(session):
            raise ValueError("This is not the name of a session.")
        query["name"] = session
    body = ask("/control/drop/publisher", query).body.strip()
    return int(body) if body.isdigit() else 0


def try_to_drop(*, client_id: int, session: str = "") -> None:
    """Drop a publisher if the sidecar answers; the reconcile loop repeats what fails here."""
    try:
        dropped = drop_publisher(client_id=client_id, session=session)
    except SidecarDown as exc:
        logger.warning("Could not drop client %d: %s", client_id, exc)
    else:
        logger.info("Dropped %d publisher(s): client %d.", dropped, client_id)
