"""Keys: one root key, a purpose key for everything, and nothing that opens by the wrong one."""

import stat
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.ground import keys
from sekisho.ground.keys import KeyFileError
from tests.support.material import SeededChance, draw_keys

KEYS = draw_keys()
PARTS = st.lists(st.binary(max_size=80), max_size=4)


@pytest.mark.attack("134")
@given(PARTS, PARTS)
@example([b"a" * 72 + b"x"], [b"a" * 72 + b"y"])
@example([b"ab", b"c"], [b"a", b"bc"])
@example([b"a\x00", b"b"], [b"a", b"\x00b"])
@example([b""], [])
@example([b"a\x00x"], [b"a\x00y"])
def test_no_two_lists_of_parts_share_a_mac(one, other):
    """Neither cut at 72 bytes nor at a NUL, and fields do not run into each other."""
    assert (one == other) == (KEYS.mac("test/v1", *one) == KEYS.mac("test/v1", *other))
    assert (one == other) == (KEYS.epoch_mac("test/v1", *one) == KEYS.epoch_mac("test/v1", *other))


def test_a_mac_is_of_one_purpose_key_and_epoch():
    of_another_epoch = replace(KEYS, epoch=b"e" * 16)
    told = {
        KEYS.mac("a/v1", b"x"),
        KEYS.mac("b/v1", b"x"),
        draw_keys(8).mac("a/v1", b"x"),
        KEYS.epoch_mac("a/v1", b"x"),
        keys.Keys(KEYS.root, of_another_epoch.epoch).epoch_mac("a/v1", b"x"),
    }
    assert 5 == len(told)
    assert KEYS.mac("a/v1", b"x") == keys.Keys(KEYS.root, b"e" * 16).mac("a/v1", b"x")


@pytest.mark.attack("129")
@given(st.binary(max_size=300), st.binary(max_size=20))
def test_what_is_sealed_opens_for_its_purpose_and_owner_alone(plain, owner):
    sealed = KEYS.seal("a/v1", plain, owner, SeededChance())
    assert plain == KEYS.unseal("a/v1", sealed, owner)
    assert None is KEYS.unseal("b/v1", sealed, owner)
    assert None is KEYS.unseal("a/v1", sealed, owner + b"x")
    assert None is draw_keys(8).unseal("a/v1", sealed, owner)


@given(st.binary(min_size=1, max_size=40), st.integers(0, 500), st.integers(1, 255))
def test_a_changed_byte_opens_nothing(plain, place, change):
    sealed = bytearray(KEYS.seal("a/v1", plain, b"", SeededChance()))
    sealed[place % len(sealed)] ^= change
    assert None is KEYS.unseal("a/v1", bytes(sealed), b"")


@given(st.binary(max_size=60))
def test_what_was_never_sealed_opens_nothing(octets):
    assert None is KEYS.unseal("a/v1", octets, b"")


@given(st.binary(min_size=16, max_size=16))
def test_a_veil_is_lifted_by_its_key(block):
    assert block == KEYS.unveil(KEYS.veil(block))
    assert KEYS.veil(block) == KEYS.veil(block)
    assert KEYS.veil(block) != draw_keys(8).veil(block)


def test_comparing_and_digests():
    assert keys.same(b"a", b"a")
    assert not keys.same(b"a", b"b")
    assert not keys.same(b"a", b"aa")


def test_no_key_is_shown_by_a_repr():
    assert KEYS.root.hex() not in repr(KEYS)
    assert "root" not in repr(KEYS)


# --- the file ---


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "deep" / "root.key"
    made = keys.make(path, SeededChance())
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert made == keys.load(path)
    with pytest.raises(FileExistsError):
        keys.make(path, SeededChance())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o700 | 0o001])
def test_a_key_that_others_may_touch_is_refused_with_what_to_do(tmp_path, mode):
    path = tmp_path / "root.key"
    keys.make(path, SeededChance())
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=f"chmod 600 {path}"):
        keys.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "something else",
        "sekisho root key v1\nroot zz\nepoch zz\n",
        "sekisho root key v1\nroot 00\nepoch 00\n",
        f"sekisho root key v1\nroot {'00' * 32}\n",
        "日本語",
    ],
)
def test_what_is_no_key_is_refused_with_what_to_do(tmp_path, text):
    path = tmp_path / "root.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=r"restore|SEKISHO_ROOT_KEY_FILE"):
        keys.load(path)


def test_a_missing_key_is_told_with_its_setting(tmp_path):
    with pytest.raises(KeyFileError, match="SEKISHO_ROOT_KEY_FILE"):
        keys.load(tmp_path / "nothing")
