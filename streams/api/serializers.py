"""How streams look in JSON (camelCase, DESIGN.md 4.1)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class EndIn(serializers.Serializer[Any]):
    """Why somebody else's stream is ended; kept in the audit log."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class MessageOut(serializers.Serializer[Any]):
    """A sentence in the reader's language."""

    message = serializers.CharField()


class CheckOut(serializers.Serializer[Any]):
    """Whether somebody is on air, by room id or, for its owner alone, by stream key."""

    isLive = serializers.BooleanField()  # noqa: N815 - the wire's own case.
    roomId = serializers.CharField(required=False)  # noqa: N815
    streamKey = serializers.CharField(required=False)  # noqa: N815


class StreamKeyOut(serializers.Serializer[Any]):
    """The caller's own stream key, and who used it last."""

    streamKey = serializers.CharField()  # noqa: N815
    createdAt = serializers.DateTimeField()  # noqa: N815
    rotatedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    lastUsedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    lastAddress = serializers.CharField(allow_null=True)  # noqa: N815
    lastEncoder = serializers.CharField(allow_blank=True)  # noqa: N815
