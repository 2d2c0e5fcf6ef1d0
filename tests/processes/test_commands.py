"""The commands: exit codes, what they print, and as JSON the shapes of the API."""

import shutil

import pytest

from tests.support.calling import ask, begin, wrong
from tests.support.running import command

NOBODYS = "22222-22222-22222-22222-22222"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder whose store is migrated."""
    found = tmp_path_factory.mktemp("commands") / "data"
    done = command("migrate", "--data", found, "--json")
    assert (0, {"before": None, "schema": done.json["schema"]}) == (done.code, done.json)
    return found


def test_an_operator_makes_and_looks_at_accounts(folder):
    made = command("account", "create", "--email", "asha@example.org", "--data", folder, "--json")
    assert 0 == made.code
    assert {"id"} == set(made.json)
    assert made.json["id"].startswith("acc_")
    same = command("account", "create", "--email", "asha@EXAMPLE.org", "--data", folder)
    assert (3, True) == (same.code, "invalid_input" in same.err)

    shown = command("account", "show", "asha@example.org", "--data", folder, "--json")
    assert {"id", "created_at", "names", "sessions", "closed_lanes"} <= set(shown.json)
    assert (False, []) == (shown.json["two_step"], shown.json["methods"])
    assert made.json["id"] == shown.json["id"]
    assert ["as*****@example.org"] == shown.json["names"]
    unknown = command("account", "show", "nobody@example.org", "--data", folder)
    assert (3, "", True) == (unknown.code, unknown.out, "not_found" in unknown.err)

    events = command("events", made.json["id"], "--data", folder, "--json")
    assert ({"data", "next"}, "account_created") == (
        set(events.json),
        events.json["data"][0]["kind"],
    )


def ask_by(caller, address, kind):
    """Begin a sign-in and ask by a kind that its account may not have."""
    flow = begin(caller, address)
    flow.begun["options"] = [one for one in flow.begun["options"] if one["kind"] == kind]
    assert 201 == flow.ask().status
    return flow


@pytest.mark.spec("C6")
def test_an_operator_opens_what_wrong_answers_closed(service, caller, mailbox, address, store_env):
    folder = service.log.with_name("data")
    made = command("account", "create", "--email", address, "--data", folder, env=store_env)
    assert 0 == made.code, made.err
    flows = [ask(caller, address) for _ in range(3)]
    code = mailbox.code(address, flows[-1].challenge["label"])
    answers = [flow.answer(wrong(code, nth)) for flow in flows[:2] for nth in range(1, 6)]
    assert ["code_wrong"] * 10 == [answer.code for answer in answers]
    assert "too_many_tries" == flows[-1].answer(code).code
    by_kind = [ask_by(caller, address, "recovery_code") for _ in range(3)]
    answers = [flow.answer(NOBODYS) for flow in by_kind[:2] for _ in range(5)]
    assert {"code_wrong"} == {answer.code for answer in answers}
    assert "too_many_tries" == by_kind[-1].answer(NOBODYS).code
    opened = command("account", "reopen", address, "--data", folder, "--json", env=store_env)
    assert (0, True) == (opened.code, opened.json["reopened"])
    assert 200 == flows[-1].answer(code).status
    assert "code_wrong" == by_kind[-1].answer(NOBODYS).code
    told = command("events", address, "--data", folder, "--json", env=store_env).json["data"]
    assert "account_reopened" in {event["kind"] for event in told}


@pytest.fixture
def store_env(service):
    """What the commands need to find the store of the running service."""
    return {
        name: value
        for name, value in service.env.items()
        if name.startswith(("SEKISHO_DATABASE", "SEKISHO_SMTP", "SEKISHO_MAIL"))
    }


@pytest.mark.spec("D4")
def test_messages_are_listed_with_their_timelines_and_without_their_secrets(
    service, caller, mailbox, address, store_env
):
    folder = service.log.with_name("data")
    flow = ask(caller, address)
    code = mailbox.code(address, flow.challenge["label"])
    label = flow.challenge["label"]
    listed = command("message", "list", "--data", folder, "--json", env=store_env)
    assert 0 == listed.code
    assert {"data", "next"} == set(listed.json)
    (message, *_) = [one for one in listed.json["data"] if one["label"] == label]
    assert {"id", "kind", "channel", "state", "label", "created_at", "timeline"} == set(message)
    assert message["id"].startswith("msg_")
    assert ("sign_up", "email") == (message["kind"], message["channel"])
    assert {"at", "state", "detail"} == set(message["timeline"][0])
    assert address not in listed.out
    assert code not in listed.out


def test_settings_are_shown_with_defaults_and_bounds_and_without_secrets(folder):
    env = {
        "SEKISHO_SMTP_URL": "smtp://user:hunter2@mail.example:587",
        "SEKISHO_CODES_TRIES": "3",
    }
    shown = command("settings", "--data", folder, "--json", env=env)
    assert 0 == shown.code
    assert "hunter2" not in shown.out
    rows = {row["name"]: row for row in shown.json["data"]}
    tries = rows["codes.tries"]
    assert (3, 5, 1, 5, "SEKISHO_CODES_TRIES") == (
        tries["value"],
        tries["default"],
        tries["lowest"],
        tries["highest"],
        tries["env"],
    )
    text = command("settings", "--data", folder, env=env)
    assert "codes.tries = 3   (default 5, 1 to 5)" in text.out
    assert "hunter2" not in text.out


# As API.md writes them.
DEFAULTS = {
    "codes": "digits=6 sign_in_minutes=5 security_minutes=10 tries=5",
    "guesses": "stranger_hour=10 stranger_day=20 stranger_90_days=100 stranger_long_day=200"
    " long_digits=8 familiar_hour=20 familiar_day=50 familiar_in_a_row=100",
    "resend": "pauses_seconds=[30,60,120,300] flow=5 ten_minutes=5 day=50"
    " reserve_ten_minutes=2 reserve_day=12",
    "floods": "first_hour=5 day=10",
    "limits": "requests_hour_ip=60 requests_hour_net=300 requests_hour_all=10000 answers_factor=5",
    "flows": "idle_minutes=30 most_minutes=60",
    "sessions": "idle_hours=24 absolute_days=30",
}


def test_the_defaults_are_those_of_the_contract(folder):
    rows = command("settings", "--data", folder, "--json").json["data"]
    found = {row["name"]: str(row["value"]).replace(" ", "") for row in rows}
    for group, told in DEFAULTS.items():
        for one in told.split():
            name, _, value = one.partition("=")
            assert value == found[f"{group}.{name}"], name
    assert ("closed", "UTC", "inside") == (found["sign_up"], found["time_zone"], found["worker"])


def test_the_doctor_says_what_is_missing_and_what_would_work(folder, mailbox):
    ill = command("doctor", "--data", folder, "--json")
    assert 1 == ill.code
    found = {one["name"]: one for one in ill.json["data"]}
    assert {"public URL", "root key", "store", "mail", "clock"} <= set(found)
    assert (False, False, True, True) == tuple(
        found[name]["good"] for name in ("public URL", "mail", "root key", "store")
    )
    assert "SEKISHO_PUBLIC_URL" in found["public URL"]["told"]
    assert "SEKISHO_SMTP_URL" in found["mail"]["told"]
    env = {**mailbox.environment, "SEKISHO_PUBLIC_URL": "https://id.example.com"}
    well = command("doctor", "--data", folder, env=env)
    assert 0 == well.code, well.out
    assert well.out.count("ok  ") == len(well.out.splitlines())

    sent = command("doctor", "mail", "probe@example.org", "--data", folder, env=env)
    assert 0 == sent.code, sent.out
    assert 1 == len(mailbox.letters("probe@example.org"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "show", "a@example.org"),
        ("message", "list"),
        ("clock", "advance", "1m"),
    ],
    ids=" ".join,
)
def test_where_there_is_nothing_a_command_fails_in_one_line(tmp_path, arguments):
    failed = command(*arguments, "--data", tmp_path / "data")
    assert (1, "", 1) == (failed.code, failed.out, len(failed.err.splitlines())), failed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("serve", "--port", "0"),
        ("serve", "--workers", "none"),
        ("account", "create"),
        ("account", "show"),
        ("message",),
        ("doctor", "everything"),
    ],
    ids=" ".join,
)
def test_what_is_typed_wrong_is_a_matter_of_usage(arguments):
    assert 2 == command(*arguments).code


@pytest.mark.attack("129")
def test_a_store_is_opened_under_its_own_key_and_no_other(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "data")
    key = copy.with_name("data.key")
    ask_for = ("message", "list", "--data", copy)

    missing = command(*ask_for)
    assert (1, True, False) == (missing.code, "is missing" in missing.err, key.exists())

    shutil.copy(folder.with_name("data.key"), key)
    key.chmod(0o640)
    readable = command(*ask_for)
    assert (1, True) == (readable.code, f"chmod 600 {key}" in readable.err)
    key.chmod(0o600)
    other = tmp_path / "other"
    assert 0 == command("migrate", "--data", other).code
    assert 0o600 == other.with_name("other.key").stat().st_mode & 0o777
    elsewhere = {"SEKISHO_ROOT_KEY_FILE": str(other.with_name("other.key"))}
    wrong_one = command(*ask_for, env=elsewhere)
    assert (1, True) == (wrong_one.code, "is not the root key" in wrong_one.err)
