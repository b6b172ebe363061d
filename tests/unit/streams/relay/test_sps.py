"""What parameter sets say, and that no bytes make the parser fall over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.errors import SpsError
from streams.relay.sps import VideoFormat, read_configuration, read_sps
from tests.unit.streams.relay import samples


@pytest.mark.parametrize(
    ("sps", "expected"),
    [
        (samples.SPS_720P, VideoFormat("High", "3.1", 1280, 720)),
        (samples.SPS_1080P, VideoFormat("High", "4.0", 1920, 1080)),
        (samples.SPS_854X480, VideoFormat("High", "3.1", 854, 480)),
        (samples.SPS_320X180_BASELINE, VideoFormat("Baseline", "1.3", 320, 180)),
        (samples.SPS_640X360_INTERLACED, VideoFormat("High 4:2:2", "3.1", 640, 360)),
    ],
)
def test_sizes_are_those_of_the_picture_without_padding(sps: bytes, expected: VideoFormat) -> None:
    assert read_sps(sps) == expected


def test_a_sequence_header_holds_the_parameter_set() -> None:
    assert read_configuration(samples.avc_header().body[5:]).width == 1280


@given(st.binary(max_size=80))
def test_garbage_raises_nothing_but_sps_errors(garbage: bytes) -> None:
    for read in (read_sps, read_configuration):
        try:
            read(garbage)
        except SpsError:
            continue


@given(st.binary(max_size=60), st.sampled_from([66, 100, 244]))
def test_garbage_after_a_good_start_raises_nothing_but_sps_errors(
    garbage: bytes, profile: int
) -> None:
    try:
        read_sps(bytes([0x67, profile, 0, 31]) + garbage)
    except SpsError:
        return


@pytest.mark.parametrize("end", range(4, 11))
def test_a_cut_parameter_set_is_refused(end: int) -> None:
    with pytest.raises(SpsError):
        read_sps(samples.SPS_1080P[:end])


def test_a_configuration_without_parameter_sets_is_refused() -> None:
    with pytest.raises(SpsError, match="no decoder configuration"):
        read_configuration(bytes([1, 100, 0, 31, 0xFF, 0xE0, 0, 0]))


def test_a_configuration_that_claims_more_than_it_has_is_refused() -> None:
    with pytest.raises(SpsError, match="cut off"):
        read_configuration(bytes([1, 100, 0, 31, 0xFF, 0xE1, 0xFF, 0xFF]) + samples.SPS_720P)
