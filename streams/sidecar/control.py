"""Dropping a publisher through nginx-rtmp's control module."""

from __future__ import annotations

import logging

from streair.ingest import APP
from streams import nodes
from streams.keys import is_session_name
from streams.nodes import Node
from streams.sidecar.client import SidecarDown

logger = logging.getLogger(__name__)

# A hook waits for it, and the encoder for the hook, also when the node of before is gone with its machine.
SECONDS = 1.0


def drop_publisher(node: Node, *, client_id: int, session: str = "") -> int:
    """Drop the publisher `client_id` of the stream `session` at its node; return how many that were.

    Both must match where a session is given: client ids start over when nginx does. There is
    always a client id: without any filter the module drops everybody (INGEST.md 1.7).
    Raises SidecarDown, and ValueError for what is no session name: the module does not decode
    its arguments, so only names of ours may reach it.
    """
    query = {"app": APP, "clientid": str(int(client_id))}
    if session:
        if not is_session_name(session):
            raise ValueError("This is not the name of a session.")
        query["name"] = session
    body = node.ask("/control/drop/publisher", query, seconds=SECONDS).body.strip()
    return int(body) if body.isdigit() else 0


def try_to_drop(*, node: str, client_id: int, session: str = "") -> bool:
    """Drop a publisher if its node answers, which is returned; the reconcile loop repeats what fails here."""
    found = nodes.find(node)
    if found is None:
        logger.warning("Could not drop client %d: there is no node %r any more.", client_id, node)
        return False
    try:
        dropped = drop_publisher(found, client_id=client_id, session=session)
    except SidecarDown as exc:
        logger.warning("Could not drop client %d of node %s: %s", client_id, node, exc)
        return False
    logger.info("Dropped %d publisher(s): client %d of node %s.", dropped, client_id, node)
    return True
