"""Phones: what people type, what reaches them, and what is refused with its reason."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground import phones
from sekisho.ground.addresses import plain_phone
from sekisho.ground.phones import Line, Phone, Unfit

MOBILE = "+819012345678"


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("090-1234-5678", MOBILE, id="mobile"),
        pytest.param("09012345678", MOBILE, id="digits alone"),
        pytest.param("9012345678", MOBILE, id="the leading zero forgotten"),
        pytest.param("０９０－１２３４－５６７８", MOBILE, id="full-width"),
        pytest.param("０９０ー１２３４ー５６７８", MOBILE, id="long-vowel marks"),
        pytest.param("090−1234–5678", MOBILE, id="minus and en dash"),
        pytest.param("　090 1234 5678　", MOBILE, id="wide blanks around"),
        pytest.param("090(1234)5678", MOBILE, id="brackets"),
        pytest.param("０９０（１２３４）５６７８", MOBILE, id="full-width brackets"),
        pytest.param("+81 90 1234 5678", MOBILE, id="with its country"),
        pytest.param("＋８１９０１２３４５６７８", MOBILE, id="full-width plus"),
        pytest.param("+81 (0)90-1234-5678", MOBILE, id="the zero in brackets"),
        pytest.param("＋８１（０）９０－１２３４－５６７８", MOBILE, id="the same full-width"),
        pytest.param("+81 090 1234 5678", MOBILE, id="the zero left in"),
        pytest.param("(+81)90-1234-5678", MOBILE, id="the country in brackets"),
        pytest.param("81-90-1234-5678", MOBILE, id="the plus forgotten"),
        pytest.param("0081 90 1234 5678", MOBILE, id="00 for the plus"),
        pytest.param("010-81-90-1234-5678", MOBILE, id="dialled from Japan"),
        pytest.param("tel:+81-90-1234-5678", MOBILE, id="a link's form"),
        pytest.param("(03)1234-5678", "+81312345678", id="landline"),
        pytest.param("+1 202-555-0123", "+12025550123", id="from abroad"),
        pytest.param("+39 (0)6 6981 2345", "+390669812345", id="Italy keeps its zero"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, expected):
    phone = phones.read(typed, "JP")
    assert isinstance(phone, Phone)
    assert expected == phone.text


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("060-1234-5678", Line.MOBILE, id="060, new"),
        pytest.param("070-1234-5678", Line.MOBILE, id="070"),
        pytest.param("080-1234-5678", Line.MOBILE, id="080"),
        pytest.param("090-1234-5678", Line.MOBILE, id="090"),
        pytest.param("03-1234-5678", Line.LANDLINE, id="Tokyo"),
        pytest.param("+1 202 555 0123", Line.MOBILE, id="+1 does not tell"),
        pytest.param("+44 20 7946 0958", Line.LANDLINE, id="London"),
    ],
)
def test_the_kind_of_line_is_told(typed, expected):
    phone = phones.read(typed, "JP")
    assert isinstance(phone, Phone)
    assert expected is phone.line


@pytest.mark.spec("P3")
@pytest.mark.attack("079")
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("050-1234-5678", Unfit.VOIP, id="VOIP in Japan"),
        pytest.param("+44 56 1234 5678", Unfit.VOIP, id="VOIP in Britain"),
        pytest.param("0990-500-123", Unfit.PREMIUM, id="premium in Japan"),
        pytest.param("+1 900 555 0123", Unfit.PREMIUM, id="premium in America"),
        pytest.param("020-0123-4567", Unfit.PAGER, id="pager"),
        pytest.param("0120-444-444", Unfit.SERVICE, id="toll-free"),
        pytest.param("0570-000-000", Unfit.SERVICE, id="navi-dial"),
        pytest.param("000-0000-0000", Unfit.INVALID, id="zeros"),
        pytest.param("+999 1234 5678", Unfit.INVALID, id="no such country"),
        pytest.param("090-1234-567", Unfit.INVALID, id="too short"),
        pytest.param("090-1234-56789", Unfit.INVALID, id="too long"),
        pytest.param("", Unfit.UNREADABLE, id="nothing"),
        pytest.param("eva@example.com", Unfit.UNREADABLE, id="an address"),
        pytest.param("1-800-FLOWERS", Unfit.UNREADABLE, id="letters"),
        pytest.param("0" * 41, Unfit.UNREADABLE, id="over-long"),
        pytest.param("٠٩٠١٢٣٤٥٦٧٨", Unfit.UNREADABLE, id="digits of another script"),
        pytest.param("++819012345678", Unfit.UNREADABLE, id="two plus signs"),
    ],
)
def test_a_number_that_cannot_be_security_info_is_refused_with_the_reason(typed, reason):
    assert reason is phones.read(typed, "JP")


@pytest.mark.attack("088")
@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("+81\n9012345678", id="a line end"),
        pytest.param("09012345678\r\nTo: 09087654321", id="a second number"),
        pytest.param("09012345678&To=+1900", id="a form field"),
        pytest.param("09012345678;ext=1", id="a parameter"),
        pytest.param("09012345678,09087654321", id="a list"),
        pytest.param("090\x001234\x005678", id="zeros"),
    ],
)
def test_nothing_but_one_number_is_read(typed):
    assert Unfit.UNREADABLE is phones.read(typed, "JP")


def test_a_landline_is_reached_by_voice_only():
    assert ("voice",) == phones.read("03-1234-5678", "JP").channels
    assert ("sms", "voice") == phones.read("090-1234-5678", "JP").channels


@pytest.mark.spec("P3")
def test_the_verdict_carries_its_country_and_the_version_of_its_metadata():
    phone = phones.read("090-1234-5678", "JP")
    assert "JP" == phone.country
    assert re.fullmatch(r"\d+\.\d+\.\d+", phone.metadata)


@pytest.mark.spec("P3")
def test_the_country_chosen_in_the_picker_counts_unless_a_plus_says_otherwise():
    assert "+12025550123" == phones.read("202-555-0123", "US").text
    assert MOBILE == phones.read("+81 90 1234 5678", "US").text


@pytest.mark.spec("P2")
def test_a_hint_shows_two_digits_and_a_fixed_number_of_stars():
    assert "******78" == phones.hint(MOBILE)
    assert "******23" == phones.hint("+12025550123")


def test_a_phone_that_is_logged_shows_no_number():
    assert MOBILE not in repr(phones.read("090-1234-5678", "JP"))


@pytest.mark.parametrize(
    ("languages", "place", "expected"),
    [
        pytest.param("ja", None, "JP", id="a language of one country"),
        pytest.param("ja-JP,en;q=0.5", "US", "JP", id="a region"),
        pytest.param("en-GB", "JP", "GB", id="a region before the place"),
        pytest.param("zh-Hant-TW", None, "TW", id="a region behind a script"),
        pytest.param("en", "JP", "JP", id="the place"),
        pytest.param("en", None, "JP", id="the setting"),
        pytest.param("", None, "JP", id="nothing"),
        pytest.param("en-" + "A" * 5000, None, "JP", id="nonsense"),
    ],
)
def test_the_picker_begins_where_the_person_probably_is(languages, place, expected):
    assert expected == phones.home(languages, place, "JP")


@pytest.mark.spec("P3")
def test_the_picker_lists_the_allowed_countries_in_the_persons_language():
    allowed = frozenset({"JP", "US", "GB"})
    english = [(one.code, one.calling, one.name) for one in phones.countries("en", allowed)]
    assert ("JP", "+81", "Japan") in english
    assert sorted(english, key=lambda line: line[2]) == english
    assert "日本" in {one.name for one in phones.countries("ja", allowed)}


@given(st.text(max_size=45))
def test_nothing_makes_reading_a_number_fail(text):
    phone = phones.read(text, "JP")
    assert isinstance(phone, Unfit) or phones.is_e164(phone.text)


@pytest.mark.parametrize(
    "typed", ["090-1234-5678", "（03）1234-5678", "(+81)90-1234-5678", "+1 202-555-0123"]
)
def test_what_may_be_a_phone_number_looks_like_one(typed):
    assert plain_phone(typed) is not None


@pytest.mark.parametrize("typed", ["", "eva", "eva@example.com", "12345", "1-800-FLOWERS"])
def test_what_is_no_phone_number_does_not_look_like_one(typed):
    assert plain_phone(typed) is None
