"""Passkeys of a person: added, named, renamed, removed; and as an attacker tries it."""

import json

import pytest

from sekisho.authenticators import passkey
from tests.support.enrolled import METHODS, again
from tests.support.people import at_once
from tests.support.soft_authenticator import BE, BS, UP, UV

GOOGLE = bytes.fromhex("ea9b8d664d011d213ce4b6b48cb575d4")


def told(answers):
    """The codes of refusals, or the status of what passed."""
    return sorted(str(answer.code or answer.status) for answer in answers)


@pytest.mark.spec("M5", "P8", "N1")
def test_a_passkey_is_added_after_a_step_up_and_told(enrolling, house):
    assert "prove_more" == enrolling.posts(METHODS, {"kind": "passkey", "name": ""}).code
    enrolling.has_passkey(aaguid=GOOGLE, flags=UP | UV | BE | BS)
    (one,) = enrolling.methods()
    assert ("passkey", "Google Password Manager", None) == (
        one["kind"],
        one["name"],
        one["last_used_at"],
    )
    shown = one["passkey"]
    assert ("Google Password Manager", True, True) == (
        shown["provider"],
        shown["is_synced"],
        shown["two_factors"],
    )
    assert "method_added" == house.inbox.notices(enrolling.person.address)[0].purpose
    assert "passkey" in house.inbox.notices(enrolling.person.address)[0].text
    assert 1 == [one["kind"] for one in enrolling.person.events()].count("method_added")


@pytest.mark.spec("M5")
@pytest.mark.attack("054")
def test_a_key_that_verified_nobody_counts_as_one_of_two(enrolling):
    enrolling.has_passkey(flags=UP)
    shown = enrolling.methods()[0]["passkey"]
    assert (None, False, False) == (shown["provider"], shown["is_synced"], shown["two_factors"])


@pytest.mark.spec("M5")
def test_names_are_suggested_and_numbered_where_one_is_taken(enrolling):
    enrolling.has_passkey(b"credential one", aaguid=GOOGLE)
    enrolling.has_passkey(b"credential two", aaguid=GOOGLE)
    enrolling.has_passkey(b"credential three")
    enrolling.has_passkey(b"credential four", name="Work laptop")
    assert [
        "Google Password Manager",
        "Google Password Manager 2",
        "Passkey",
        "Work laptop",
    ] == [one["name"] for one in enrolling.methods()]


@pytest.mark.spec("M5")
def test_renaming_takes_the_session_alone_and_leaves_an_event(enrolling):
    first = enrolling.has_passkey(b"credential one", name="Laptop")
    second = enrolling.has_passkey(b"credential two", name="Phone")
    assert "Blue key" == enrolling.renames(first, "  Blue   key ").json["name"]
    assert "Blue key 2" == enrolling.renames(second, "Blue key").json["name"]
    assert "Blue key 2" == enrolling.renames(second, "Blue key 2").json["name"]
    assert 3 == [one["kind"] for one in enrolling.person.events()].count("method_renamed")


@pytest.mark.spec("M5")
@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", 7, None, ["Phone"]])
def test_what_is_no_name_is_refused(enrolling, name):
    method = enrolling.has_passkey(name="Laptop")
    assert "invalid_input" == enrolling.renames(method, name).code
    assert "Laptop" == enrolling.methods()[0]["name"]


@pytest.mark.spec("M5", "P8", "N1")
@pytest.mark.attack("041")
def test_removing_takes_a_step_up_and_is_told(enrolling, house):
    method = enrolling.has_passkey()
    refused = enrolling.deletes(f"{METHODS}/{method}")
    assert ("prove_more", "methods.remove") == (refused.code, refused.json["act"])
    assert 204 == enrolling.removes_method(method).status
    assert [] == enrolling.methods()
    assert "method_removed" == house.inbox.notices(enrolling.person.address)[0].purpose
    number = house.db.read(lambda work: passkey.load(work, b"soft credential 1"))
    assert number is None
    again_added = enrolling.has_passkey()
    assert method != again_added


