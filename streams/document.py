"""The picture's endpoint in the OpenAPI document: it is no view of Django's (`flv_endpoint`)."""

from __future__ import annotations

from typing import Any

from streair.core.api.schema import as_json, errors

_DESCRIPTION = """
Watch a room: FLV over HTTP (H.264 and AAC), for as long as the stream lasts or you stay. The first bytes hold
everything from the last keyframe on, so a picture is there at once. Play it with mpegts.js, mpv or ffplay.

The connection ends with the stream, and within two seconds when you may not watch any more. A short drop of the
encoder does not end it. At most 100 requests in a minute from one address.
"""


def add_stream_proxy(result: dict[str, Any], **_of_drf_spectacular: Any) -> dict[str, Any]:
    """Add the endpoint by hand."""
    refused = errors("room-not-found", "stream-ended", "stream-not-live", 401, 403, 429)
    refused |= errors("restarting", 503)
    picture = {
        "description": "The stream, without an end that is known.",
        "content": {"video/x-flv": {"schema": {"type": "string", "format": "binary"}}},
    }
    responses = {str(status): as_json(response) for status, response in refused.items()}
    operation = {
        "operationId": "streamWatch",
        "summary": "Watch a room",
        "description": _DESCRIPTION.strip(),
        "tags": ["streams"],
        "security": [{"bearerAuth": []}, {"cookieAuth": []}, {}],
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "A room id; or your own stream key, to see what arrives before anybody else.",
                "schema": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
            }
        ],
        "responses": {"200": picture, **responses},
    }
    result["paths"]["/api/stream-proxy/live/{id}.flv"] = {"get": operation}
    return result
