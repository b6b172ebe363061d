"""Messages as JSON: what sockets hear of them."""

from __future__ import annotations

from rest_framework import serializers


class QuoteOut(serializers.Serializer[object]):
    """What a reply shows of the message that it answers."""

    id = serializers.IntegerField()
    userId = serializers.IntegerField(allow_null=True)  # noqa: N815 - the wire's own case.
    username = serializers.CharField()
    displayName = serializers.CharField()  # noqa: N815 - the wire's own case.
    message = serializers.CharField()


class ChatMessageOut(serializers.Serializer[object]):
    """The data of the event `new-message`."""

    id = serializers.IntegerField()
    roomId = serializers.CharField()  # noqa: N815 - the wire's own case.
    userId = serializers.IntegerField(allow_null=True)  # noqa: N815 - the wire's own case.
    username = serializers.CharField()
    displayName = serializers.CharField()  # noqa: N815 - the wire's own case.
    role = serializers.CharField()
    message = serializers.CharField()
    timestamp = serializers.DateTimeField()
    replyTo = QuoteOut(allow_null=True)  # noqa: N815 - the wire's own case.


class HeldMessageOut(serializers.Serializer[object]):
    """The data of the event `message-held`."""

    roomId = serializers.CharField()  # noqa: N815 - the wire's own case.
    heldId = serializers.IntegerField()  # noqa: N815 - the wire's own case.
    userId = serializers.IntegerField()  # noqa: N815 - the wire's own case.
    username = serializers.CharField()
    displayName = serializers.CharField()  # noqa: N815 - the wire's own case.
    message = serializers.CharField()
    word = serializers.CharField()
    timestamp = serializers.DateTimeField()


class DecisionIn(serializers.Serializer[object]):
    """What a moderator decides."""

    approve = serializers.BooleanField()
