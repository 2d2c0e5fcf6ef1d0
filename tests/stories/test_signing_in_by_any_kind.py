"""Signing in by each kind, first and second, and what the session then claims."""

import pytest

from sekisho.doors.terminal import operating
from sekisho.ground import ids
from sekisho.records import accounts
from tests.support.signing import PASSWORD, nameless, session_of, signing

pytestmark = pytest.mark.spec("M9")
OTHER = "asha.second@example.net"
OFFERED = ["email_code", "passkey", "push", "password", "totp"]
OFFERED += ["sms_code", "voice_code", "email_code", "recovery_code"]


@pytest.mark.spec("M6", "M11")
def test_a_password_signs_in_alone(equipped, house):
    session = session_of(house.api, equipped.elsewhere().by_password())
    assert (["password"], "aal1") == (session["methods"], session["level"])


@pytest.mark.spec("M3", "M11")
def test_an_app_signs_in_alone(equipped, house):
    session = session_of(house.api, equipped.elsewhere().by_code("totp", equipped.app_code()))
    assert (["totp"], "aal1") == (session["methods"], session["level"])


@pytest.mark.spec("M5", "M11")
def test_a_passkey_signs_in_without_a_name(equipped, house):
    passed = nameless(house.client("198.18.1.1")).by_passkey(equipped.key)
    session = session_of(house.api, passed)
    assert (["passkey"], "aal2") == (session["methods"], session["level"])
    assert equipped.person.account == session["account"]["id"]


@pytest.mark.spec("M5", "M11")
def test_a_passkey_signs_in_under_a_name(equipped, house):
    session = session_of(house.api, equipped.elsewhere().by_passkey(equipped.key))
    assert (["passkey"], "aal2") == (session["methods"], session["level"])


@pytest.mark.spec("M5", "M11")
@pytest.mark.attack("054")
@pytest.mark.parametrize("begins", ["named", "nameless"])
def test_a_key_that_verified_nobody_claims_one_factor(equipped, house, begins):
    sign_in = equipped.elsewhere() if begins == "named" else nameless(house.client("198.18.1.1"))
    passed = sign_in.by_passkey(equipped.untouched_key())
    session = session_of(house.api, passed)
    assert (["security_key"], "aal1") == (session["methods"], session["level"])
    browser = house.client("198.18.1.1")
    browser.jar["sekisho_session"] = passed.json["session"]["token"]
    assert 200 == browser.get("/account").status  # which names what was proved


@pytest.mark.spec("M7", "M11")
def test_a_recovery_code_signs_in_alone_and_its_successor_is_shown(equipped, house):
    passed = equipped.elsewhere().by_code("recovery_code", equipped.code.lower())
    session = session_of(house.api, passed)
    assert (["recovery_code"], "email") == (session["methods"], session["level"])
    new = passed.json["recovery_code"]
    assert new != equipped.code
    house.clock.move(minutes=2)
    assert "code_used" == equipped.elsewhere().by_code("recovery_code", equipped.code).code
    assert 200 == equipped.elsewhere("198.18.2.2").by_code("recovery_code", new).status


@pytest.mark.spec("P2", "M9")
@pytest.mark.attack("091")
def test_a_contact_that_is_typed_in_full_gets_the_code(equipped, house):
    equipped.has_added(OTHER)
    house.clock.move(minutes=3)
    sign_in = equipped.elsewhere()
    assert "invalid_input" == sign_in.asks("email_code").code
    asked = sign_in.asks("email_code", confirm="Asha.Second@EXAMPLE.net")
    assert 201 == asked.status
    passed = sign_in.gives(code=house.inbox.code(OTHER))
    assert equipped.person.account == passed.json["account"]["id"]


@pytest.mark.spec("P2", "M9")
@pytest.mark.attack("091")
def test_a_contact_that_is_not_confirmed_gets_nothing(equipped, house):
    """The answer is the same for what is nobody's, another's, and the account's own."""
    equipped.has_added(OTHER)
    house.make_account("carol@example.org")
    house.clock.move(minutes=3)
    before, told = len(house.inbox.codes()), []
    for number, typed in enumerate(("nobody@example.org", "carol@example.org", "a", "0000")):
        asked = equipped.elsewhere(f"198.18.3.{number}").asks("email_code", confirm=typed)
        shown = {**asked.json, "id": "", "label": "", "expires_at": "", "resend_at": ""}
        told.append((asked.status, shown))
    assert before == len(house.inbox.codes())
    assert 1 == len({str(one) for one in told})
    assert 201 == told[0][0]


@pytest.mark.spec("M10", "M11")
@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("password", "email", "aal1"),
        ("email", "password", "aal1"),
        ("password", "totp", "aal2"),
        ("totp", "password", "aal2"),
        ("totp", "email", "aal1"),
        ("password", "security_key", "aal2"),
        ("security_key", "password", "aal2"),
        ("security_key", "email", "aal1"),
        ("recovery_code", "email", "email"),
        ("recovery_code", "password", "aal1"),
        ("password", "recovery_code", "aal1"),
    ],
)
def test_two_different_proofs_open_and_claim_no_more_than_they_are(
    strict, house, first, second, level
):
    sign_in = strict.elsewhere()
    opened = proves(strict, sign_in, first)
    assert (200, "open", None) == (
        opened.status,
        opened.json.get("state"),
        opened.json.get("session"),
    )
    passed = proves(strict, sign_in, second)
    session = session_of(house.api, passed)
    names = [{"email": "email_code"}.get(one, one) for one in (first, second)]
    assert (names, level) == (session["methods"], session["level"])


