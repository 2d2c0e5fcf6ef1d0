"""Security info by the API: contacts are added and removed by who proves again who he is."""

import pytest

from tests.support.settled import ADD, SECOND, Settled


@pytest.mark.spec("P1", "P2", "P8")
def test_a_contact_counts_once_the_code_that_went_to_it_was_given_back(settled, house):
    contact = settled.adds()
    (first, second) = settled.contacts()
    assert ("as*****@example.org", "verified", True) == (
        first["hint"],
        first["state"],
        first["sign_in"],
    )
    assert (contact, "as*****@example.net", "pending", False) == (
        second["id"],
        second["hint"],
        second["state"],
        second["sign_in"],
    )
    answer = settled.confirms(contact, house.inbox.code(SECOND))
    assert (200, "verified") == (answer.status, answer.json["state"])
    assert ["verified", "verified"] == [one["state"] for one in settled.contacts()]
    assert "contact_added" in [one["kind"] for one in settled.person.events()]


@pytest.mark.spec("P8", "N1")
@pytest.mark.attack("041", "042")
def test_without_a_step_up_nothing_changes_however_fresh_the_session(settled):
    answer = settled.posts("/api/v1/contacts", ADD)
    assert (401, "prove_more") == (answer.status, answer.code)
    assert ("step_up", "contacts.add") == (answer.json["purpose"], answer.json["act"])
    (only,) = settled.contacts()
    refused = settled.deletes(f"/api/v1/contacts/{only['id']}")
    assert "still_needed" == refused.code
    contact = settled.has_added()
    refused = settled.deletes(f"/api/v1/contacts/{contact}")
    assert ("prove_more", "contacts.remove") == (refused.code, refused.json["act"])
    assert 2 == len(settled.contacts())


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "042")
@pytest.mark.parametrize(
    ("act", "parameters"),
    [
        ("contacts.add", {"kind": "email", "address": "else@example.net"}),
        ("contacts.remove", {"id": "ctc_000000000000"}),
    ],
)
def test_a_proof_is_for_its_act_and_its_parameters(settled, act, parameters):
    settled.proves(act, parameters)
    assert "prove_more" == settled.posts("/api/v1/contacts", ADD).code


@pytest.mark.spec("P8")
@pytest.mark.attack("041")
def test_a_proof_is_good_once_for_five_minutes_in_its_session(settled, house, clock):
    contact = settled.adds()
    assert "prove_more" == settled.posts("/api/v1/contacts", ADD).code
    settled.deletes(f"/api/v1/contacts/{contact}")

    clock.move(minutes=15)
    settled.proves("contacts.add", ADD)
    clock.move(minutes=5, seconds=1)
    assert "prove_more" == settled.posts("/api/v1/contacts", ADD).code

    settled.proves("contacts.add", ADD)
    settled.person.signs_in()  # another session of the same person
    assert "prove_more" == settled.posts("/api/v1/contacts", ADD).code


@pytest.mark.attack("041", "010")
def test_a_proof_of_one_account_changes_no_other(settled, ben):
    ben.signs_in()
    other = Settled(ben)
    contact = other.has_added("ben.second@example.net")
    settled.proves("contacts.remove", {"id": contact})
    assert "not_found" == settled.deletes(f"/api/v1/contacts/{contact}").code
    assert 2 == len(other.contacts())
    assert "not_found" == settled.confirms(contact, "123456").code
    assert "not_found" == settled.posts(f"/api/v1/contacts/{contact}/code", {}).code


@pytest.mark.spec("N1")
@pytest.mark.attack("071")
def test_every_other_contact_is_told_of_a_change_and_never_only_the_new_one(settled, house):
    first = settled.person.address
    contact = settled.has_added()
    assert ["contact_added"] == [
        one.purpose for one in house.inbox.notices(first) if one.purpose != "new_sign_in"
    ]
    assert [] == house.inbox.notices(SECOND)
    assert 204 == settled.removes(contact).status
    assert "contact_removed" == house.inbox.notices(first)[0].purpose
    assert ["contact_removed"] == [one.purpose for one in house.inbox.notices(SECOND)]


@pytest.mark.spec("N1")
@pytest.mark.attack("071")
def test_a_removed_contact_hears_of_changes_for_thirty_days(settled, house, clock):
    settled.removes(settled.has_added())
    before = len(house.inbox.notices(SECOND))
    settled.has_added("asha.third@example.net")
    assert before + 1 == len(house.inbox.notices(SECOND))
    clock.move(days=31)
    house.sweep()
    settled.person.signs_in()
    settled.has_added("asha.fourth@example.net")
    assert before + 1 == len(house.inbox.notices(SECOND))


@pytest.mark.spec("P5")
def test_the_sign_in_name_and_the_last_contact_stay(settled):
    (only,) = settled.contacts()
    assert "still_needed" == settled.removes(only["id"]).code
    settled.has_added()
    assert "still_needed" == settled.removes(only["id"]).code


