import email
import email.policy
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sekisho
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels import Addressed
from sekisho.records.delivery.channels import email as channel
from sekisho.records.delivery.post_office import Mailbox, PostOffice, mailbox
from tests.support.letters import FILES, Outlet, post_office, write_files
from tests.support.material import START


@pytest.fixture
def office(tmp_path):
    return post_office(tmp_path / "letters", Outlet())


def addressed(language="en", **changed):
    contents = letters.Contents(
        language=language,
        zone="Asia/Tokyo",
        created_at=START,
        ends_at=START + timedelta(minutes=10),
        label="K7",
        code="482913",
        facts={"device": "Chrome on Windows"},
    )
    fields = {
        "id": "msg_0k8rz2m4v7q1c",
        "kind": "sign_in",
        "channel": "email",
        "token": "abcdefgh23456777",
        "to": "asha@example.org",
        "contents": contents,
        "now": START,
    }
    return Addressed(**(fields | changed))


def parsed(draft):
    return email.message_from_bytes(draft.raw, policy=email.policy.default)


@pytest.mark.spec("D7")
def test_the_headers_of_a_mail(office):
    assert [
        ("From", "Example <login@example.com>"),
        ("To", "asha@example.org"),
        ("Subject", "482913 is your Example code"),
        ("Date", "Thu, 05 Mar 2026 05:05:00 +0000"),
        ("Message-ID", "<msg_0k8rz2m4v7q1c.abcdefgh23456777@example.com>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "en"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/alternative; boundary="=_abcdefgh23456777"'),
    ] == [(name, str(value)) for name, value in parsed(channel.write(addressed(), office)).items()]


@pytest.mark.spec("D7")
def test_answers_go_where_the_operator_reads_them(office):
    answered = PostOffice(
        office.mail_from, office.letters, office.providers, reply_to=Mailbox("", "help@example.com")
    )
    assert "help@example.com" == str(parsed(channel.write(addressed(), answered))["Reply-To"])


@pytest.mark.spec("D5")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_comes_first_and_both_parts_say_what_the_letter_says(language, office):
    message = addressed(language)
    written = letters.write(office.letters, "sign_in", message.contents)
    mail = parsed(channel.write(message, office))
    parts = [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]
    assert [("text/plain", written.text), ("text/html", written.html)] == [
        (kind, said.replace("\r\n", "\n")) for kind, said in parts
    ]
    assert written.subject == str(mail["Subject"])
    assert [] == [part.defects for part in mail.walk() if part.defects]


def test_the_wire_carries_ascii_in_lines_that_every_server_takes(office):
    raw = channel.write(addressed("ja"), office).raw
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert 78 >= max(map(len, raw.split(b"\r\n")))


def test_a_long_line_is_wrapped_for_the_wire(tmp_path, office):
    facts = {"device": "x" * 2000}
    long = addressed(contents=letters.Contents("en", "UTC", START, START, None, "482913", facts))
    draft = channel.write(long, office)
    assert 998 >= max(map(len, draft.raw.split(b"\r\n")))
    assert "x" * 2000 in parsed(draft).get_body(("plain",)).get_content()


@pytest.fixture(scope="module")
def free_office(tmp_path_factory):
    """An office whose subject is a fact."""
    folder = write_files(tmp_path_factory.mktemp("letters"), FILES)
    (folder / "code" / "en" / "subject.txt").write_text("{{ device }}", encoding="utf-8")
    form = letters.Form(folder / "code", has_code=True)
    loaded = letters.load({"sign_in": form}, None, "Example", "id.example.com")
    return PostOffice(Mailbox("Example", "login@example.com"), loaded, Outlet())


@given(st.text(min_size=1, max_size=120))
def test_any_words_come_back_from_the_subject(free_office, text):
    message = addressed(contents=replace(addressed().contents, facts={"device": text}))
    draft = channel.write(message, free_office)
    header = email.message_from_bytes(draft.raw)["Subject"]
    assert " ".join(text.split()) == str(make_header(decode_header(header)))
    assert draft.raw.isascii()


@pytest.mark.parametrize(
    ("name", "header"),
    [
        pytest.param("", "login@example.com", id="no name"),
        pytest.param("Example", "Example <login@example.com>", id="a plain one"),
        pytest.param("Example, Inc.", '"Example, Inc." <login@example.com>', id="one with signs"),
        pytest.param('The "E"', '"The \\"E\\"" <login@example.com>', id="one with quotes"),
        pytest.param("関所", "=?utf-8?B?6Zai5omA?= <login@example.com>", id="a Japanese one"),
    ],
)
def test_the_senders_name(name, header, office):
    sender = PostOffice(Mailbox(name, "login@example.com"), office.letters, office.providers)
    draft = channel.write(addressed(), sender)
    assert f"From: {header}\r\n".encode() in draft.raw
    assert name == parsed(draft)["From"].addresses[0].display_name


@pytest.mark.attack("088")
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"to": "a@b.example\r\nBcc: c@d.example"}, id="address"),
        pytest.param({"to": "a@b.example, c@d.example"}, id="two addresses"),
        pytest.param({"id": "msg_1\r\nBcc: c@d.example"}, id="id"),
        pytest.param({"token": "x\nBcc: c@d.example"}, id="token"),
    ],
)
def test_a_line_end_in_a_header_is_refused(changed, office):
    with pytest.raises(ValueError, match=r"cannot be written to|control character"):
        channel.write(addressed(**changed), office)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a@b.example", Mailbox("", "a@b.example"), id="bare"),
        pytest.param("Example <a@b.example>", Mailbox("Example", "a@b.example"), id="named"),
        pytest.param('"E, Inc." <a@b.example>', Mailbox("E, Inc.", "a@b.example"), id="quoted"),
        pytest.param(" 関所  <a@b.example> ", Mailbox("関所", "a@b.example"), id="Japanese"),
    ],
)  # fmt: skip
def test_a_sender_is_read(text, expected):
    assert expected == mailbox(text)


