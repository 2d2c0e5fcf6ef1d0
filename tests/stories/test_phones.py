"""Phones as contacts: typed in every way, proved by a text or a call, shown by two digits."""

import pytest

from tests.support.settled import Settled

MOBILE, LANDLINE = "090-1234-5678", "03-1234-5678"
E164 = "+819012345678"


def phone(address=MOBILE, **more):
    return {"kind": "phone", "address": address, **more}


def adds(settled, wanted, proved=None):
    """Prove who it is, and add a phone."""
    settled.proves("contacts.add", proved or {k: v for k, v in wanted.items() if k != "channel"})
    return settled.posts("/api/v1/contacts", wanted)


def has_added(settled, address=MOBILE, e164=E164):
    """Add a phone and prove it."""
    answer = adds(settled, phone(address))
    assert 201 == answer.status, answer.text
    contact = str(answer.json["id"])
    assert 200 == settled.confirms(contact, settled.person.house.inbox.code(e164)).status
    return contact


@pytest.mark.spec("P1", "P2", "P3", "M2")
def test_a_phone_counts_once_the_code_of_its_text_was_given_back(settled, house):
    answer = adds(settled, phone())
    assert (201, "phone", "******78", "pending") == (
        answer.status,
        answer.json["kind"],
        answer.json["hint"],
        answer.json["state"],
    )
    (text,) = house.inbox.codes(E164)
    assert ("sms", "verify_contact") == (text.channel, text.purpose)
    assert text.text.endswith(f"@localhost #{text.code}")
    confirmed = settled.confirms(answer.json["id"], text.code)
    assert (200, "verified", ["sms", "voice"]) == (
        confirmed.status,
        confirmed.json["state"],
        confirmed.json["channels"],
    )
    assert ["email", "phone"] == [one["kind"] for one in settled.contacts()]


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    "typed",
    [
        "09012345678",
        "090 1234 5678",
        "０９０－１２３４－５６７８",
        "（090）1234-5678",
        "+81 90 1234 5678",
        "+81 (0)90-1234-5678",
        "0081 90 1234 5678",
        "tel:+81-90-1234-5678",
        "☎０９０ー１２３４ー５６７８",
    ],
)
def test_a_number_is_understood_however_it_was_typed(settled, house, typed):
    assert 201 == adds(settled, phone(typed)).status
    assert 1 == len(house.inbox.codes(E164))


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    ("typed", "flaw"),
    [
        pytest.param("050-1234-5678", "voip", id="050"),
        pytest.param("0990-123-456", "premium", id="premium"),
        pytest.param("020-1234-5678", "pager", id="pager"),
        pytest.param("0120-123-456", "service", id="toll-free"),
        pytest.param("090-1234-567", "invalid", id="a digit too few"),
        pytest.param("hello", "unreadable", id="no number"),
        pytest.param("+44 7400 123456", "country", id="a country without codes"),
    ],
)
def test_a_number_that_no_code_can_go_to_is_refused_with_the_reason(settled, house, typed, flaw):
    begun = settled.posts(
        "/api/v1/flows", {"purpose": "step_up", "act": "contacts.add", "parameters": phone(typed)}
    )
    answer = settled.posts("/api/v1/contacts", phone(typed))
    for refused in (begun, answer):
        assert (422, "phone_unfit") == (refused.status, refused.code)
        assert ("/address", flaw) == (
            refused.json["errors"][0]["pointer"],
            refused.json["errors"][0]["code"],
        )
        assert refused.json["user_message"]
    assert [] == [one for one in house.inbox.all() if one.channel != "email"]


@pytest.mark.spec("P3", "M2")
def test_a_landline_gets_calls_and_no_texts(settled, house):
    refused = settled.posts("/api/v1/contacts", phone(LANDLINE, channel="sms"))
    assert (422, "/channel") == (refused.status, refused.json["errors"][0]["pointer"])
    answer = adds(settled, phone(LANDLINE))
    assert 201 == answer.status
    (call,) = house.inbox.codes("+81312345678")
    assert "voice" == call.channel
    assert 3 == call.text.splitlines().count(call.code)
    assert ["voice"] == settled.confirms(answer.json["id"], call.code).json["channels"]


