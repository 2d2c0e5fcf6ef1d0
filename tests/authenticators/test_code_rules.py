"""Codes as values: reading what people type, labels, and what a code is bound to."""

import statistics
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from sekisho.authenticators import KINDS, Verdict, kind_named
from sekisho.authenticators.code import EMAIL_CODE, LABELS, binding, label_among, read_code
from sekisho.authenticators.reading import LONGEST
from sekisho.authenticators.rules import Material
from sekisho.ground import chance
from sekisho.ground.chance import SystemChance
from tests.support.material import SeededChance, draw_keys

KEYS = draw_keys()
BOUND = Material(purpose=1, subject=2, flow=3, challenge=4, digits=6, expected=b"", earlier=())
DIGITS = "0123456789"
SIX = st.text(DIGITS, min_size=6, max_size=6)
JOINERS = " \t\u00a0\u2009\u3000-\u2010\u2013\u2212\u30fc\uff0d\u200b\u200d\u2060\ufeff"
ZEROS = "0０٠۰०০๐𝟎𝟬"


def mac(bound, code, challenge=4):
    return binding.mac(KEYS, bound, challenge, code)


# --- reading (C7) ---


@pytest.mark.spec("C7")
@given(SIX, st.sampled_from(ZEROS), st.lists(st.sampled_from(JOINERS), max_size=3))
@example("000000", "０", [])
def test_digits_of_any_script_in_groups_are_the_code(code, zero, joiners):
    signs = [chr(ord(zero) + int(digit)) for digit in code]
    typed = "".join(signs[:3]) + "".join(joiners) + "".join(signs[3:])
    assert code == read_code(typed, 6)


@pytest.mark.spec("C7")
@given(SIX, st.text(st.characters(exclude_categories=["Nd", "No", "Nl"]), max_size=40))
def test_words_around_a_code_do_not_hide_it(code, words):
    glued = words.rstrip(JOINERS)
    assert code == read_code(f"{glued}: {code}. {words}", 6)


@pytest.mark.spec("C7")
@given(st.text(max_size=300), st.sampled_from([6, 8]))
def test_what_is_read_is_always_so_many_ascii_digits(text, digits):
    read = read_code(text, digits)
    assert read is None or (len(read) == digits and set(read) <= set(DIGITS))


@pytest.mark.spec("C7")
@pytest.mark.attack("016")
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("012345", "012345"),
        ("12345", None),
        ("0012345", None),
        ("+12345", None),
        ("12345.0", None),
        ("1e5000", None),
        ("0x1234", None),
        ("123456123456", None),
        ("123456 123456", None),  # joined by a blank they are one run of twelve
        ("123456, 123456", "123456"),
        ("123456, 654321", None),
        ("Ⅵ23456", None),
        ("²23456", "223456"),  # NFKC says that it is a two
        ("", None),
        ("1" * (LONGEST + 1), None),
        ("x" * (LONGEST - 7) + " 123456", "123456"),
        ("x" * LONGEST + " 123456", None),
    ],
)
def test_a_code_is_a_text_and_never_a_number(typed, read):
    assert read == read_code(typed, 6)


@pytest.mark.spec("C7")
def test_of_a_whole_message_the_run_of_the_right_length_is_the_code():
    letter = (
        "482913 is your code\nRequest K7, 14:05 (JST), until 14:10. Ticket 20260305. 03-1234-5678"
    )
    assert "482913" == read_code(letter, 6)


# --- drawing (C1) ---


@pytest.mark.spec("C1")
@pytest.mark.attack("015", "016")
def test_codes_are_uniform_at_every_place():
    """Chi-square of each place: nine degrees of freedom, 33.7 is passed once in 10,000 draws."""
    drawn = SystemChance()
    codes = [chance.digits(drawn, 6) for _ in range(200_000)]
    assert {6} == {len(code) for code in codes}
    for place in range(6):
        counts = Counter(code[place] for code in codes)
        expected = len(codes) / 10
        squared = sum((counts[digit] - expected) ** 2 / expected for digit in DIGITS)
        assert squared < 40, (place, counts)


@pytest.mark.spec("C1")
@pytest.mark.parametrize(("number", "code"), [(0, "000000"), (7, "000007"), (999_999, "999999")])
def test_leading_zeros_are_kept(number, code):
    class Fixed(SeededChance):
        def below(self, bound):
            assert 10**6 == bound
            return number

    assert code == chance.digits(Fixed(), 6)


def draw_in_a_process(_):
    drawn = SystemChance()
    return [drawn.octets(16) for _ in range(500)]


@pytest.mark.attack("015")
def test_forked_processes_draw_nothing_twice():
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as processes:
        drawn = [one for many in processes.map(draw_in_a_process, range(4)) for one in many]
    assert len(drawn) == len(set(drawn))


# --- labels (C8) ---


@pytest.mark.spec("C8")
def test_labels_hold_no_sign_that_can_be_mistaken():
    signs = set("".join(LABELS))
    assert set() == signs & set("BGIOQSZ01")
    assert 152 == len(set(LABELS))