def proves(person, sign_in, kind):
    """Answer by a kind, whatever it takes."""
    match kind:
        case "email":
            asked = sign_in.asks("email_code", hint="as*****@example.org")
            assert 201 == asked.status, asked.text
            return sign_in.gives(code=person.person.house.inbox.code(person.person.address))
        case "password":
            return sign_in.by_password()
        case "totp":
            return sign_in.by_code("totp", person.app_code())
        case "security_key":
            return sign_in.by_passkey(person.untouched_key())
        case _:
            return sign_in.by_code(kind, person.code)


@pytest.mark.spec("M10", "M5")
@pytest.mark.parametrize("begins", ["named", "nameless"])
def test_a_passkey_whose_user_was_verified_is_both_proofs(strict, house, begins):
    sign_in = strict.elsewhere() if begins == "named" else nameless(house.client("198.18.1.1"))
    assert "aal2" == session_of(house.api, sign_in.by_passkey(strict.key))["level"]


@pytest.mark.spec("M10", "M5")
@pytest.mark.attack("038", "054")
@pytest.mark.parametrize("second", ["email", "password", "totp", "recovery_code"])
def test_a_key_without_verification_and_without_a_name_wants_one_more(strict, house, second):
    sign_in = nameless(house.client("198.18.1.1"))
    opened = sign_in.by_passkey(strict.untouched_key())
    assert "open" == opened.json.get("state"), opened.text
    assert "session" not in opened.json
    assert {"email_code", "password", "totp", "recovery_code"} <= set(sign_in.kinds())
    assert strict.person.account == proves(strict, sign_in, second).json["account"]["id"]


@pytest.mark.spec("P2", "M9")
@pytest.mark.attack("057", "091")
def test_a_stranger_sees_every_kind_and_no_hint_whatever_the_account_has(equipped, house):
    house.make_account("carol@example.org")
    names = (equipped.person.address, "carol@example.org", "nobody@example.org")
    flows = [signing(house.client(f"198.18.4.{len(name)}"), name) for name in names]
    shown = [[(one["kind"], bool(one["hint"])) for one in flow.options] for flow in flows]
    assert OFFERED == [kind for kind, _ in shown[0]]
    assert [True, *[False] * (len(OFFERED) - 1)] == [has_hint for _, has_hint in shown[0]]
    assert shown[0] == shown[1] == shown[2]


@pytest.mark.spec("P2", "F2")
@pytest.mark.attack("057", "091")
def test_a_known_browser_is_shown_what_the_account_has(equipped, house):
    equipped.has_added(OTHER)
    sign_in = equipped.at_home()
    begun = sign_in.attempt.begun.json["options"]
    hints = {(one["kind"], one["hint"]) for one in begun}
    assert {
        ("email_code", "as*****@example.org"),
        ("email_code", "as*****@example.net"),
        ("totp", "My phone"),
        ("password", None),
        ("recovery_code", None),
    } <= {(kind, hint or None) for kind, hint in hints}
    assert "passkey" in {kind for kind, _ in hints}
    other = equipped.elsewhere().attempt.begun.json["options"]
    assert OFFERED == [one["kind"] for one in other]
    house.clock.move(minutes=2)
    chosen = next(one for one in begun if one["hint"] == "as*****@example.net")
    assert 201 == sign_in.asks_option(chosen["id"]).status
    assert 200 == sign_in.gives(code=house.inbox.code(OTHER)).status


@pytest.mark.spec("M9")
def test_whoever_lost_one_uses_another(equipped, house):
    """In one flow: no passkey at hand, no app, then the password."""
    sign_in = equipped.elsewhere()
    assert 201 == sign_in.asks("passkey").status
    assert 201 == sign_in.asks("totp").status
    assert "code_wrong" == sign_in.gives(code="000000").code
    assert 200 == sign_in.by_password().status


@pytest.mark.spec("M9", "C6")
def test_an_answer_in_another_field_is_no_try(equipped):
    sign_in = equipped.elsewhere()
    assert 201 == sign_in.asks("password").status
    for _ in range(9):
        misfit = sign_in.gives(code="000000")
        assert ("invalid_input", "/password") == (misfit.code, misfit.json["errors"][0]["pointer"])
    assert 200 == sign_in.gives(password=PASSWORD).status


def test_an_operator_sees_what_protects_an_account_and_nothing_more(strict, house):
    def look(work):
        account = accounts.find(work, ids.read("acc", strict.person.account))
        return operating.account_shape(work, account, idle=0)

    shown = house.db.read(look)
    kinds = ["password", "passkey", "totp", "recovery_code"]
    assert (True, kinds) == (shown["two_step"], shown["methods"])
    assert strict.person.address not in str(shown)


@pytest.mark.spec("M3")
def test_the_owner_sees_how_far_the_phones_clock_is_off_once_its_codes_showed_it(equipped, house):
    (app,) = (one for one in equipped.methods() if one["kind"] == "totp")
    assert 0 == app["clock_ahead_seconds"]
    for ip in ("198.18.6.1", "198.18.6.2"):
        passed = equipped.elsewhere(ip).by_code("totp", equipped.app_code(steps=1))
        assert 200 == passed.status
        house.clock.move(minutes=2)
    held = {one["kind"]: one["clock_ahead_seconds"] for one in equipped.methods()}
    assert (30, None) == (held["totp"], held["password"])
    page = equipped.person.client
    page.jar["sekisho_session"] = equipped.person.token
    shown = page.get("/account/security/methods").text
    assert "about 30 seconds ahead" in shown
