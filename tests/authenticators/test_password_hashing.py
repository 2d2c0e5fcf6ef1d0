"""Hashes of passwords: what is kept, who can verify it, and that all comparing costs alike."""

import re
import time
import unicodedata
from base64 import b64decode
from dataclasses import replace

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.authenticators.password import (
    LAST,
    Checked,
    Cost,
    Fault,
    Policy,
    Unfit,
    change,
    hashing,
    pack,
    unpack,
    verify,
)
from sekisho.authenticators.rules import Verdict
from tests.support.material import SeededChance, draw_keys

KEYS = draw_keys()
SALT = SeededChance(3).octets(16)
CHEAP = Cost(memory_kib=64, passes=1)
POLICY = Policy(cost=CHEAP)
PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def made(password, cost=CHEAP, keys=KEYS):
    return hashing.make(keys, password, cost, SALT)


def is_right(password, kept, cost=CHEAP, keys=KEYS):
    return hashing.is_right(keys, password, kept, cost)


# --- what is kept ---


@pytest.mark.spec("M6")
def test_a_hash_is_argon2id_as_the_norm_asks():
    kept = made("vu owl 37 kelps", Cost())
    assert re.fullmatch(r"1\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}", kept)
    assert SALT == b64decode(kept.split("$")[4] + "==")


@pytest.mark.spec("M6")
@given(PASSWORDS)
@settings(max_examples=30, deadline=None)
def test_argon2_cffi_verifies_our_hashes_and_we_verify_its(password):
    """The second opinion sees what we give to Argon2: the password under the pepper."""
    peppered = KEYS.mac("pepper/v1", password.encode())
    theirs = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    assert theirs.verify(made(password).removeprefix("1"), peppered)
    assert is_right(password, f"1{theirs.hash(peppered)}")


def test_a_hash_without_the_key_is_worth_nothing():
    kept = made("vu owl 37 kelps")
    assert not is_right("vu owl 37 kelps", kept, keys=draw_keys(8))
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(kept.removeprefix("1"), b"vu owl 37 kelps")


@pytest.mark.attack("134")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a" * 72 + "b", "a" * 72 + "c", id="73 octets"),
        pytest.param("abc\x00def1", "abc\x00def2", id="after a zero"),
        pytest.param("x" * 255 + "y", "x" * 255 + "z", id="the last of the longest"),
        pytest.param("Passphrase", "passphrase", id="case"),
        pytest.param("trailing ", "trailing", id="a blank"),
    ],
)
def test_the_whole_password_is_compared(one, other):
    assert is_right(one, made(one))
    assert not is_right(other, made(one))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "0" + made("owl").removeprefix("1"),
        made("owl").removeprefix("1"),
        made("owl")[:-1],
        made("owl").replace("argon2id", "argon2i"),
        made("owl").replace("m=64", "m=4"),
        made("owl").replace("m=64", "m=9999999"),
        made("owl").replace("t=1", "t=0"),
        made("owl").replace("p=1", "p=4"),
        made("owl") + "\n",
        "1$argon2id$v=19$m=64,t=1,p=1$" + "A" * 17 + "$" + "A" * 17,
    ],
)
def test_what_was_damaged_opens_nothing_and_takes_no_memory(kept):
    assert not is_right("owl", kept)
    begun = time.thread_time()
    assert not hashing.was_used(KEYS, "owl", (kept,))
    assert time.thread_time() - begun < 0.05


def test_what_cannot_be_read_is_outdated():
    assert hashing.is_outdated("nonsense", CHEAP)


# --- a sign-in ---


@pytest.mark.spec("M6")
@given(PASSWORDS, PASSWORDS)
@settings(max_examples=50, deadline=None)
def test_the_password_is_right_and_no_other(password, other):
    history = (made(hashing_form(password)),)
    assert Checked(Verdict.RIGHT) == verify(KEYS, password, history, POLICY, SALT)
    expected = Verdict.RIGHT if hashing_form(other) == hashing_form(password) else Verdict.WRONG
    assert expected == verify(KEYS, other, history, POLICY, SALT).verdict


def hashing_form(password):
    """As `rules.read` gives it, also where NFC makes it longer than the longest."""
    return unicodedata.normalize("NFC", password)


def test_a_password_is_right_however_its_signs_were_composed():
    history = (made("がくせいのうた"),)
    typed = "か\u3099くせいのうた"
    assert Verdict.RIGHT == verify(KEYS, typed, history, POLICY, SALT).verdict


