"""The token of forms: bound to one browser's cookie, to this service's key, and to our Origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.web import csrf
from tests.support.material import SeededChance, draw_keys

KEYS = draw_keys()
ORIGIN = "https://id.example.com"

pytestmark = pytest.mark.attack("095")


def is_own(**changed):
    cookie = csrf.draw(SeededChance(3))
    facts = {
        "origin": ORIGIN,
        "own_origin": ORIGIN,
        "cookie": cookie,
        "sent": csrf.token(KEYS, cookie),
    }
    return csrf.is_own(KEYS, **(facts | changed))


def test_our_own_form_is_ours():
    assert is_own()
    assert is_own(origin=ORIGIN.upper())


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": ""}, id="no Origin"),
        pytest.param({"origin": "null"}, id="an opaque Origin"),
        pytest.param({"origin": "http://id.example.com"}, id="another scheme"),
        pytest.param({"origin": "https://id.example.com:8443"}, id="another port"),
        pytest.param({"origin": "https://id.example.com.evil.example"}, id="a longer host"),
        pytest.param({"origin": "https://evil.example"}, id="another host"),
        pytest.param({"cookie": ""}, id="no cookie"),
        pytest.param({"cookie": "", "sent": ""}, id="neither"),
        pytest.param({"cookie": csrf.draw(SeededChance(4))}, id="another browser's cookie"),
        pytest.param({"sent": ""}, id="no token"),
        pytest.param({"sent": "\u00e9" * 32}, id="a token beyond ASCII"),
        pytest.param({"sent": csrf.token(draw_keys(8), "x")}, id="another service's key"),
    ],
)
def test_anything_else_is_not(changed):
    assert not is_own(**changed)


@given(st.text(max_size=80))
def test_no_text_is_a_token_by_chance(text):
    assert not is_own(sent=text)
