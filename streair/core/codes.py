"""Every code that an error can have: programs decide by it, so none ever changes its meaning.

docs/api.md and the OpenAPI description are made from this list; tests compare it with the sources.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What an error code stands for."""

    status: int
    meaning: str


CODES = {
    "account-leaving": Code(
        403, "You asked for your account to be deleted. Restore it before you do anything else."
    ),
    "account-too-new": Code(
        403,
        "The chat takes people with older accounts right now; `retryAfter` says how long to wait.",
    ),
    "bad-duration": Code(422, "A ban, timeout or slow mode cannot be that short or long."),
    "bad-frame": Code(422, "The WebSocket frame is JSON, but not a frame of ours."),
    "bad-request": Code(400, "The request makes no sense here."),
    "bad-ticket": Code(
        403, "An edge shows a stream for a fresh ticket only: ask for the stream where its page is."
    ),
    "banned": Code(403, "You may not write in this streamer's chats."),
    "banned-already": Code(409, "They are banned; a timeout would shorten that."),
    "banned-from-room": Code(403, "You may neither watch this streamer's rooms nor follow them."),
    "cannot-follow-yourself": Code(409, "One follows others."),
    "conflict": Code(409, "It clashes with what is there already."),
    "csrf-failed": Code(
        403, "A request that is signed in by cookie came without a valid X-CSRFToken."
    ),
    "decided-already": Code(409, "A moderator decided already, or the message waits no more."),
    "edge-full": Code(503, "This edge has as many viewers as it can take; the site knows others."),
    "email-taken": Code(
        409, "Another account has proved already that this e-mail address is its own."
    ),
    "emoji-only": Code(403, "The chat takes nothing but emoji right now."),
    "followers-only": Code(
        403,
        "The chat takes the streamer's followers right now, `retryAfter` seconds from now if any.",
    ),
    "internal-error": Code(500, "Our fault. Tell us the requestId: it is in our log."),
    "invalid": Code(422, "A field or parameter cannot be used; `errors` says which, and why."),
    "link-invalid": Code(422, "The link from a mail was used, is too old, or is none of ours."),
    "links-off": Code(403, "The chat takes no links right now."),
    "malformed": Code(400, "What was sent cannot be read: not JSON, not UTF-8, not HTTP."),
    "message-empty": Code(422, "There is nothing to see in the message."),
    "message-filtered": Code(403, "There is a word in it that may not be written there."),
    "message-not-found": Code(404, "There is no such message in this room."),
    "message-too-long": Code(422, "The message has more characters or lines than are taken."),
    "method-not-allowed": Code(405, "Not with this method; `Allow` says which."),
    "no-room": Code(409, "The socket has joined no room yet."),
    "not-allowed": Code(403, "You are known, but may not do this."),
    "not-found": Code(404, "There is nothing at this address."),
    "overlay-not-found": Code(404, "The link to the chat is none of ours, or was renewed."),
    "person-not-found": Code(404, "There is no such person."),
    "picture-invalid": Code(422, "No picture was sent, or none in JPEG, PNG, WebP or GIF."),
    "report-open-already": Code(409, "You have reported this, and nobody has looked at it yet."),
    "report-target-not-found": Code(404, "There is nothing of this kind to report."),
    "restarting": Code(503, "The server restarts. Come back in some seconds."),
    "room-ended": Code(409, "The room is over; its chat can be read."),
    "room-locked": Code(
        403, "The room has a password. Unlock it, and come with the ticket or its cookie."
    ),
    "room-not-found": Code(404, "There is no such room, or it is none of your business."),
    "room-open-already": Code(
        409, "You have an open room; `errors.roomId` says which. End it before the next."
    ),
    "rules-changed": Code(409, "The streamer has other rules by now: read them, then agree."),
    "scope-missing": Code(403, "The personal access token was not allowed this."),
    "session-not-found": Code(404, "You are not signed in there."),
    "sign-in-first": Code(401, "Nobody is signed in."),
    "slow-mode": Code(429, "The chat is slow right now. Wait for `Retry-After` seconds."),
    "stream-ended": Code(404, "The stream is over; there is nothing to play any more."),
    "stream-not-live": Code(404, "The room is there, but nothing is streamed into it yet."),
    "timed-out": Code(403, "You may not write in this streamer's chats for `retryAfter` seconds."),
    "token-invalid": Code(401, "The token is wrong, has expired, or was revoked."),
    "token-not-found": Code(404, "You have no such token."),
    "too-fast": Code(429, "A limit was reached. Wait for `Retry-After` seconds."),
    "too-large": Code(413, "More was sent than is taken."),
    "too-many-held": Code(409, "Too many messages wait for a moderator already."),
    "too-many-tokens": Code(409, "Revoke a token that you do not use any more first."),
    "too-many-words": Code(409, "The word list is full."),
    "too-slow": Code(408, "The request did not arrive in time."),
    "unavailable": Code(503, "A part of the site is down. Try again in a moment."),
    "unknown-command": Code(422, "The message begins like a command, and is none."),
    "unknown-event": Code(404, "There is no such WebSocket command."),
    "unsupported-media-type": Code(415, "Not in a format that is taken: send JSON."),
    "user-not-found": Code(404, "There is nobody of this name."),
    "username-taken": Code(409, "Somebody has this user name, or one that looks like it."),
    "verified-only": Code(403, "The chat takes people with a verified e-mail address right now."),
    "word-invalid": Code(422, "This is no entry for a word list."),
    "word-listed-already": Code(409, "The word list has this entry."),
    "word-not-found": Code(404, "There is no such entry on the word list."),
    "wrong-credentials": Code(401, "Name and password do not belong together."),
    "wrong-password": Code(422, "This is not your password."),
    "wrong-room-password": Code(403, "This is not the password of the room."),
}