@pytest.mark.spec("P1")
def test_an_account_has_ten_contacts_at_most_and_each_once(settled, clock):
    for number in range(9):
        settled.adds(f"contact{number}@example.net")
        clock.move(minutes=11)
    settled.proves("contacts.add", ADD)
    assert "too_many_contacts" == settled.posts("/api/v1/contacts", ADD).code
    again = {"kind": "email", "address": "ASHA@example.org"}
    settled.proves("contacts.add", again)
    assert "already_there" == settled.posts("/api/v1/contacts", again).code


@pytest.mark.spec("P1", "C6")
@pytest.mark.attack("009")
def test_codes_of_one_purpose_open_no_other(settled, house):
    contact = settled.adds()
    of_contact = house.inbox.code(SECOND)
    sign_in = settled.person.asks_for_a_code()
    of_sign_in = house.inbox.code(settled.person.address)
    assert "code_wrong" == settled.confirms(contact, of_sign_in).code
    assert "code_wrong" == sign_in.type(of_contact, settled.person.device).code
    assert 200 == settled.confirms(contact, of_contact).status


@pytest.mark.spec("C6", "P1")
def test_a_contacts_code_has_five_tries_ten_minutes_and_one_use(settled, house, clock):
    contact = settled.adds()
    code = house.inbox.code(SECOND)
    told = [settled.confirms(contact, f"{(int(code) + 1) % 10**6:06d}").code for _ in range(6)]
    assert [*["code_wrong"] * 5, "too_many_tries"] == told
    clock.move(seconds=31)
    assert 201 == settled.posts(f"/api/v1/contacts/{contact}/code", {}).status
    clock.move(minutes=10)
    assert "code_expired" == settled.confirms(contact, house.inbox.code(SECOND)).code
    assert 201 == settled.posts(f"/api/v1/contacts/{contact}/code", {}).status
    assert 200 == settled.confirms(contact, house.inbox.code(SECOND)).status
    again = settled.confirms(contact, house.inbox.code(SECOND))
    assert (409, "code_used") == (again.status, again.code)
    assert "This contact is confirmed already." == again.json["user_message"]
    assert "code_used" == settled.posts(f"/api/v1/contacts/{contact}/code", {}).code


def test_a_parameter_of_another_type_is_named(settled):
    for wrong in ({"kind": "email", "address": 5}, {"kind": "email", "address": ["a@b.example"]}):
        body = {"purpose": "step_up", "act": "contacts.add", "parameters": wrong}
        answer = settled.posts("/api/v1/flows", body)
        assert ["/parameters"] == [one["pointer"] for one in answer.json["errors"]]


@pytest.mark.spec("P1")
def test_what_is_too_long_is_named(settled):
    body = {"kind": "email", "address": f"{'x' * 400}@example.net"}
    answer = settled.posts("/api/v1/contacts", body)
    assert ["/address"] == [one["pointer"] for one in answer.json["errors"]]


@pytest.mark.spec("L1")
@pytest.mark.attack("019")
def test_a_contact_that_is_no_sign_in_name_opens_no_door(settled, house):
    settled.has_added()
    attempt = settled.person.begins(SECOND)
    attempt.ask()
    answer = attempt.type(house.inbox.code(SECOND))
    assert settled.person.account != answer.json["account"]["id"]


@pytest.mark.attack("065", "013")
@pytest.mark.parametrize(
    "body",
    [
        {**ADD, "state": "verified"},
        {**ADD, "verified": True},
        {"kind": ["email"], "address": SECOND},
        {"kind": "email", "address": [SECOND]},
        {"kind": "email", "address": f"{SECOND},eve@example.net"},
        {"kind": "carrier_pigeon", "address": SECOND},
        {"kind": "email"},
    ],
)
def test_a_contact_of_another_shape_is_refused(settled, body):
    answer = settled.posts("/api/v1/contacts", body)
    assert (422, "invalid_input") == (answer.status, answer.code)


@pytest.mark.parametrize(
    "body",
    [
        {"act": "contacts.steal", "parameters": {}},
        {"act": "contacts.add", "parameters": {"kind": "email"}},
        {"act": "contacts.add", "parameters": {**ADD, "more": "x"}},
        {"act": "contacts.add", "parameters": {"kind": "email", "address": "x" * 500}},
        {"act": "contacts.add"},
        {"name": SECOND},
        {},
    ],
)
def test_a_step_up_of_another_shape_is_refused(settled, body):
    answer = settled.posts("/api/v1/flows", {"purpose": "step_up", **body})
    assert (422, "invalid_input") == (answer.status, answer.code)


@pytest.mark.attack("041")
def test_who_is_not_signed_in_begins_no_step_up(house):
    body = {"purpose": "step_up", "act": "contacts.add", "parameters": ADD}
    assert "not_signed_in" == house.api.post("/api/v1/flows", body).code