@pytest.mark.spec("M5")
def test_an_account_has_as_many_as_the_setting_says(build_house, enrolling):
    few = build_house(passkeys__most=1)
    enrolling.person.house = few
    enrolling.person.client = few.client(enrolling.person.client.ip)
    enrolling.has_passkey(b"credential one")
    assert "too_many_methods" == enrolling.begins_method("passkey").code


@pytest.mark.spec("M5")
def test_what_the_account_has_already_is_excluded(enrolling):
    enrolling.has_passkey()
    begun = enrolling.begins_method("passkey").json
    excluded = [one["id"] for one in begun["public_key"]["excludeCredentials"]]
    assert [enrolling.methods()[0]["passkey"]["credential_id"]] == excluded
    assert enrolling.person.address == begun["public_key"]["user"]["name"]


@pytest.mark.spec("M5")
def test_where_browsers_have_no_passkeys_programs_are_told_so(enrolling, house):
    plain = house.client(enrolling.person.client.ip)
    plain.origin = "http://192.0.2.7:8080"
    enrolling.person.client = plain
    refused = enrolling.begins_method("passkey")
    assert (409, "passkeys_not_here") == (refused.status, refused.code)


# --- as an attacker tries it ---


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
def test_of_many_answers_at_once_one_adds_a_passkey(enrolling, house):
    begun = enrolling.begins_method("passkey").json
    answer = enrolling.device().make(begun["public_key"])
    answers = at_once(20, lambda _: enrolling.sends(begun, answer), house)
    assert ["200", *["passkey_used"] * 19] == told(answers)
    assert 1 == len(enrolling.methods())


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
def test_a_challenge_is_spent_by_a_wrong_answer_too(enrolling):
    begun = enrolling.begins_method("passkey").json
    device = enrolling.device()
    device.said = {"origin": "https://evil.example"}
    assert "passkey_wrong" == enrolling.confirms_passkey(begun, device).code
    device.said = {}
    assert "passkey_used" == enrolling.confirms_passkey(begun, device).code
    fresh = enrolling.person.gets(f"{METHODS}/{begun['id']}/options").json
    renewed = {"id": begun["id"], "state": fresh["state"], "public_key": fresh["options"]}
    assert 200 == enrolling.confirms_passkey(renewed, device).status


@pytest.mark.spec("M5")
@pytest.mark.attack("051", "052", "058")
@pytest.mark.parametrize(
    ("said", "more"),
    [
        pytest.param({"origin": "https://evil.example"}, {}, id="another origin"),
        pytest.param({"origin": "http://sub.localhost"}, {}, id="a sub-domain"),
        pytest.param({"crossOrigin": True}, {}, id="framed"),
        pytest.param({"topOrigin": "https://evil.example"}, {}, id="on top of us"),
        pytest.param({"type": "webauthn.get"}, {}, id="the other ceremony"),
        pytest.param({"challenge": "AAAA"}, {}, id="a challenge never issued"),
        pytest.param({}, {"rp_id": "evil.example"}, id="another relying party"),
        pytest.param({}, {"flags": UV}, id="nobody present"),
        pytest.param({}, {"cose": {1: 2, 3: -65535, -1: 1, -2: b"", -3: b""}}, id="algorithm"),
    ],
)
def test_an_answer_that_is_not_ours_adds_nothing(enrolling, said, more):
    begun = enrolling.begins_method("passkey").json
    device = enrolling.device(said=said, **more)
    assert (401, "passkey_wrong") == (
        (answer := enrolling.confirms_passkey(begun, device)).status,
        answer.code,
    )
    assert [] == enrolling.methods()


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
def test_an_answer_after_its_time_is_told_so(enrolling, clock):
    begun = enrolling.begins_method("passkey").json
    answer = enrolling.device().make(begun["public_key"])
    clock.move(minutes=5)
    assert (401, "passkey_expired") == (
        (late := enrolling.sends(begun, answer)).status,
        late.code,
    )
    fresh = enrolling.person.gets(f"{METHODS}/{begun['id']}/options")
    assert 200 == fresh.status
    clock.move(minutes=5)
    gone = enrolling.person.gets(f"{METHODS}/{begun['id']}/options")
    assert "passkey_expired" == gone.code


