"""Notices as their owner lives with them: who hears what, and what may be turned off."""

import json

import pytest

from sekisho.records.delivery.rules import Rejected
from tests.support.people import Person, begin
from tests.support.settled import SECOND

PAGE = "/account/security/notices"
FLOOD = {"kind": "code_flood", "channel": "email"}


def puts(settled, *turned):
    person = settled.person
    headers = {**person.bearer, "Content-Type": "application/json"}
    body = json.dumps({"data": [*turned]}).encode()
    return person.client.send("PUT", "/api/v1/notices", body, headers)


def choices(settled):
    return settled.person.gets("/api/v1/notices").json["data"]


@pytest.mark.spec("N2")
def test_a_program_reads_the_table_and_turns_off_what_may_be_off(settled):
    listed = settled.person.gets("/api/v1/notices").json
    assert {"data", "next"} == set(listed)
    assert {"kind", "channel", "critical", "on"} == set(listed["data"][0])
    assert all(one["on"] for one in listed["data"])
    settled.person.house.clock.move(seconds=1)
    answer = puts(settled, {**FLOOD, "on": False})
    assert 200 == answer.status
    off = [one["kind"] for one in choices(settled) if not one["on"]]
    assert ["code_flood"] == off == [one["kind"] for one in answer.json["data"] if not one["on"]]
    assert "notices_chosen" == settled.person.events()[0]["kind"]
    puts(settled, {**FLOOD, "on": False})
    assert 1 == [one["kind"] for one in settled.person.events()].count("notices_chosen")


@pytest.mark.spec("N2")
@pytest.mark.attack("071")
def test_a_critical_notice_cannot_be_turned_off_and_nothing_beside_it_is(settled):
    critical = [one for one in choices(settled) if one["critical"]]
    for one in critical:
        wanted = {"kind": one["kind"], "channel": one["channel"], "on": False}
        answer = puts(settled, {**FLOOD, "on": False}, wanted)
        assert (422, "invalid_input") == (answer.status, answer.code)
    assert all(one["on"] for one in choices(settled))


@pytest.mark.spec("N2")
@pytest.mark.attack("065", "013")
@pytest.mark.parametrize(
    "turned",
    [
        {"kind": "code_flood", "channel": "email", "on": "no"},
        {"kind": ["code_flood"], "channel": "email", "on": False},
        {"kind": "code_flood", "channel": "email", "on": False, "account": "acc_1"},
        {"kind": "carrier_pigeon", "channel": "email", "on": False},
        {"kind": "code_flood", "channel": "pigeon", "on": True},
    ],
)
def test_a_choice_of_another_shape_is_refused(settled, turned):
    answer = puts(settled, turned)
    assert (422, "invalid_input") == (answer.status, answer.code)


@pytest.mark.spec("N2", "F3")
def test_the_digest_of_a_flood_stays_away_once_it_was_turned_off(settled, house, clock):
    def flood():
        strangers = [house.client(f"192.0.2.{number}") for number in range(1, 40)]
        for stranger in strangers:
            assert 201 == begin(stranger, settled.person.address).ask().status
            clock.move(minutes=30)
        letters = house.inbox.all(settled.person.address)
        return sum(one.purpose == "code_flood" for one in letters)

    first = flood()
    assert first > 0
    settled.person.signs_in()
    puts(settled, {**FLOOD, "on": False})
    assert first == flood()


@pytest.mark.spec("N2", "N1")
def test_the_page_shows_who_reads_what_and_keeps_the_boxes(settled, house):
    settled.removes(settled.has_added())
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    shown = page.get(PAGE)
    assert 200 == shown.status
    assert "as*****@example.<wbr>" not in shown.text
    for part in ("as*****<wbr>@example.org", "as*****<wbr>@example.net", "removed, until"):
        assert part in shown.text
    assert 'name="code_flood-email" value="yes" checked' in shown.text
    kept = page.submit(PAGE, {}, at=PAGE)
    assert 303 == kept.status
    after = page.follow(kept).text
    assert 'name="code_flood-email" value="yes">' in after
    assert 'name="new_sign_in-email"' not in after
    page.submit(PAGE, {"code_flood-email": "yes", "new_sign_in-email": "no"}, at=PAGE)
    assert all(one["on"] for one in choices(settled))


@pytest.mark.spec("N1")
@pytest.mark.attack("071")
def test_an_address_that_bounces_stops_no_notice_to_the_others(settled, house):
    third = settled.has_added()
    settled.has_added("asha.third@example.net")
    house.send_mail()
    before = len(house.inbox.notices(settled.person.address))
    refusing(house, "asha.third@example.net")
    assert 204 == settled.removes(third).status
    assert before + 1 == len(house.inbox.notices(settled.person.address))
    assert "contact_removed" == house.inbox.notices(SECOND)[0].purpose


def refusing(house, address):
    """A mail server that knows one address no more."""
    post = house.mail.send

    def send(draft):
        return Rejected("550 no such user") if draft.to == address else post(draft)

    house.office.providers["email"].send = send


@pytest.mark.spec("N2")
@pytest.mark.attack("095")
def test_a_form_of_another_site_changes_nothing(settled):
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    answer = page.form(PAGE, {"form_token": "x"}, {"Origin": "https://evil.example"})
    assert 403 == answer.status
    assert all(one["on"] for one in choices(settled))


@pytest.mark.spec("N2")
def test_who_is_not_signed_in_sees_nothing(house):
    assert "not_signed_in" == house.api.get("/api/v1/notices").code
    assert "/sign-in" == house.api.get(PAGE).header("Location")


@pytest.mark.spec("N1")
@pytest.mark.attack("071")
def test_a_sign_in_by_a_new_browser_is_told_to_every_address(settled, house, clock):
    """Also to one that was just removed: who removed it may be who signs in."""
    gone = settled.has_added("asha.third@example.net")
    settled.has_added()
    settled.removes(gone)
    clock.move(hours=1)
    stranger = Person(house, settled.person.address, house.client("192.0.2.77"))
    stranger.signs_in()
    for address in (settled.person.address, SECOND, "asha.third@example.net"):
        assert "new_sign_in" == house.inbox.notices(address)[0].purpose
    clock.move(hours=1)
    before = len(house.inbox.notices())
    stranger.signs_in()  # known by now
    assert before == len(house.inbox.notices())
