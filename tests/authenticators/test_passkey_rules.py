"""Passkeys as values: where browsers have them, what they prove, how they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import rules
from sekisho.authenticators.passkey.rules import Flag, Proved

pytestmark = pytest.mark.spec("M5")


@pytest.mark.parametrize(
    ("origin", "rp_id", "expected"),
    [
        pytest.param("https://id.example.com", "", "id.example.com", id="the host"),
        pytest.param("https://id.example.com:8443", "", "id.example.com", id="with a port"),
        pytest.param("https://id.example.com", "example.com", "example.com", id="the domain"),
        pytest.param("http://localhost:8080", "", "localhost", id="this machine"),
        pytest.param("http://id.a.localhost:80", "a.localhost", "a.localhost", id="a name here"),
    ],
)  # fmt: skip
def test_the_party_is_the_public_urls_host_or_a_domain_above_it(origin, rp_id, expected):
    party = passkey.party_of(origin, "Example", rp_id)
    assert (expected, frozenset((origin,))) == (party.id, party.origins)


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://192.0.2.1",
        "http://id.example.com",
        "",
    ],
)
def test_where_browsers_have_no_passkeys_there_is_no_party(origin):
    assert None is passkey.party_of(origin, "Example")


@pytest.mark.parametrize(
    ("rp_id", "related"),
    [
        pytest.param("example.org", (), id="another domain"),
        pytest.param("com", (), id="a top-level domain"),
        pytest.param("e.com", (), id="a part of a label"),
        pytest.param("www.id.example.com", (), id="a domain below"),
        pytest.param("", ("http://www.example.com",), id="related without TLS"),
        pytest.param("", ("https://www.example.com/",), id="related with a path"),
        pytest.param("", ("www.example.com",), id="related without a scheme"),
    ],
)
def test_settings_that_no_browser_takes_are_refused_with_what_would_do(rp_id, related):
    with pytest.raises(passkey.PartyError, match="SEKISHO_PASSKEYS_"):
        passkey.party_of("https://id.example.com", "Example", rp_id, related)


def proved(flags):
    return Proved(method=1, account=1, flags=flags, sign_count=0, is_count_back=False)


@pytest.mark.spec("M11")
@pytest.mark.attack("054")
@pytest.mark.parametrize(
    ("flags", "factors"),
    [
        pytest.param(Flag(0), 1, id="a touch"),
        pytest.param(Flag.VERIFIED, 2, id="verified"),
        pytest.param(Flag.IS_SYNCED | Flag.CAN_SYNC, 1, id="a touch, synced"),
    ],
)
def test_flags_say_what_a_proof_is_worth(flags, factors):
    assert factors == proved(flags).factors


@pytest.mark.parametrize(
    ("kept", "shown", "is_back"),
    [(0, 0, False), (0, 1, False), (5, 6, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_a_counter_that_does_not_rise_is_seen(kept, shown, is_back):
    assert is_back is rules.is_count_back(kept, shown)


def test_the_same_manager_twice_gets_a_number():
    assert "Bitwarden" == passkey.name_among("Bitwarden", ["1Password"])
    assert "Bitwarden 2" == passkey.name_among("Bitwarden", ["Bitwarden"])
    assert "Bitwarden 3" == passkey.name_among("Bitwarden", ["Bitwarden", "Bitwarden 2"])


@given(st.sets(st.sampled_from(["P", *(f"P {number}" for number in range(2, 9))])))
def test_a_new_name_is_never_one_that_is_taken(taken):
    assert passkey.name_among("P", taken) not in taken


def test_a_provider_is_known_by_its_aaguid():
    aaguid = bytes.fromhex("d548826e79b4db40a3d811116f7e8349")
    assert "Bitwarden" == passkey.provider_of(aaguid)
    assert None is passkey.provider_of(bytes(16))
