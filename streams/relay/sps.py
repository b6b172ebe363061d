"""What an H.264 stream's parameter sets say about it: size, profile, level."""

from dataclasses import dataclass

from streams.relay.errors import SpsError

MAX_SPS_SIZE = 1024
MAX_SIDE = 16_384
SPS_TYPE = 7

PROFILES = {
    66: "Baseline",
    77: "Main",
    88: "Extended",
    100: "High",
    110: "High 10",
    122: "High 4:2:2",
    244: "High 4:4:4",
}
# These say more about colour before they come to the size.
PROFILES_WITH_CHROMA = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What a decoder is configured for."""

    profile: str
    level: str
    width: int
    height: int


def read_configuration(record: bytes) -> VideoFormat:
    """Read an AVCDecoderConfigurationRecord: the body of a sequence header after its head."""
    if len(record) < 8 or record[0] != 1 or not record[5] & 0x1F:
        raise SpsError("this is no decoder configuration")
    size = int.from_bytes(record[6:8])
    sps = record[8 : 8 + size]
    if len(sps) < size:
        raise SpsError("the parameter set is cut off")
    return read_sps(sps)


def read_sps(data: bytes) -> VideoFormat:
    """Read a sequence parameter set (ITU-T H.264, 7.3.2.1.1)."""
    if not 4 <= len(data) <= MAX_SPS_SIZE or data[0] & 0x1F != SPS_TYPE:
        raise SpsError("this is no sequence parameter set")
    profile, level = data[1], data[3]
    # Inside a NAL unit, 00 00 03 stands for 00 00.
    bits = _Bits(data[4:].replace(b"\0\0\3", b"\0\0"))
    bits.golomb()  # seq_parameter_set_id
    chroma = _skip_chroma(bits) if profile in PROFILES_WITH_CHROMA else 1
    bits.golomb()  # log2_max_frame_num_minus4
    _skip_order_count(bits)
    bits.golomb()  # max_num_ref_frames
    bits.take(1)  # gaps_in_frame_num_value_allowed_flag
    width = (bits.golomb() + 1) * 16
    rows = bits.golomb() + 1
    frames_only = bits.take(1)
    height = rows * 16 * (2 - frames_only)
    if not frames_only:
        bits.take(1)  # mb_adaptive_frame_field_flag
    bits.take(1)  # direct_8x8_inference_flag
    if bits.take(1):
        step_x = 2 if chroma in {1, 2} else 1
        step_y = (2 if chroma == 1 else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        width -= (left + right) * step_x
        height -= (top + bottom) * step_y
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise SpsError(f"a picture of {width}×{height}")
    name = PROFILES.get(profile, str(profile))
    return VideoFormat(name, f"{level // 10}.{level % 10}", width, height)


class _Bits:
    """Reads bits and Exp-Golomb numbers, never past the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise SpsError("the parameter set is cut off")
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise SpsError("a number of more than 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        number = self.golomb()
        return (number + 1) // 2 if number % 2 else -(number // 2)


def _skip_chroma(bits: _Bits) -> int:
    """Skip what high profiles add; return chroma_format_idc as cropping needs it."""
    chroma = bits.golomb()
    separate_planes = bits.take(1) if chroma == 3 else 0
    bits.golomb()  # bit_depth_luma_minus8
    bits.golomb()  # bit_depth_chroma_minus8
    bits.take(1)  # qpprime_y_zero_transform_bypass_flag
    if bits.take(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return 0 if separate_planes else chroma


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last, following = 8, 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


def _skip_order_count(bits: _Bits) -> None:
    order_type = bits.golomb()
    if order_type == 0:
        bits.golomb()  # log2_max_pic_order_cnt_lsb_minus4
    elif order_type == 1:
        bits.take(1)  # delta_pic_order_always_zero_flag
        bits.golomb()  # offset_for_non_ref_pic
        bits.golomb()  # offset_for_top_to_bottom_field
        count = bits.golomb()
        if count > 255:
            raise SpsError(f"an order cycle of {count} frames")
        for _ in range(count):
            bits.golomb()