@pytest.mark.spec("C8")
@given(st.sets(st.sampled_from(LABELS), max_size=151), st.integers(0, 1 << 16))
def test_a_label_is_unlike_any_live_one(taken, drawn):
    label = label_among(frozenset(taken), drawn)
    assert label in LABELS
    assert label not in taken


@pytest.mark.spec("C8")
def test_with_all_labels_live_one_is_given_all_the_same():
    assert label_among(frozenset(LABELS), 3) in LABELS


# --- what a code is bound to (C5, C9) ---


@pytest.mark.spec("C5", "C9")
@pytest.mark.attack("009", "010", "134")
@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(BOUND, purpose=2), id="purpose"),
        pytest.param(replace(BOUND, subject=3), id="account"),
        pytest.param(replace(BOUND, flow=4), id="flow"),
    ],
)
def test_a_mac_is_of_one_purpose_account_and_flow(other):
    assert mac(BOUND, "123456") != mac(other, "123456")


@pytest.mark.spec("C5")
def test_a_mac_is_of_one_challenge_and_one_key():
    assert mac(BOUND, "123456") != mac(BOUND, "123456", challenge=5)
    assert mac(BOUND, "123456") != binding.mac(draw_keys(8), BOUND, 4, "123456")


@pytest.mark.attack("134")
@given(
    st.tuples(*[st.integers(0, 2**62)] * 4, SIX | st.text(DIGITS, min_size=8, max_size=8)),
    st.tuples(*[st.integers(0, 2**62)] * 4, SIX | st.text(DIGITS, min_size=8, max_size=8)),
)
@example((1, 2, 3, 4, "123456"), (1, 2, 3, 4, "12345678"))
def test_no_two_bindings_share_a_mac(one, other):
    def of(subject, flow, challenge, purpose, code):
        bound = replace(BOUND, subject=subject, flow=flow, purpose=purpose & 0xFFFF)
        return binding.mac(KEYS, bound, challenge, code), (
            subject,
            flow,
            challenge,
            purpose & 0xFFFF,
            code,
        )

    (left, what), (right, other_what) = of(*one), of(*other)
    assert (left == right) == (what == other_what)


# --- comparing ---


def material(code="123456", digits=6, earlier=()):
    bound = replace(BOUND, digits=digits)
    voided = tuple((number, mac(BOUND, old, number)) for number, old in earlier)
    return replace(bound, expected=mac(bound, code), earlier=voided)


@pytest.mark.spec("C4", "C7")
@pytest.mark.parametrize(
    ("typed", "earlier", "verdict"),
    [
        pytest.param("123456", (), Verdict.RIGHT, id="right"),
        pytest.param("１２３-４５６", (), Verdict.RIGHT, id="right, as people type"),
        pytest.param("123457", (), Verdict.WRONG, id="wrong"),
        pytest.param("222222", ((9, "222222"),), Verdict.EARLIER, id="earlier"),
        pytest.param("222222", ((8, "333333"), (9, "222222")), Verdict.EARLIER, id="one of two"),
        pytest.param("444444", ((9, "222222"),), Verdict.WRONG, id="neither"),
        pytest.param("123456", ((9, "123456"),), Verdict.RIGHT, id="the same code drawn twice"),
        pytest.param("none", ((9, "222222"),), Verdict.UNREADABLE, id="no code"),
        pytest.param("12345678", (), Verdict.UNREADABLE, id="too long"),
    ],
)
def test_an_answer_is_judged(typed, earlier, verdict):
    assert verdict == EMAIL_CODE.verify(KEYS, material(earlier=earlier), typed)


@pytest.mark.spec("C4", "C6")
@pytest.mark.parametrize(
    ("digits", "code", "old"), [(8, "12345678", "222222"), (6, "123456", "22222222")]
)
def test_an_earlier_code_of_the_other_length_is_known_too(digits, code, old):
    """Codes grow from six to eight digits inside a flow."""
    newest = material(code, digits, ((9, old),))
    assert Verdict.EARLIER == EMAIL_CODE.verify(KEYS, newest, old)
    assert Verdict.RIGHT == EMAIL_CODE.verify(KEYS, newest, code)


@pytest.mark.attack("017")
def test_code_is_compared_alike():
    """Right, nearly right and quite wrong take the same time; a small look, interleaved."""
    newest = material("123456", earlier=((8, "333333"), (9, "222222")))
    seconds = {"123456": [], "123457": [], "923456": [], "222222": []}
    for _ in range(1500):
        for typed, found in seconds.items():
            began = time.perf_counter()
            EMAIL_CODE.verify(KEYS, newest, typed)
            found.append(time.perf_counter() - began)
    medians = [statistics.median(found) for found in seconds.values()]
    assert max(medians) - min(medians) < 0.15 * min(medians)


# --- kinds (M11) ---


@pytest.mark.spec("M1", "M9")
def test_an_emailed_code_claims_no_assurance():
    assert ("email_code", 0, False) == (
        EMAIL_CODE.name,
        EMAIL_CODE.assurance,
        EMAIL_CODE.is_phishing_resistant,
    )


def test_codes_by_mail_are_a_kind_that_is_found_by_its_name():
    assert EMAIL_CODE in KINDS
    assert EMAIL_CODE is kind_named("email_code")