@pytest.mark.attack("085")
@pytest.mark.parametrize("answer", ["", "a" * 257, "a" * 1_000_000, "owl\ud800"])
def test_what_is_no_password_is_not_hashed(answer):
    begun = time.thread_time()
    dear = replace(POLICY, cost=Cost(262_144, 4))
    assert Checked(Verdict.UNREADABLE) == verify(KEYS, answer, (), dear, SALT)
    assert time.thread_time() - begun < 0.05


@pytest.mark.attack("088")
def test_nobody_is_never_right():
    assert Checked(Verdict.WRONG) == verify(KEYS, "vu owl 37 kelps", (), POLICY, SALT)


def shortest_times(*acts, rounds=15):
    """Processor time of each act, the shortest of rounds that alternate: no other load shows."""
    found = [[] for _ in acts]
    for _ in range(rounds):
        for times, act in zip(found, acts, strict=True):
            begun = time.thread_time()
            act()
            times.append(time.thread_time() - begun)
    return [min(times) for times in found]


@pytest.mark.attack("088")
def test_nobody_takes_as_long():
    """No password, a wrong one, a wrong one under a hash that was cheaper: one length of time."""
    policy = Policy(cost=Cost(8192, 2))
    present = (made("vu owl 37 kelps", policy.cost),)
    older = (made("vu owl 37 kelps", Cost(2048, 2)),)
    nobody, wrong, was_cheaper = shortest_times(
        lambda: verify(KEYS, "a wrong password", (), policy, SALT),
        lambda: verify(KEYS, "a wrong password", present, policy, SALT),
        lambda: verify(KEYS, "a wrong password", older, policy, SALT),
    )
    assert nobody == pytest.approx(wrong, rel=0.25)
    assert was_cheaper == pytest.approx(wrong, rel=0.25)


@pytest.mark.spec("M6")
@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(made("vu owl 37 kelps", Cost(64, 1)), id="fewer passes"),
        pytest.param(made("vu owl 37 kelps", Cost(32, 2)), id="less memory"),
        pytest.param(made("vu owl 37 kelps", Cost(128, 3)), id="dearer than now"),
    ],
)
def test_a_right_password_is_hashed_anew_when_the_cost_has_changed(kept):
    policy = Policy(cost=Cost(64, 2))
    older = made("an older one", Cost(64, 1))
    checked = verify(KEYS, "vu owl 37 kelps", (kept, older), policy, SALT)
    assert Checked(Verdict.RIGHT, (made("vu owl 37 kelps", policy.cost), older)) == checked
    assert Checked(Verdict.WRONG) == verify(KEYS, "another", (kept, older), policy, SALT)


@pytest.mark.spec("M6")
def test_a_hash_under_an_older_pepper_verifies_and_is_made_anew(monkeypatch):
    older = (made("vu owl 37 kelps"),)
    monkeypatch.setattr(hashing, "PEPPER", 2)
    checked = verify(KEYS, "vu owl 37 kelps", older, POLICY, SALT)
    assert Verdict.RIGHT == checked.verdict
    assert checked.history[0].startswith("2$argon2id$")
    assert Checked(Verdict.RIGHT) == verify(KEYS, "vu owl 37 kelps", checked.history, POLICY, SALT)


# --- a change ---


@pytest.mark.spec("M6")
def test_one_of_the_last_five_is_not_taken_and_the_sixth_is():
    history = ()
    for number in range(LAST + 1):
        history = change(KEYS, f"password number {number}", history, POLICY, SALT)
    assert LAST == len(history)
    for number in range(1, LAST + 1):
        assert Unfit(Fault.USED_BEFORE, 8, 256) == change(
            KEYS, f"password number {number}", history, POLICY, SALT
        )
    taken = change(KEYS, "password number 0", history, POLICY, SALT)
    assert Verdict.RIGHT == verify(KEYS, "password number 0", taken, POLICY, SALT).verdict


@pytest.mark.attack("086")
def test_a_change_costs_no_more_hashes_than_are_kept():
    """However long a history was sealed, six hashes at most are computed."""
    history = tuple(made(f"number {number}") for number in range(40))
    assert LAST == len(unpack(pack(history)))
    assert not hashing.was_used(KEYS, "number 5", history)


def test_a_history_is_sealed_and_read_as_it_was():
    history = (made("one"), made("two"))
    assert history == unpack(pack(history))
    assert () == unpack(pack(()))
    assert (made("one"),) == unpack(f"{made('one')}\nnonsense\n\xff".encode())


def test_no_hash_stands_in_a_repr():
    kept = made("vu owl 37 kelps")
    assert kept.rpartition("$")[2] not in repr(Checked(Verdict.RIGHT, (kept,)))
