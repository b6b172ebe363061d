"""Profiles for OBS, read as OBS reads them."""

from __future__ import annotations

import configparser
import io
import json
import zipfile

from streams import obs


def unpacked(name: str = "StreAir ada", key: str = "") -> dict[str, str]:
    packed = obs.profile(
        name=name, server="rtmp://example.org/live", key=key, quality=obs.QUALITIES["1080p60"]
    )
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {file: archive.read(file).decode() for file in archive.namelist()}


def test_a_profile_is_what_obs_looks_for_and_no_folder_around_it() -> None:
    files = unpacked()

    assert sorted(files) == ["basic.ini", "service.json", "streamEncoder.json"]
    basic = configparser.ConfigParser(interpolation=None)
    basic.optionxform = str  # type: ignore[assignment, method-assign]
    basic.read_string(files["basic.ini"])
    assert basic["General"]["Name"] == "StreAir ada"
    assert basic["Output"]["Mode"] == "Advanced"
    assert basic["AdvOut"]["Encoder"] == "obs_x264"
    assert dict(basic["Video"]) == {
        "BaseCX": "1920",
        "BaseCY": "1080",
        "OutputCX": "1920",
        "OutputCY": "1080",
        "FPSType": "0",
        "FPSCommon": "60",
        "ScaleType": "bicubic",
    }
    encoder = json.loads(files["streamEncoder.json"])
    assert (encoder["rate_control"], encoder["bitrate"]) == ("CBR", 6000)
    assert (encoder["keyint_sec"], encoder["bf"]) == (2, 0)


def test_the_key_is_in_it_only_when_it_is_given() -> None:
    without, with_key = (json.loads(unpacked(key=key)["service.json"]) for key in ("", "sk_secret"))

    assert without == {
        "type": "rtmp_custom",
        "settings": {"server": "rtmp://example.org/live", "key": "", "use_auth": False},
    }
    assert with_key["settings"]["key"] == "sk_secret"


def test_no_name_leads_into_another_line() -> None:
    basic = unpacked(name="../x\n[AdvOut]\nEncoder=y")["basic.ini"]

    assert basic.count("[AdvOut]\n") == 1
