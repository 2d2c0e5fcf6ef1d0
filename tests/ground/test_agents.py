"""Agents: browsers and systems that people use are named; what a client writes never comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground import agents
from sekisho.ground.agents import Device, device_of, text_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/130.0.0.0 Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {SAFARI}"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{WINDOWS} {CHROME}", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Edg/130.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} {CHROME} OPR/114.0.0.0", "Opera on Windows"),
        (f"{WINDOWS} {CHROME} Vivaldi/7.0", "Vivaldi on Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
            "Internet Explorer on Windows",
        ),
        (f"{MAC} {CHROME}", "Chrome on Mac"),
        (
            f"{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            "Safari on Mac",
        ),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE} FxiOS/132.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone"),
        (f"{IPHONE} EdgiOS/130.0 Version/18.0 Mobile/15E148 Safari/604.1", "Edge on iPhone"),
        (f"{IPHONE} Mobile/15E148 Safari Line/14.17.0", "LINE on iPhone"),
        (f"{IPHONE} Mobile/22B83 [FBAN/FBIOS;FBAV/488.0]", "Facebook on iPhone"),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari on iPad",
        ),
        (f"{ANDROID} {CHROME}", "Chrome on Android"),
        (
            f"{ANDROID} {WEBKIT} SamsungBrowser/27.0 Chrome/125.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
            "Firefox on Android",
        ),
        (
            f"{ANDROID} {WEBKIT} Version/4.0 Chrome/130.0 Safari/537.36 YJApp-ANDROID",
            "Yahoo! JAPAN on Android",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        ("Mozilla/5.0 (X11; Ubuntu; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("curl/8.10.1", "curl"),
        (ANDROID, "Android"),
        ("", "Unknown device"),
        ("python-httpx/0.28", "Unknown device"),
    ],
)
def test_a_device_is_said_in_words_people_know(user_agent, expected):
    assert expected == text_of(device_of(user_agent), "en")


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        (Device("Chrome", "Windows"), "Chrome（Windows）"),
        (Device("curl", None), "curl"),
        (Device(None, "Android"), "Android"),
        (Device(None, None), "不明なデバイス"),
    ],
)
def test_a_device_is_said_in_japanese(device, expected):
    assert expected == text_of(device, "ja")


def test_a_browser_that_is_not_known_is_none():
    assert Device(None, "Windows") == device_of("Mozilla/5.0 (Windows NT 10.0) Something/1.0")


PAYLOADS = [
    "<script>alert(1)</script>",
    "Chrome/1 <img src=x onerror=alert(1)> Windows",
    "Chrome/1 (Windows)\r\nSet-Cookie: a=b",
    '{"event":"fake"}\n{"event":"signed_in"}',
    "\x1b[31mChrome/\x1b[0m Windows",
    "Chrome/\u202eWindows",
    "Windows Chrome/" + "A" * 100_000,
]


@pytest.mark.attack("101", "103")
@pytest.mark.parametrize("user_agent", PAYLOADS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_a_client_writes_comes_out(user_agent, language):
    said = text_of(device_of(user_agent), language)

    assert said in {
        text_of(Device(None, None), language),
        text_of(Device("Chrome", "Windows"), language),
    }


@given(st.text(max_size=500))
def test_any_text_gives_short_printable_words(user_agent):
    said = text_of(device_of(user_agent), "en")

    assert said.isprintable()
    assert 0 < len(said) <= 40


def test_only_the_first_signs_are_looked_at_and_kept():
    agents.device_of("x" * 400 + "Chrome/1")
    before = agents._device.cache_info().currsize  # noqa: SLF001 - the cache is what is tested
    agents.device_of("x" * 400 + "Firefox/1")

    assert before == agents._device.cache_info().currsize  # noqa: SLF001 - the cache is what is tested
