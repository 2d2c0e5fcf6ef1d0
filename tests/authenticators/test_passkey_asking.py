"""What browsers are asked and told about passkeys: the same to everybody who has proved nothing."""

import json

import pytest
import webauthn

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Ceremony, Challenge, Passkey, api
from sekisho.authenticators.passkey.reading import text_of
from sekisho.authenticators.passkey.rules import Flag
from sekisho.web import rendering
from sekisho.web.routing import make_app
from sekisho.web.site import Site
from tests.support.material import START
from tests.support.web_client import Client

PARTY = passkey.party_of("https://id.example.com", "Example")
POLICY = passkey.Policy()
OWNER = passkey.Owner(bytes(range(64)), "asha@example.com")
CHALLENGE = Challenge(bytes(32), Ceremony.GET, 1, 1, None, START)
HELD = Passkey(1, 7, b"one", b"", 0, Flag(0), bytes(16), ("usb", "nfc"))


@pytest.mark.spec("M5")
@pytest.mark.attack("057")
def test_strangers_see_no_ids():
    options = passkey.request_options(PARTY, CHALLENGE, POLICY)
    assert {
        "rpId": "id.example.com",
        "challenge": "A" * 43,
        "timeout": 300_000,
        "allowCredentials": [],
        "userVerification": "preferred",
    } == options


@pytest.mark.spec("M5")
def test_who_has_proved_something_is_asked_for_what_he_has():
    options = passkey.request_options(PARTY, CHALLENGE, POLICY, [HELD])
    assert [{"type": "public-key", "id": "b25l", "transports": ["usb", "nfc"]}] == options[
        "allowCredentials"
    ]


@pytest.mark.spec("M5")
def test_a_new_passkey_is_none_that_the_account_has():
    options = passkey.creation_options(PARTY, CHALLENGE, OWNER, [HELD], POLICY)
    assert ["b25l"] == [one["id"] for one in options["excludeCredentials"]]
    assert [-8, -7, -257] == [one["alg"] for one in options["pubKeyCredParams"]]
    assert "none" == options["attestation"]


@pytest.mark.spec("M5")
def test_another_library_reads_the_options():
    made = webauthn.helpers.parse_registration_options_json(
        json.dumps(passkey.creation_options(PARTY, CHALLENGE, OWNER, [HELD], POLICY))
    )
    assert (OWNER.handle, PARTY.id) == (made.user.id, made.rp.id)
    asked = webauthn.helpers.parse_authentication_options_json(
        json.dumps(passkey.request_options(PARTY, CHALLENGE, POLICY, [HELD]))
    )
    assert (bytes(32), PARTY.id) == (asked.challenge, asked.rp_id)


@pytest.mark.spec("M5")
def test_managers_are_told_what_is_left_and_how_the_owner_is_called():
    handle = text_of(OWNER.handle)
    assert {
        "rpId": PARTY.id,
        "userId": handle,
        "allAcceptedCredentialIds": ["b25l"],
    } == passkey.all_accepted(PARTY, OWNER, [HELD])
    assert {
        "rpId": PARTY.id,
        "userId": handle,
        "name": OWNER.name,
        "displayName": OWNER.name,
    } == passkey.owner_details(PARTY, OWNER)
    unknown = passkey.unknown_credential(PARTY, b"one")
    assert {"rpId": PARTY.id, "credentialId": "b25l"} == unknown


def client_of(db, origin, related=()):
    site = Site(db, rendering.load([]), "Example", "UTC", origin, is_secure=bool(origin))
    routes = api.routes(origin, related, "/account/passkeys/add", "/account/passkeys")
    return Client(make_app(site, routes), origin or "http://localhost:8080", "203.0.113.7")


@pytest.mark.spec("X5")
def test_managers_find_where_passkeys_are_made_and_managed(db):
    answer = client_of(db, "https://id.example.com").send("GET", "/.well-known/passkey-endpoints")
    assert (200, "application/json") == (answer.status, answer.header("Content-Type"))
    assert {
        "enroll": "https://id.example.com/account/passkeys/add",
        "manage": "https://id.example.com/account/passkeys",
    } == answer.json


@pytest.mark.spec("X5")
def test_where_any_host_is_answered_the_endpoints_are_at_that_host(db):
    answer = client_of(db, "").send("GET", "/.well-known/passkey-endpoints")
    assert "http://localhost:8080/account/passkeys" == answer.json["manage"]


@pytest.mark.spec("M5", "X5")
def test_browsers_find_the_related_origins(db):
    client = client_of(db, "https://id.example.com", ("https://www.example.org",))
    answer = client.send("GET", "/.well-known/webauthn")
    assert "application/json" == answer.header("Content-Type")
    assert {"origins": ["https://id.example.com", "https://www.example.org"]} == answer.json
