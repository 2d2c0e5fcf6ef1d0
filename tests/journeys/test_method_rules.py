"""Methods of security info as values: what may be begun, and when a password may go."""

import pytest

from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import rules

REFUSED = Refused(Reason.PASSWORD_NEEDED)


@pytest.mark.spec("M8")
@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([], REFUSED, id="nothing else"),
        pytest.param(["email_code"], REFUSED, id="a code by mail alone"),
        pytest.param(["email_code", "recovery_code"], REFUSED, id="no app, no passkey"),
        pytest.param(["passkey"], REFUSED, id="a passkey and nothing beside it"),
        pytest.param(["email_code", "sms_code"], REFUSED, id="two channels of codes"),
        pytest.param(["email_code", "passkey"], None, id="mail and a passkey"),
        pytest.param(["email_code", "totp"], None, id="mail and an app"),
        pytest.param(["email_code", "push"], None, id="mail and a phone that approves"),
        pytest.param(["passkey", "passkey"], None, id="two passkeys"),
    ],
)
def test_a_password_goes_beside_two_other_ways_one_of_them_strong(others, expected):
    assert expected == rules.may_drop_password(others)


@pytest.mark.parametrize(
    ("kind", "name", "pointer"),
    [
        pytest.param("passkey", "", None, id="a passkey takes its product's name"),
        pytest.param("passkey", "Laptop", None, id="or its owner's"),
        pytest.param("passkey", "x" * 61, "/name", id="of 60 signs at most"),
        pytest.param("totp", "Phone", None, id="an app is named"),
        pytest.param("totp", "", None, id="or called an app"),
        pytest.param("push", "x" * 61, "/name", id="a phone too, of 60 signs at most"),
        pytest.param("password", "", None, id="a password has no name"),
        pytest.param("password", "Mine", "/name", id="a named password"),
        pytest.param("recovery_code", "", None, id="nor has a recovery code"),
        pytest.param("recovery_code", "Mine", "/name", id="a named recovery code"),
        pytest.param("email_code", "", "/kind", id="what is no method"),
        pytest.param("", "", "/kind", id="nothing"),
    ],
)
def test_what_may_be_begun(kind, name, pointer):
    refused = rules.check_method(kind, name)
    assert pointer == (refused.pointer if refused else None)