@pytest.mark.spec("M2", "P8")
def test_the_channel_of_the_code_is_the_persons_choice_and_needs_no_proof_of_its_own(
    settled, house, clock
):
    answer = adds(settled, phone(channel="voice"))
    assert (201, "voice") == (answer.status, house.inbox.codes(E164)[0].channel)
    clock.move(seconds=31)
    again = f"/api/v1/contacts/{answer.json['id']}/code"
    assert 201 == settled.posts(again, {"channel": "sms"}).status
    newest = house.inbox.codes(E164)[0]
    assert "sms" == newest.channel
    clock.move(seconds=61)
    assert 422 == settled.posts(again, {"channel": "email"}).status
    assert 200 == settled.confirms(answer.json["id"], newest.code).status


@pytest.mark.spec("P8")
@pytest.mark.attack("041")
@pytest.mark.parametrize(
    "other",
    [phone("080-1234-5678"), phone(country="JP"), {"kind": "email", "address": "a@example.net"}],
)
def test_a_proof_for_one_number_adds_no_other(settled, other):
    settled.proves("contacts.add", phone())
    assert "prove_more" == settled.posts("/api/v1/contacts", other).code


@pytest.mark.spec("P1")
def test_a_number_is_a_contact_once_however_it_was_typed(settled):
    has_added(settled)
    assert "already_there" == adds(settled, phone("+81 90 1234 5678")).code


@pytest.mark.spec("P1", "P5", "N1")
def test_a_phone_is_removed_after_a_step_up_and_the_addresses_are_told(settled, house):
    contact = has_added(settled)
    assert "prove_more" == settled.deletes(f"/api/v1/contacts/{contact}").code
    assert 204 == settled.removes(contact).status
    notices = house.inbox.notices(settled.person.address)
    assert ["contact_removed", "contact_added"] == [one.purpose for one in notices[:2]]
    assert all("******78" in one.text for one in notices[:2])
    assert [] == house.inbox.notices(E164)


@pytest.mark.attack("010")
def test_one_number_may_be_a_contact_of_several_and_opens_no_account_of_another(
    settled, ben, house, clock
):
    has_added(settled)
    ben.signs_in()
    clock.move(minutes=11)
    other = has_added(Settled(ben))
    assert "not_found" == settled.deletes(f"/api/v1/contacts/{other}").code


@pytest.mark.spec("P2")
@pytest.mark.attack("091")
def test_a_phone_is_shown_by_its_last_two_digits_and_a_fixed_mask(settled, house):
    has_added(settled)
    has_added(settled, LANDLINE, "+81312345678")
    shown = settled.person.gets("/api/v1/contacts").text
    assert ["******78", "******78"] == [one["hint"] for one in settled.contacts()[1:]]
    assert "1234" not in shown
    assert "5678" not in shown


@pytest.mark.attack("065", "013")
@pytest.mark.parametrize(
    "body",
    [
        {"kind": "phone"},
        phone(channel="fax"),
        phone(channel=["sms"]),
        phone(country="GB"),
        phone(country="JPN"),
        phone(line="mobile"),
        phone("090-1234-5678,080-1234-5678"),
        phone("+819012345678\r\nTo: +819000000000"),
        {"kind": "email", "address": "a@example.net", "channel": "sms"},
    ],
)
def test_a_phone_of_another_shape_is_refused(settled, body):
    answer = settled.posts("/api/v1/contacts", body)
    assert 422 == answer.status, answer.text
    assert answer.code in ("invalid_input", "phone_unfit")


@pytest.mark.spec("P3")
def test_without_a_gateway_for_phones_there_are_none(build_house):
    served = build_house(is_dev=False, public_url="https://id.example.com")
    assert not [route for route in served.routes if route.path.endswith("/add-phone")]


@pytest.mark.attack("027")
def test_a_call_is_read_in_the_persons_language(settled, house):
    settled.person.client.language = "ja"
    adds(settled, phone(channel="voice"))
    (call,) = house.inbox.codes(E164)
    assert "こちらは" in call.text
    assert "連絡先" in call.text


@pytest.mark.spec("N1")
def test_notices_go_to_addresses_and_their_page_names_no_phone(settled, house):
    has_added(settled)
    told = settled.person.gets("/api/v1/notices")
    assert 200 == told.status
    assert "******78" not in told.text
    assert [] == house.inbox.notices(E164)
