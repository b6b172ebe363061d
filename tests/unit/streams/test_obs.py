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


def test_a_profile_is_one_folder_with_what_obs_looks_for() -> None:
    files = unpacked()

    assert sorted(files) == [
        "StreAir-ada/basic.ini",
        "StreAir-ada/service.json",
        "StreAir-ada/streamEncoder.json",
    ]
    basic = configparser.ConfigParser(interpolation=None)
    basic.optionxform = str  # type: ignore[assignment, method-assign]
    basic.read_string(files["StreAir-ada/basic.ini"])
    assert basic["General"]["Name"] == "StreAir ada"
    assert basic["Output"]["Mode"] == "Advanced"
    assert basic["AdvOut"]["Encoder"] == "obs_x264"
    assert dict(basic["Video"]) == {
        "OutputCX": "1920",
        "OutputCY": "1080",
        "FPSType": "0",
        "FPSCommon": "60",
        "ScaleType": "bicubic",
    }
    encoder = json.loads(files["StreAir-ada/streamEncoder.json"])
    assert (encoder["rate_control"], encoder["bitrate"]) == ("CBR", 6000)
    assert (encoder["keyint_sec"], encoder["bf"]) == (2, 0)


def test_the_key_is_in_it_only_when_it_is_given() -> None:
    without, with_key = (
        json.loads(unpacked(key=key)["StreAir-ada/service.json"]) for key in ("", "sk_secret")
    )

    assert without == {
        "type": "rtmp_custom",
        "settings": {"server": "rtmp://example.org/live", "key": "", "use_auth": False},
    }
    assert with_key["settings"]["key"] == "sk_secret"


def test_no_name_leads_out_of_the_folder_or_into_another_line() -> None:
    files = unpacked(name="../x\n[AdvOut]\nEncoder=y")

    assert all(file.count("/") == 1 and ".." not in file for file in files)
    basic = next(text for file, text in files.items() if file.endswith("basic.ini"))
    assert basic.count("[AdvOut]\n") == 1
