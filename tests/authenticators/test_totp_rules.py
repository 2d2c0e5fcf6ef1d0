"""TOTP as values: codes as RFC 6238 has them, one step to each side, drift, and what apps read."""

import base64
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sekisho.authenticators.code import read_code
from sekisho.authenticators.rules import Verdict
from sekisho.authenticators.totp import Algorithm, Enrolled, Marks, Right, clock_off, verify
from sekisho.authenticators.totp.rules import (
    MOST_DRIFT,
    SEED_BYTES,
    code_at,
    read_marks,
    secret_of,
    step_at,
    uri_of,
    write_marks,
)
from tests.support.material import START

HASHES = {Algorithm.SHA1: sha1, Algorithm.SHA256: sha256}
SEED = b"12345678901234567890"  # RFC 6238 appendix B
LONG_SEED = b"12345678901234567890123456789012"
MARKS = Marks(Algorithm.SHA1, 6)
PHONE = Enrolled(account=1, method=2, seed=SEED, marks=MARKS, last_step=0)
NOW = step_at(START)
STEP = timedelta(seconds=30)

seeds = st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES)
kinds = st.builds(Marks, st.sampled_from(Algorithm), st.sampled_from([6, 8]))
moments = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def shown(phone, now, off=0):
    """What the phone's app shows when its clock is so many steps off."""
    return code_at(phone.seed, phone.marks, step_at(now) + off)


def used(phone, right):
    """The phone after an answer that was right."""
    return replace(phone, marks=right.marks, last_step=right.step)


# --- codes ---


@pytest.mark.spec("M3")
@pytest.mark.parametrize(
    ("second", "by_sha1", "by_sha256"),
    [
        (59, "94287082", "46119246"),
        (1111111109, "07081804", "68084774"),
        (1111111111, "14050471", "67062674"),
        (1234567890, "89005924", "91819424"),
        (2000000000, "69279037", "90698825"),
        (20000000000, "65353130", "77737706"),
    ],
)
def test_codes_are_those_of_the_rfc(second, by_sha1, by_sha256):
    """RFC 6238 appendix B."""
    step = step_at(datetime.fromtimestamp(second, UTC))
    assert by_sha1 == code_at(SEED, Marks(Algorithm.SHA1, 8), step)
    assert by_sha256 == code_at(LONG_SEED, Marks(Algorithm.SHA256, 8), step)


@pytest.mark.spec("M3")
@given(seeds, kinds, moments)
def test_codes_are_those_of_pyotp(seed, marks, now):
    foreign = pyotp.TOTP(
        base64.b32encode(seed).decode(), digits=marks.digits, digest=HASHES[marks.algorithm]
    )
    assert foreign.at(now) == code_at(seed, marks, step_at(now))


