"""AMF0: values survive the trip, hostile bytes do not."""

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay import amf
from streams.relay.errors import AmfError

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
plain = st.none() | st.booleans() | st.floats(allow_nan=False) | text
values = st.recursive(
    plain,
    # An object's end is an empty name: a member cannot be called that.
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(text.filter(bool), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(values, max_size=4))
def test_values_survive_the_trip(items: list[Any]) -> None:
    assert amf.decode(amf.encode(*items)) == items


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_amf_errors(garbage: bytes) -> None:
    try:
        amf.decode(garbage)
    except AmfError:
        return


@given(values)
def test_every_cut_of_a_good_value_is_an_error(value: Any) -> None:
    data = amf.encode(value)

    for end in range(1, len(data)):
        with pytest.raises(AmfError):
            amf.decode(data[:end])


def test_long_strings_have_their_own_form() -> None:
    long = "ữ" * 30_000  # 90 000 bytes would be too many; these are counted in bytes

    with pytest.raises(AmfError, match="too long"):
        amf.encode(long)

    assert amf.decode(amf.encode("x" * 0x10000)) == ["x" * 0x10000]


def test_ecma_arrays_typed_objects_dates_and_xml_are_read() -> None:
    members = b"\0\1a\5" + b"\0\0\x09"
    data = (
        b"\x08\xff\xff\xff\xff" + members  # an array that lies about its size
        + b"\x10\0\4Name" + members
        + b"\x0b" + struct.pack(">dh", 1.5, -60)
        + b"\x0f\0\0\0\2<>"
        + b"\x06\x0d"
    )  # fmt: skip

    assert amf.decode(data) == [{"a": None}, {"a": None}, 1.5, "<>", None, None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x0a\xff\xff\xff\xff", "claims"),
        (b"\x0c\xff\xff\xff\xff", "claims"),
        (b"\x0a\0\0\0\1" * 40, "deep"),
        (b"\x03\0\1a" * 40, "deep"),
        (b"\x05" * 2000, "more than"),
        (b"\x07\0\0", "marker"),
        (b"\xff", "marker"),
    ],
)
def test_absurd_claims_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(AmfError, match=reason):
        amf.decode(data)


def test_bytes_that_are_not_utf_8_do_not_break_a_string() -> None:
    assert amf.decode(b"\x02\0\2\xffA") == ["\ufffdA"]


def test_what_cannot_be_encoded_is_named() -> None:
    with pytest.raises(AmfError, match="object"):
        amf.encode(object())
