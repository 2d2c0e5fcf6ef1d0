"""What is asked about before mail goes to an address; nothing is refused for it (spec P4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.addresses import EmailAddress, parse_email
from sekisho.ground.look_alikes import Doubt, warnings

pytestmark = pytest.mark.spec("P4")


def warned(text):
    email = parse_email(text)
    assert email is not None, text
    return [(one.doubt, one.like) for one in warnings(email)]


@pytest.mark.parametrize(
    "text",
    [
        "taro@example.com",
        "taro.yamada+shop@example.co.jp",
        "a..b@docomo.ne.jp",
        ".a.@ezweb.ne.jp",
    ],
)
def test_most_addresses_are_asked_nothing_about(text):
    assert [] == warned(text)


@pytest.mark.attack("076")
@pytest.mark.parametrize(
    ("text", "like"),
    [
        pytest.param("taro@аррӏе.com", "apple.com", id="all Cyrillic"),
        pytest.param("taro@exаmple.com", "example.com", id="one Cyrillic letter"),
        pytest.param("taro@gοοgle.com", "google.com", id="Greek"),
        pytest.param("taro@ɡmail.com", "gmail.com", id="another Latin g"),
        pytest.param("taro@www.ехаmрӏе.co.jp", "www.example.co.jp", id="in one label of many"),
    ],
)
def test_a_look_alike_says_what_it_may_be_taken_for(text, like):
    assert (Doubt.LOOK_ALIKE, like) == warned(text)[0]


@pytest.mark.parametrize("text", ["taro@паypal日.com", "taro@яdomain語.jp"])
def test_scripts_that_nobody_writes_together_are_named(text):
    assert Doubt.MIXED_SCRIPTS == warned(text)[0][0]


@pytest.mark.parametrize(
    "text",
    [
        "taro@日本語.jp",
        "taro@東京taro.jp",
        "taro@カタカナとひらがな.jp",
        "taro@münchen.de",
        "taro@한국.kr",
    ],
)
def test_a_domain_in_a_script_of_its_own_is_only_shown_in_both_forms(text):
    assert [(Doubt.BEYOND_ASCII, "")] == warned(text)


def test_both_forms_are_shown():
    (one,) = warnings(parse_email("taro@日本語.jp"))
    assert ("日本語.jp", "xn--wgv71a119e.jp") == (one.shown, one.ascii)


def test_a_likely_slip_is_asked_about():
    assert [(Doubt.TYPING_SLIP, "gmail.com")] == warned("taro@gmial.com")


@given(label=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFFF), max_size=40))
def test_no_domain_breaks_it(label):
    warnings(EmailAddress("taro", f"xn--{label}.com"))
    warnings(EmailAddress("taro", f"{label}.example"))