@pytest.mark.spec("M3")
@pytest.mark.skipif(shutil.which("oathtool") is None, reason="oathtool is not installed")
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_codes_are_those_of_oathtool(algorithm, digits):
    """Twenty steps around midnight, of a seed typed as the page shows it."""
    began = START.replace(hour=23, minute=55)
    told = subprocess.run(
        [
            "oathtool", f"--totp={algorithm}", f"--digits={digits}", "--base32", "--window=19",
            f"--now={began:%Y-%m-%d %H:%M:%S} UTC", secret_of(SEED),
        ],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    ours = [code_at(SEED, Marks(algorithm, digits), step_at(began) + step) for step in range(20)]
    assert ours == told.stdout.split()


# --- the window ---


@pytest.mark.spec("M3")
@pytest.mark.attack("031")
@pytest.mark.parametrize(("tolerance", "accepted"), [(1, {-1, 0, 1}), (0, {0})])
def test_codes_of_three_steps_around_are_right_and_no_others(tolerance, accepted):
    right = {
        off
        for off in range(-30, 31)
        if isinstance(verify(PHONE, shown(PHONE, START, off), START, tolerance), Right)
    }
    assert accepted == right


@pytest.mark.attack("031")
def test_codes_of_a_whole_walk_from_behind_to_ahead_do_not_widen_the_window():
    """-3 to +3 in turn: what was right on the way moves nothing by itself."""
    phone, right = PHONE, []
    for off in range(-3, 4):
        judged = verify(phone, shown(PHONE, START, off), START, 1)
        if isinstance(judged, Right):
            right.append(off)
            phone = used(phone, judged)
    assert [-1, 0, 1] == right


@pytest.mark.attack("029")
@given(seeds, kinds, moments, st.integers(-1, 1))
def test_a_replayed_code_is_told_from_a_wrong_one_and_is_never_right(seed, marks, now, off):
    phone = Enrolled(1, 2, seed, marks, 0)
    code = shown(phone, now, off)
    judged = verify(phone, code, now, 1)
    assert isinstance(judged, Right)
    after = used(phone, judged)
    assert Verdict.EARLIER is verify(after, code, now, 1)
    assert not isinstance(verify(after, code, now + timedelta(seconds=1), 1), Right)


@pytest.mark.attack("029")
def test_a_step_before_the_last_one_is_used_up_with_it():
    after = used(PHONE, verify(PHONE, shown(PHONE, START, 1), START, 1))
    for off in (-1, 0, 1):
        assert Verdict.EARLIER is verify(after, shown(PHONE, START, off), START, 1)


def test_where_two_steps_share_a_code_both_are_used_up(monkeypatch):
    monkeypatch.setattr("sekisho.authenticators.totp.rules.code_at", lambda *_: "111111")
    assert NOW + 1 == verify(PHONE, "111111", START, 1).step


@pytest.mark.spec("C7")
@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "no code", "9" * 5000])
def test_what_is_no_code_is_unreadable(typed):
    assert Verdict.UNREADABLE is verify(PHONE, typed, START, 1)
    assert Verdict.UNREADABLE is verify(PHONE, None, START, 1)


@pytest.mark.spec("C7")
def test_what_people_type_is_read_as_any_code_is():
    code = shown(PHONE, START)
    wide = "".join(chr(ord("０") + int(digit)) for digit in code)
    for typed in (code, f"{code[:3]} {code[3:]}", wide, f"My code is {code[:3]}-{code[3:]}."):
        assert isinstance(verify(PHONE, read_code(typed, 6), START, 1), Right)


@given(st.text("0123456789", min_size=6, max_size=6), moments)
def test_a_wrong_code_is_wrong(typed, now):
    assume(typed not in {shown(PHONE, now, off) for off in (-1, 0, 1)})
    assert Verdict.WRONG is verify(PHONE, typed, now, 1)


@pytest.mark.attack("010")
def test_a_code_of_another_phone_is_wrong():
    other = replace(PHONE, seed=b"another seed of 20..")
    assert Verdict.WRONG is verify(PHONE, shown(other, START), START, 1)


# --- drift ---


@pytest.mark.spec("M3")
@pytest.mark.parametrize("side", [-1, 1])
def test_two_answers_in_a_row_on_one_side_move_the_window(side):
    phone, now, drifts = PHONE, START, []
    for off in (side, side, 2 * side, 2 * side, 3 * side):
        right = verify(phone, shown(phone, now, off), now, 1)
        drifts.append(right.drift / STEP)
        phone, now = used(phone, right), now + timedelta(minutes=5)
    assert [0, side, side, 2 * side, 2 * side] == drifts


@pytest.mark.spec("M3")
@pytest.mark.parametrize("offs", [(1, 0, 1, 0, 1), (1, -1, 1, -1, 1), (0, 0, 0, 0, 0)])
def test_one_late_answer_moves_nothing(offs):
    phone, now = PHONE, START
    for off in offs:
        right = verify(phone, shown(phone, now, off), now, 1)
        phone, now = used(phone, right), now + timedelta(minutes=5)
    assert 0 == phone.marks.drift


@pytest.mark.spec("M3")
@given(
    seeds,
    kinds,
    st.sampled_from([-1, 1]),
    st.lists(st.tuples(st.integers(0, 1), st.integers(3, 10_000)), min_size=1, max_size=60),
)
def test_a_clock_that_goes_wrong_slowly_is_followed(seed, marks, side, uses):
    """It gains or loses at most one step from one pair of uses to the next, five minutes in all."""
    phone, now, off = Enrolled(1, 2, seed, marks, 0), START, 0
    for gained, steps in uses:
        off = max(-MOST_DRIFT, min(MOST_DRIFT, off + side * gained))
        for _ in range(2):
            now += STEP * steps
            right = verify(phone, shown(phone, now, off), now, 1)
            assert isinstance(right, Right)
            assert right.step > phone.last_step
            phone = used(phone, right)
    assert abs(phone.marks.drift - off) <= 1


