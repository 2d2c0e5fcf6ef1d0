import json
import stat
from datetime import timedelta

import pytest

from sekisho.records.delivery.providers.inbox import KEPT, Inbox
from sekisho.records.delivery.rules import Accepted, Draft
from tests.support.material import START


def draft(number=1, to="asha@example.org", **changed):
    fields = {
        "id": f"msg_{number}",
        "kind": "sign_in",
        "channel": "email",
        "sender": "login@example.com",
        "to": to,
        "subject": "482913：確認コード",
        "text": "482913\n",
        "html": "<p>482913</p>",
        "raw": b"",
        "code": "482913",
        "label": "K7",
        "at": START + timedelta(seconds=number),
    }
    return Draft(**(fields | changed))


@pytest.mark.spec("D1")
def test_a_message_has_the_shape_of_the_api(tmp_path):
    inbox = Inbox(tmp_path)
    assert isinstance(inbox.send(draft()), Accepted)
    (line,) = (tmp_path / "inbox.jsonl").read_text(encoding="utf-8").splitlines()
    assert {
        "id": "msg_1",
        "channel": "email",
        "to": "asha@example.org",
        "subject": "482913：確認コード",
        "text": "482913\n",
        "html": "<p>482913</p>",
        "code": "482913",
        "label": "K7",
        "purpose": "sign_in",
        "at": "2026-03-05T05:05:01.000000Z",
    } == json.loads(line)


def test_the_newest_comes_first_and_an_address_finds_its_own(tmp_path):
    inbox = Inbox(tmp_path)
    for number, to in enumerate(["asha@example.org", "bert@example.org", "ASHA@example.org"]):
        inbox.send(draft(number, to))
    assert ["msg_2", "msg_1", "msg_0"] == [entry.id for entry in inbox.messages()]
    assert ["msg_2", "msg_0"] == [entry.id for entry in inbox.messages(" asha@Example.org ")]


def test_a_notice_has_no_code(tmp_path):
    inbox = Inbox(tmp_path)
    inbox.send(draft(kind="new_sign_in", code=None, label=None))
    (entry,) = inbox.messages()
    assert ("new_sign_in", None, None) == (entry.purpose, entry.code, entry.label)


def test_a_second_try_of_a_message_takes_the_place_of_the_first(tmp_path):
    inbox = Inbox(tmp_path)
    for number in (1, 2, 1):
        inbox.send(draft(number))
    assert ["msg_1", "msg_2"] == [entry.id for entry in inbox.messages()]


def test_messages_outlive_a_restart(tmp_path):
    Inbox(tmp_path).send(draft(1))
    again = Inbox(tmp_path)
    again.send(draft(2))
    assert ["msg_2", "msg_1"] == [entry.id for entry in Inbox(tmp_path).messages()]


def test_a_half_written_line_is_left_out(tmp_path):
    Inbox(tmp_path).send(draft(1))
    with (tmp_path / "inbox.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "msg_2", "chan')
    assert ["msg_1"] == [entry.id for entry in Inbox(tmp_path).messages()]


@pytest.mark.spec("C9")
def test_nobody_else_reads_the_file(tmp_path):
    inbox = Inbox(tmp_path)
    inbox.send(draft())
    assert 0o600 == stat.S_IMODE((tmp_path / "inbox.jsonl").stat().st_mode)


def test_only_the_newest_are_kept(tmp_path):
    inbox = Inbox(tmp_path)
    for number in range(2 * KEPT + 5):
        inbox.send(draft(number))
    newest_first = [f"msg_{number}" for number in range(2 * KEPT + 4, KEPT + 4, -1)]
    assert newest_first == [entry.id for entry in inbox.messages()]
    assert 2 * KEPT > len((tmp_path / "inbox.jsonl").read_text(encoding="utf-8").splitlines())
    assert newest_first == [entry.id for entry in Inbox(tmp_path).messages()]
