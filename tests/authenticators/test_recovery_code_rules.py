"""Recovery codes as values: what people type is read, and every slip of theirs is found."""

import math
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.authenticators.recovery_code import Kept, Misread, read_code, verify
from sekisho.authenticators.recovery_code.binding import group_mac, mac
from sekisho.authenticators.recovery_code.rules import (
    ALPHABET,
    DRAWN,
    GROUP,
    LENGTH,
    LONGEST,
    completed,
    grouped,
    last_group,
)
from sekisho.authenticators.rules import Verdict
from tests.support.material import draw_keys

KEYS = draw_keys()
codes = st.text(ALPHABET, min_size=DRAWN, max_size=DRAWN).map(completed)
places = st.integers(0, LENGTH - 1)
CODE = completed("ABCDEFGHJKMNPQRSTUVWXYZ2")
BETWEEN = " \t\n\u00a0\u3000\u200b\ufeff-\u2010\u2013\u2014\u2212\u30fc\uff0d_.,;:/'\"()"


def wide(text):
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def kept(code=CODE, account=1, method=2, used=None):
    before = None if used is None else mac(KEYS, account, method, used)
    return Kept(account, method, mac(KEYS, account, method, code), before)


# --- the code itself ---


@pytest.mark.spec("M7")
@pytest.mark.attack("036")
def test_a_code_has_more_than_100_bits_in_25_signs():
    assert (25, 24) == (LENGTH, DRAWN)
    assert 118 < DRAWN * math.log2(len(ALPHABET))


@pytest.mark.spec("M7")
def test_no_sign_is_taken_for_another():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert set() == set(ALPHABET) & set("01ILO")
    assert ALPHABET == ALPHABET.upper()
    assert set(ALPHABET) == {unicodedata.normalize("NFKC", sign) for sign in ALPHABET}


@pytest.mark.spec("M7")
@given(codes)
def test_a_code_stands_in_five_groups_of_five(code):
    groups = grouped(code).split("-")
    assert [5] * 5 == [len(group) for group in groups]
    assert groups[-1] == last_group(grouped(code)) == last_group(groups[-1].lower())


# --- reading ---


@pytest.mark.spec("M7")
@given(codes, st.lists(st.tuples(places, st.sampled_from(BETWEEN)), max_size=40), st.booleans())
@example("2" * LENGTH, [(5, "-"), (10, " ")], True)
def test_case_blanks_dashes_and_width_make_no_difference(code, between, is_wide):
    typed = list(code.lower())
    for place, sign in sorted(between, reverse=True):
        typed.insert(place, sign)
    text = "".join(typed)
    assert code == read_code(wide(text) if is_wide else text)


@pytest.mark.spec("M7")
@pytest.mark.parametrize("form", [0x1D400, 0x1D5D4, 0x24B6], ids=["bold", "sans", "circled"])
def test_letters_of_another_form_are_read_as_what_they_are(form):
    typed = "".join(chr(form + ord(sign) - 65) if sign.isalpha() else sign for sign in CODE)
    assert CODE == read_code(typed)


@pytest.mark.spec("M7")
def test_digits_of_another_script_are_read_as_what_they_are():
    assert CODE == read_code(CODE.replace("2", "٢"))


@pytest.mark.spec("M7")
@given(codes, places, st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_found(code, place, sign):
    typed = code[:place] + sign + code[place + 1 :]
    assert read_code(typed) == (code if typed == code else Misread.CHECK)


@pytest.mark.spec("M7")
@given(codes, st.integers(0, LENGTH - 2))
def test_every_swap_of_neighbours_is_found(code, place):
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(typed) == (code if typed == code else Misread.CHECK)


@pytest.mark.spec("M7")
@given(codes, places, places)
def test_every_swap_of_any_two_is_found(code, one, other):
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    typed = "".join(signs)
    assert read_code(typed) == (code if typed == code else Misread.CHECK)


@pytest.mark.spec("M7")
@given(codes)
def test_all_slips_of_a_code_are_found(code):
    """All 750 single wrong signs and all 300 pairs, not a sample."""
    slips = {
        code[:place] + sign + code[place + 1 :] for place in range(LENGTH) for sign in ALPHABET
    }
    for one in range(LENGTH):
        for other in range(one):
            signs = list(code)
            signs[one], signs[other] = signs[other], signs[one]
            slips.add("".join(signs))
    assert {Misread.CHECK} == {read_code(slip) for slip in slips - {code}}


@pytest.mark.spec("M7")
@given(codes, places, st.sampled_from("01ILOilo"))
def test_a_sign_that_no_code_has_is_told_as_such(code, place, sign):
    assert Misread.SIGN is read_code(code[:place] + sign + code[place + 1 :])


@pytest.mark.spec("M7")
@pytest.mark.parametrize(
    "typed",
    ["", "-----", CODE[:-1], CODE + "2", CODE + CODE, "A" * 10**6, " " * LONGEST + CODE, "ß" * 25],
)
def test_what_has_not_25_signs_is_no_code(typed):
    assert Misread.LENGTH is read_code(typed)
    assert last_group(typed) is None


@given(st.text(max_size=60))
def test_what_is_read_is_a_code_or_no_code(typed):
    read = read_code(typed)
    assert isinstance(read, Misread) or completed(read[:DRAWN]) == read


# --- comparing ---


@pytest.mark.spec("M7")
@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        pytest.param(CODE, Verdict.RIGHT, id="right"),
        pytest.param(grouped(CODE).lower(), Verdict.RIGHT, id="right, as people type"),
        pytest.param(completed("3" * DRAWN), Verdict.EARLIER, id="the one before"),
        pytest.param(completed("4" * DRAWN), Verdict.WRONG, id="another"),
        pytest.param("4" * LENGTH, Verdict.UNREADABLE, id="with a slip"),
        pytest.param("", Verdict.UNREADABLE, id="nothing"),
    ],
)
def test_an_answer_is_judged(typed, verdict):
    assert verdict is verify(KEYS, kept(used=completed("3" * DRAWN)), typed)


def test_where_none_was_used_none_is_the_earlier_one():
    assert Verdict.WRONG is verify(KEYS, kept(), completed("3" * DRAWN))


@pytest.mark.attack("010")
@pytest.mark.parametrize(("account", "method"), [(1, 3), (3, 2), (2, 1)])
def test_a_code_opens_no_other_account_or_method(account, method):
    theirs = kept(account=account, method=method)
    mine = Kept(1, 2, theirs.mac, theirs.mac)
    assert Verdict.WRONG is verify(KEYS, mine, CODE)


@pytest.mark.attack("134")
def test_a_group_is_bound_as_a_group():
    group = CODE[-GROUP:]
    assert mac(KEYS, 1, 2, group) != group_mac(KEYS, 1, 2, group)


@pytest.mark.attack("027")
def test_what_is_kept_shows_nothing_when_it_is_printed():
    assert "mac" not in repr(kept())