@pytest.mark.spec("M3")
@pytest.mark.attack("029", "031")
@given(
    seeds,
    kinds,
    st.lists(st.tuples(st.integers(0, 3000), st.integers(-14, 14)), min_size=1, max_size=60),
)
def test_in_every_history_steps_rise_and_three_codes_are_open(seed, marks, answers):
    phone, now, steps = Enrolled(1, 2, seed, marks, 0), START, []
    for seconds, off in answers:
        now += timedelta(seconds=seconds)
        judged = verify(phone, shown(phone, now, off), now, 1)
        if isinstance(judged, Right):
            steps.append(judged.step)
            phone = used(phone, judged)
        middle = step_at(now) + phone.marks.drift
        codes = [code_at(seed, marks, step) for step in range(middle - 20, middle + 21)]
        assume(len(codes) == len(set(codes)))
        fresh = [one for one in codes if isinstance(verify(phone, one, now, 1), Right)]
        assert set(fresh) <= set(codes[19:22])
        assert abs(phone.marks.drift) <= MOST_DRIFT
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("side", [-1, 1])
def test_drift_ends_at_five_minutes(side):
    marks = replace(MARKS, drift=side * MOST_DRIFT, lean=side)
    phone = replace(PHONE, marks=marks)
    right = verify(phone, shown(phone, START, side * (MOST_DRIFT + 1)), START, 1)
    assert timedelta(minutes=5) * side == right.drift


@pytest.mark.spec("H2")
@pytest.mark.parametrize(
    ("off", "told"),
    [
        (0, timedelta()),
        (-7, timedelta(minutes=-3, seconds=-30)),
        (120, timedelta(hours=1)),
        (121, None),
    ],
)
def test_an_owner_who_enrols_hears_how_wrong_the_phones_clock_is(off, told):
    assert told == clock_off(PHONE, shown(PHONE, START, off), START)


@given(kinds, st.integers(-MOST_DRIFT, MOST_DRIFT), st.integers(-1, 1))
def test_marks_are_read_as_they_were_written(marks, drift, lean):
    kept = replace(marks, drift=drift, lean=lean)
    assert kept == read_marks(write_marks(kept))


# --- what the app is given ---

ISSUERS = ["Example", "関所", "A & B: C", "50%?secret=X#", " "]
PEOPLE = ["taro@example.com", "太郎@example.jp", "a+b&c=d@example.com", "x:y"]


@pytest.mark.spec("M3")
@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("marks", [MARKS, Marks(Algorithm.SHA256, 8)], ids=["usual", "other"])
def test_the_uri_is_read_by_a_foreign_app_as_it_was_meant(issuer, person, marks):
    uri = uri_of(SEED, marks, issuer, person)
    foreign = pyotp.parse_uri(uri)
    assert foreign.at(START) == code_at(SEED, marks, NOW)
    assert (person.replace(":", " "), issuer.replace(":", " ")) == (foreign.name, foreign.issuer)


@pytest.mark.attack("034")
def test_the_uri_holds_160_bits_and_nothing_twice():
    parts = urlsplit(uri_of(SEED, MARKS, "Example", "taro@example.com"))
    assert ("otpauth", "totp", "/Example:taro@example.com") == (
        parts.scheme,
        parts.netloc,
        unquote(parts.path),
    )
    fields = parse_qs(parts.query, strict_parsing=True)
    assert {
        "secret": [base64.b32encode(SEED).decode()],
        "issuer": ["Example"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    } == fields
    assert 160 == 8 * len(base64.b32decode(fields["secret"][0]))


def test_the_typed_secret_stands_in_groups_of_four():
    typed = secret_of(SEED)
    assert [4] * 8 == [len(group) for group in typed.split(" ")]
    assert SEED == base64.b32decode(typed.replace(" ", ""))


@pytest.mark.attack("027", "034")
def test_a_phone_that_is_printed_shows_no_seed():
    assert "1234567890" not in repr(PHONE)