@pytest.mark.attack("052", "106")
def test_a_state_opens_for_its_own_method_alone(enrolling, ben):
    ben.signs_in()
    other = type(enrolling)(ben)
    mine = enrolling.begins_method("passkey").json
    theirs = other.begins_method("passkey").json
    swapped = {"id": theirs["id"], "state": mine["state"], "public_key": mine["public_key"]}
    assert "passkey_wrong" == other.confirms_passkey(swapped, other.device()).code
    for state in ("", "AAAA", mine["state"][:-4], mine["state"] + "AAAA", "é" * 40):
        forged = {**mine, "state": state}
        assert "passkey_wrong" == enrolling.confirms_passkey(forged, enrolling.device()).code
    assert 200 == enrolling.confirms_passkey(mine, enrolling.device()).status


@pytest.mark.spec("M5")
@pytest.mark.attack("058")
def test_a_passkey_belongs_to_one_account(enrolling, ben):
    ben.signs_in()
    other = type(enrolling)(ben)
    enrolling.has_passkey()
    begun = other.begins_method("passkey").json
    taken = other.confirms_passkey(begun, other.device())
    assert (409, "passkey_taken") == (taken.status, taken.code)
    assert [] == other.methods()


@pytest.mark.attack("058")
def test_one_credential_added_by_two_accounts_at_once_is_ones(enrolling, ben, house):
    ben.signs_in()
    two = (enrolling, type(enrolling)(ben))
    begun = [one.begins_method("passkey").json for one in two]
    sent = [one.device().make(it["public_key"]) for one, it in zip(two, begun, strict=True)]
    answers = at_once(2, lambda n: two[n].sends(begun[n], sent[n]), house)
    assert ["200", "passkey_taken"] == told(answers)


@pytest.mark.attack("106")
def test_another_accounts_method_is_not_there(enrolling, ben):
    mine = enrolling.has_passkey(name="Laptop")
    begun = enrolling.begins_method("passkey").json
    ben.signs_in()
    other = type(enrolling)(ben)
    answer = other.device(b"another").make(begun["public_key"])
    assert ["not_found"] * 5 == [
        found.code
        for found in (
            other.sends(begun, answer),
            other.person.gets(f"{METHODS}/{begun['id']}/options"),
            other.renames(mine, "Ours"),
            other.removes_method(mine),
            other.deletes(f"{METHODS}/{begun['id']}"),
        )
    ]
    assert ["Laptop"] == [one["name"] for one in enrolling.methods()]


@pytest.mark.attack("035")
def test_a_second_enrolment_takes_the_place_of_the_first(enrolling):
    first = enrolling.begins_method("passkey").json
    second = enrolling.begins_method("passkey").json
    assert "not_found" == enrolling.confirms_passkey(first, enrolling.device()).code
    assert 200 == enrolling.confirms_passkey(second, enrolling.device()).status


@pytest.mark.attack("049")
def test_an_answer_after_the_removal_adds_nothing(enrolling):
    begun = enrolling.begins_method("passkey").json
    answer = enrolling.device().make(begun["public_key"])
    assert 204 == enrolling.deletes(f"{METHODS}/{begun['id']}").status
    assert "not_found" == enrolling.sends(begun, answer).code
    added = enrolling.has_passkey()
    assert 204 == enrolling.removes_method(added).status
    assert "not_found" == enrolling.sends({**begun, "id": added}, answer).code
    assert [] == enrolling.methods()


