"""Passwords as values: what is read, which are refused, how strong one is said to be (spec M6)."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.authenticators.password import (
    Fault,
    Policy,
    Step,
    Unfit,
    estimate,
    judge,
    own_words,
    rank_bits,
    read,
)
from sekisho.ground.words import catalogue

POLICY = Policy()
OWN = own_words(["taro.yamada@example.jp", "山田 太郎", "Sekisho Demo"])
PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def judged(typed, shortest=POLICY.shortest, own=OWN):
    return judge(typed, shortest, POLICY, own, rank_bits)


def fault(typed, shortest=POLICY.shortest):
    match judged(typed, shortest):
        case Unfit(found, _, _):
            return found
        case _:
            return None


# --- reading ---


@pytest.mark.spec("M6")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("  two words ", "  two words ", id="blanks stay"),
        pytest.param("か\u3099くせい", "がくせい", id="NFC"),
        pytest.param("ｐａｓｓ", "ｐａｓｓ", id="full width stays: NFC, not NFKC"),
        pytest.param("a\x00b", "a\x00b", id="a zero is a sign"),
        pytest.param("🔑" * 256, "🔑" * 256, id="the longest"),
        pytest.param("e\u0301" * 256, "é" * 256, id="the longest, before NFC"),
        pytest.param("🔑" * 257, Fault.TOO_LONG, id="one more"),
        pytest.param("", Fault.TOO_SHORT, id="nothing"),
        pytest.param("abc\ud800defg", Fault.UNREADABLE, id="half a sign"),
    ],
)
def test_a_password_is_read_whole(typed, expected):
    assert expected == read(typed)


@pytest.mark.spec("M6")
@given(PASSWORDS)
def test_what_is_read_is_read_the_same_however_it_was_composed(typed):
    assert read(typed) == read(unicodedata.normalize("NFD", typed)) or len(typed) > 256


@pytest.mark.attack("086")
@pytest.mark.parametrize("sign", ["a", "\u0301", "ﷺ", "\ud800"])
def test_a_megabyte_is_refused_at_once(sign):
    begun = time.process_time()
    assert Fault.TOO_LONG == read(sign * 1_000_000)
    assert Unfit(Fault.TOO_LONG, 8, 256) == judged(sign * 1_000_000)
    assert time.process_time() - begun < 0.05


@pytest.mark.attack("086")
@pytest.mark.parametrize("typed", ["ﷺ" * 256, "ab" * 128, "taro" * 64, "1_" * 128, "9" * 255 + "x"])
def test_the_longest_are_judged_quickly(typed):
    rank_bits("read the list before")
    begun = time.process_time()
    judged(typed)
    estimate(typed, OWN, rank_bits)
    assert time.process_time() - begun < 0.2


# --- judging ---


@pytest.mark.spec("M6")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("k7 vuo9", Fault.TOO_SHORT, id="seven"),
        pytest.param("k7 vuo9q", None, id="eight"),
        pytest.param("げんまい茶とあさひ", None, id="nine of kana and kanji"),
        pytest.param("🦊🐙🍙🗻🚲🪁🧵🎐", None, id="eight that take 32 octets"),
        pytest.param("ж" * 3 + "é日ü字ñ", None, id="any script"),
        pytest.param("a" * 257, Fault.TOO_LONG, id="too long"),
        pytest.param("password", Fault.WELL_KNOWN, id="the most common"),
        pytest.param("PassWord", Fault.WELL_KNOWN, id="in another case"),
        pytest.param("ｐａｓｓｗｏｒｄ", Fault.WELL_KNOWN, id="full width"),
        pytest.param("takahashi", Fault.WELL_KNOWN, id="a Japanese name"),
        pytest.param("passwordpassword", Fault.WELL_KNOWN, id="twice"),
        pytest.param("takahashitakahashi", Fault.WELL_KNOWN, id="twice, and not listed so"),
        pytest.param("password of an owl", None, id="the whole is compared, no part"),
        pytest.param("~~~~~~~~~~", Fault.PATTERN, id="one sign"),
        pytest.param("z9z9z9z9z9z9", Fault.PATTERN, id="a short unit"),
        pytest.param("ghijklmnopq", Fault.PATTERN, id="the alphabet"),
        pytest.param("890123456789012", Fault.PATTERN, id="digits in order"),
        pytest.param("98765432109", Fault.PATTERN, id="digits backwards"),
        pytest.param("あああああああああ", Fault.PATTERN, id="one kana"),
        pytest.param("taroyamada", Fault.OWN_WORDS, id="the name"),
        pytest.param("Taro.Yamada-1990!", Fault.OWN_WORDS, id="the name and what hangs on it"),
        pytest.param("yamada_sekisho", Fault.OWN_WORDS, id="the name and the service"),
        pytest.param("5ek1sh0demo", Fault.OWN_WORDS, id="with lookalikes"),
        pytest.param("taro.yamada@example.jp", Fault.OWN_WORDS, id="the address"),
        pytest.param("山田太郎２０２６年", None, id="own words and one more"),
        pytest.param("山田太郎20261122", Fault.OWN_WORDS, id="the name in kanji and digits"),
        pytest.param("yamada owns an owl", None, id="a name among other words"),
    ],
)
def test_a_password_is_judged_whole(typed, expected):
    assert expected == fault(typed)


@pytest.mark.spec("M6")
def test_where_it_stands_alone_a_password_is_longer():
    assert Unfit(Fault.TOO_SHORT, 15, 256) == judged("vu owl 37 kelp", POLICY.shortest_alone)
    assert "vu owl 37 kelps" == judged("vu owl 37 kelps", POLICY.shortest_alone)


@pytest.mark.spec("M6")
@given(st.integers(0x20, 0x2FFF), st.integers(8, 40))
def test_no_mixture_of_kinds_of_signs_is_asked_for(first, length):
    """What is refused is known, a pattern or too short: never for want of a digit."""
    typed = "".join(chr(first + (step * step * 7) % 97) for step in range(length))
    assert fault(typed) in {None, Fault.WELL_KNOWN, Fault.PATTERN}


@pytest.mark.spec("M6")
@given(PASSWORDS)
@example("\u0958" * 256)
def test_a_password_that_is_taken_is_within_its_bounds(typed):
    match judged(typed):
        case Unfit(found, shortest, longest):
            assert (8, 256) == (shortest, longest)
            assert found in Fault
        case password:
            assert 8 <= len(password) <= 256
            assert password == unicodedata.normalize("NFC", typed)


def test_who_has_no_words_of_his_own_is_asked_for_none():
    assert frozenset() == own_words(["", "a@b", "--"]) - {"a@b"}


# --- the list ---


@pytest.mark.spec("M6")
@pytest.mark.attack("085")
def test_the_list_that_ships_holds_what_is_tried_first():
    """ASVS 6.2.4: the top 3,000 at least."""
    first = ["123456789", "qwertyuiop", "iloveyou", "1q2w3e4r", "football1", "пароль", "satou"]
    assert [] == [word for word in first if rank_bits(word) is None]
    assert rank_bits("123456") < rank_bits("football1") < 16


@pytest.mark.parametrize(
    "word", ["", "\n", "\x00", "vu owl 37", "passworx", "passwordx1y", "\ud800"]
)
def test_what_is_not_in_the_list_is_not_found(word):
    assert rank_bits(word) is None


# --- strength ---


@pytest.mark.spec("M6")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("password", Step.EASY),
        ("P@ssw0rd2024!", Step.EASY),
        ("taroyamada1990", Step.EASY),
        ("qwertyuiop1234", Step.EASY),
        ("aaaaaaaaaaaaaaaaaaaa", Step.EASY),
        ("sakura19920403", Step.FAIR),
        ("xK9#mQ2$vL7p", Step.HARD),
        ("correct horse battery staple", Step.VERY_HARD),
        ("げんまい茶とあさひと北の灯台守", Step.VERY_HARD),
    ],
)
def test_a_meter_tells_who_guesses_words_first(typed, expected):
    assert expected == estimate(typed, OWN, rank_bits).step


@given(PASSWORDS, st.characters(exclude_categories=["Cs"]))
def test_a_meter_never_says_more_than_its_signs_hold(typed, more):
    found = estimate(typed, OWN, rank_bits)
    assert 0 <= found.bits <= 4.0 * 48
    assert found == estimate(typed, OWN, rank_bits)


# --- words ---


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_refusal_and_step_is_worded(language):
    wanted = {f"password.unfit.{one}" for one in Fault} | {f"password.strength.{s}" for s in Step}
    assert wanted <= set(catalogue(language))
