"""Sessions and device tokens as values."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sekisho.records.sessions import Policy, Session, acr, device_of, ends_at, rules
from tests.support.material import START

POLICY = Policy()
SESSION = Session(
    id=1,
    account=2,
    methods=("email_code",),
    device="Chrome|Windows",
    country=None,
    created_at=START,
    last_used_at=START,
    ends_at=START + timedelta(days=30),
)


@pytest.mark.spec("S3")
@pytest.mark.parametrize(
    ("used", "ends"),
    [
        pytest.param(timedelta(0), timedelta(hours=24), id="a day after its last use"),
        pytest.param(timedelta(days=10), timedelta(days=11), id="used on the tenth day"),
        pytest.param(timedelta(days=29, hours=12), timedelta(days=30), id="thirty days at most"),
    ],
)
def test_a_session_ends_at_the_earlier_of_both(used, ends):
    assert START + ends == ends_at(replace(SESSION, last_used_at=START + used), POLICY)


@pytest.mark.spec("S3")
@given(st.integers(0, (1 << 63) - 1), st.binary(min_size=32, max_size=32))
def test_a_token_is_read_as_it_was_written(number, secret):
    held = rules.read("ses", rules.write("ses", number, secret))
    assert number == held.id
    assert 43 == len(held.secret)


@given(st.text(max_size=120))
def test_what_is_no_token_is_none(text):
    assert None is rules.read("ses", text)


def test_one_kind_of_token_is_not_the_other():
    token = rules.write("ses", 5, b"x" * 32)
    assert None is device_of(token)
    assert None is device_of("")
    assert None is rules.read("ses", token[:-1] + "é")


@pytest.mark.spec("M1")
def test_an_emailed_code_claims_no_level():
    """NIST SP 800-63B-4 §3.1.3.1."""
    assert "urn:sekisho:acr:email" == acr(("email_code",))


@pytest.mark.spec("M5", "M11")
@pytest.mark.attack("054")
@pytest.mark.parametrize(
    ("proved", "level"),
    [
        (("security_key",), "aal1"),
        (("security_key", "totp"), "aal1"),
        (("security_key", "email_code"), "aal1"),
        (("security_key", "password"), "aal2"),
        (("passkey",), "aal2"),
    ],
)
def test_a_key_without_verification_is_one_thing_that_is_held(proved, level):
    assert f"urn:sekisho:acr:{level}" == acr(proved)


def test_secrets_stay_out_of_reprs():
    held = rules.read("ses", rules.write("ses", 5, b"secretsecretsecretsecretsecret00"))
    assert held.secret not in repr(held)