@pytest.mark.attack("049")
def test_dropping_races_an_answer_and_one_of_them_is_what_happened(enrolling, house):
    begun = enrolling.begins_method("passkey").json
    answer = enrolling.device().make(begun["public_key"])

    def act(number):
        one = (
            enrolling.deletes(f"{METHODS}/{begun['id']}")
            if number
            else enrolling.sends(begun, answer)
        )
        return one.status, one.code

    (status, code), (dropped, _) = at_once(2, act, house)
    assert (status, code) in ((200, None), (404, "not_found"))
    assert {200: 1, 404: 0}[status] == len(enrolling.methods())
    assert dropped in ({200: (401,), 404: (204,)}[status])  # active, it wants a step-up


@pytest.mark.attack("006")
def test_five_wrong_answers_end_an_enrolment(enrolling):
    begun = enrolling.begins_method("passkey").json
    codes = []
    for _ in range(6):
        fresh = enrolling.person.gets(f"{METHODS}/{begun['id']}/options")
        if fresh.status != 200:
            codes.append(fresh.code)
            continue
        renewed = {
            "id": begun["id"],
            "state": fresh.json["state"],
            "public_key": fresh.json["options"],
        }
        device = enrolling.device(said={"origin": "https://evil.example"})
        codes.append(enrolling.confirms_passkey(renewed, device).code)
    assert [*["passkey_wrong"] * 5, "too_many_tries"] == codes


@pytest.mark.attack("065")
@pytest.mark.parametrize(
    "more",
    [
        {"account": "acc_0000000000000"},
        {"flags": 5},
        {"public_key": "AAAA"},
        {"two_factors": True},
        {"code": "000000"},
        {"password": "x"},
    ],
)
def test_a_field_that_nobody_asked_for_is_refused(enrolling, more):
    body = {"kind": "passkey", "name": ""}
    enrolling.proves("methods.add", body)
    assert "invalid_input" == enrolling.posts(METHODS, {**body, **more}).code
    begun = enrolling.posts(METHODS, body).json
    credential = json.loads(enrolling.device().make(begun["public_key"]))
    answer = {"credential": credential, "state": begun["state"]}
    assert "invalid_input" == enrolling.confirms_method(begun["id"], {**answer, **more}).code
    assert 200 == enrolling.confirms_method(begun["id"], answer).status


@pytest.mark.attack("058", "086")
@pytest.mark.parametrize(
    "credential",
    [
        {},
        [],
        "text",
        7,
        None,
        {"rawId": "AAAA", "type": "public-key", "response": {}},
        {"rawId": "A" * 2000, "type": "public-key", "response": {"clientDataJSON": "AAAA"}},
        {"rawId": "AAAA", "type": "x", "response": {"clientDataJSON": "AAAA"}},
        {"padding": "x" * 30_000},
    ],
)
def test_what_is_no_answer_is_refused_and_costs_no_challenge(enrolling, credential):
    begun = enrolling.begins_method("passkey").json
    body = {"credential": credential, "state": begun["state"]}
    refused = enrolling.confirms_method(begun["id"], body)
    assert (422, "invalid_input") == (refused.status, refused.code)
    assert 200 == enrolling.confirms_passkey(begun, enrolling.device()).status


@pytest.mark.attack("041", "065")
def test_a_proof_for_one_name_adds_no_other(enrolling):
    enrolling.proves("methods.add", {"kind": "passkey", "name": "Laptop"})
    assert "prove_more" == enrolling.posts(METHODS, {"kind": "passkey", "name": "Phone"}).code
    assert "prove_more" == enrolling.posts(METHODS, {"kind": "totp", "name": "Laptop"}).code
    other = again(enrolling.person)
    assert "prove_more" == other.posts(METHODS, {"kind": "passkey", "name": "Laptop"}).code


@pytest.mark.spec("M10")
def test_a_passkey_is_no_code(enrolling):
    begun = enrolling.begins_method("passkey").json
    for body in ({"code": "123456"}, {"password": "seven quiet herons"}):
        refused = enrolling.confirms_method(begun["id"], body)
        assert ("invalid_input", "/credential") == (
            refused.code,
            refused.json["errors"][0]["pointer"],
        )