@pytest.mark.parametrize(
    "text", ["", "Example", "Example <>", "a@b.example, c@d.example", "a <b> <c@d.example>",
             "Example\r\nBcc: x@y.example <a@b.example>", "a b@c.example"],
)  # fmt: skip
def test_what_is_no_sender_is_refused(text):
    with pytest.raises(ValueError, match="is no sender; write it as"):
        mailbox(text)


SPAMASSASSIN = shutil.which("spamassassin")
needs_spamassassin = pytest.mark.skipif(
    SPAMASSASSIN is None, reason="spamassassin is not installed"
)


@needs_spamassassin
@pytest.mark.spec("D7")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", ["sign_in", "sign_up"])
def test_spamassassin_scores_our_code_mail_at_one_or_less(kind, language, tmp_path):
    """The real letters, by local rules only (`-L`)."""
    score = _spam_score(_real_draft(kind, language).raw, tmp_path)
    assert score <= 1.0


def _real_draft(kind, language):
    folder = Path(sekisho.__path__[0]) / "authenticators" / "code" / "letters" / kind
    facts = {"device": "Chrome on Windows", "place": "Japan (estimated)"}
    if language == "ja":
        facts = {"device": "Chrome（Windows）", "place": "日本（推定）"}
    form = letters.Form(folder, has_code=True, facts=facts)
    loaded = letters.load({kind: form}, None, "Example", "id.example.com")
    assert [] == letters.check(loaded)
    contents = letters.Contents(
        language, "Asia/Tokyo", START, START + timedelta(minutes=5), "K7", "482913", facts
    )
    office = PostOffice(Mailbox("Example", "no-reply@example.com"), loaded, Outlet())
    return channel.write(addressed(kind=kind, contents=contents), office)


def _spam_score(raw, home):
    judged = subprocess.run(
        [SPAMASSASSIN, "-L", "-t", "--siteconfigpath=/etc/spamassassin"],
        input=raw,
        capture_output=True,
        check=True,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin:/usr/sbin", "LC_ALL": "C.UTF-8"},
    )
    status = email.message_from_bytes(judged.stdout)["X-Spam-Status"]
    print(status)  # noqa: T201 - the rules that hit, for the reader of a failure
    return float(status.partition("score=")[2].split()[0])
