"""Every refusal of the service, as a program reads it and as a person does."""

import pytest

from sekisho.ground.refusal import Reason

STATUSES = {
    "code_wrong": 401,
    "code_earlier": 401,
    "code_expired": 401,
    "code_used": 409,
    "too_many_tries": 429,
    "too_soon": 429,
    "too_many_requests": 429,
    "flow_expired": 410,
    "flow_unknown": 404,
    "option_unknown": 422,
    "invalid_input": 422,
    "not_signed_in": 401,
    "prove_more": 401,
    "already_there": 409,
    "too_many_contacts": 409,
    "too_many_methods": 409,
    "nothing_to_prove": 409,
    "still_needed": 409,
    "passkey_wrong": 401,
    "passkey_expired": 401,
    "passkey_used": 409,
    "passkey_taken": 409,
    "passkeys_not_here": 409,
    "password_unfit": 422,
    "phone_unfit": 422,
    "address_refused": 422,
    "password_needed": 409,
    "password_short": 409,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "wrong_host": 421,
    "cross_site": 403,
    "unavailable": 503,
}


def test_codes_and_statuses_are_those_of_the_contract():
    assert STATUSES == {reason.value: reason.status for reason in Reason}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_problem_type_leads_to_a_page_of_its_own(house, language):
    client = house.client(language=language)
    pages = {code: client.get(f"/problems/{code}") for code in STATUSES}
    assert {200} == {page.status for page in pages.values()}
    assert len(STATUSES) == len({page.text for page in pages.values()})
    assert 404 == client.get("/problems/nothing").status


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_person_gets_a_page_and_a_program_a_problem(house, language):
    client = house.client(language=language)
    page, problem = client.get("/nothing"), client.get("/api/v1/nothing")
    assert (404, 404) == (page.status, problem.status)
    assert f'<html lang="{language}"' in page.text
    assert "not_found" == problem.code
    assert problem.json["request_id"] not in ("", None)
    assert language == page.header("Content-Language")


def test_request_ids_are_unlike_each_other(house):
    found = {house.api.get("/api/v1/session").json["request_id"] for _ in range(50)}
    assert 50 == len(found)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_there_is_405_with_those_that_are(house, method):
    answer = house.api.send(method, "/api/v1/flows")
    assert (405, "method_not_allowed", 405) == (answer.status, answer.code, answer.json["status"])
    assert "POST" in answer.header("Allow")


def test_a_store_that_is_away_is_unavailable_and_heals(house, asha):
    """Nothing half done: the same request goes through when the store is back."""
    attempt = asha.begins()

    class Away:
        name = "away"

        def __getattr__(self, name):
            raise Unreachable

    store, house.db.store = house.db.store, Away()
    answers = [attempt.ask(), house.client().get("/readyz")]
    house.db.store = store
    assert [503, 503] == [answer.status for answer in answers]
    assert 201 == attempt.ask().status


class Unreachable(Exception):
    """What a store does that is not there."""
