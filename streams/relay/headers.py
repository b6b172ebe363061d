"""What a stream says about itself before its frames: metadata and sequence headers."""

from typing import Any

from streams.relay import amf
from streams.relay.batch import Preamble
from streams.relay.errors import AmfError
from streams.relay.flv import Tag, TagKind

SET_DATA_FRAME = amf.encode("@setDataFrame")
ON_METADATA = amf.encode("onMetaData")


class Headers:
    """Remembers the headers in force, and tells news from repetition.

    nginx-rtmp repeats them to a subscriber whom it lets catch up, and some encoders before
    every keyframe; browsers would rebuild their decoder each time.
    """

    def __init__(self) -> None:
        self._in_force: dict[TagKind, Tag] = {}
        self._announced: dict[str, Any] | None = None
        self._version = 0
        self.seen_audio = False

    def filter(self, tag: Tag) -> Tag | None:
        """Return what viewers should get of `tag`: itself, a cleaned one, or nothing."""
        if not tag.body:
            return None
        if tag.is_script:
            return self._filter_script(tag)
        if tag.is_audio:
            self.seen_audio = True
        return self._news(tag) if tag.is_sequence_header else tag

    def preamble(self, timestamp: int, *, has_audio: bool, has_video: bool) -> Preamble:
        """Return the headers in force, stamped with the time at which they are to apply."""
        kinds = (TagKind.SCRIPT, TagKind.AUDIO, TagKind.VIDEO)
        tags = [
            Tag(kind, timestamp, self._in_force[kind].body)
            for kind in kinds
            if kind in self._in_force
        ]
        return Preamble(tags, version=self._version, has_audio=has_audio, has_video=has_video)

    def announces(self, kind: TagKind) -> bool | None:
        """Return whether the metadata promises audio or video; None without metadata."""
        if self._announced is None:
            return None
        name = "videocodecid" if kind is TagKind.VIDEO else "audiocodecid"
        other = "width" if kind is TagKind.VIDEO else "audiosamplerate"
        return bool(self._announced.get(name) or self._announced.get(other))

    @property
    def metadata(self) -> dict[str, Any]:
        return self._announced or {}

    def _filter_script(self, tag: Tag) -> Tag | None:
        body = tag.body.removeprefix(SET_DATA_FRAME)
        if not body.startswith(ON_METADATA):
            return None
        try:
            members = amf.decode(body)[1:2]
        except AmfError:
            return None
        self._announced = members[0] if members and isinstance(members[0], dict) else {}
        return self._news(Tag(tag.kind, tag.timestamp, body))

    def _news(self, tag: Tag) -> Tag | None:
        known = self._in_force.get(tag.kind)
        if known is not None and known.body == tag.body:
            return None
        self._in_force[tag.kind] = tag
        self._version += 1
        return tag
