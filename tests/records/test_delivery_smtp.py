import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from sekisho.records.delivery.providers.smtp import Patience, SmtpProvider
from sekisho.records.delivery.providers.smtp_url import parse
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected
from tests.support import smtp_sink
from tests.support.smtp_sink import Manner

HASTY = Patience(mail=timedelta(seconds=0.3), rest=timedelta())
SLOWER = Patience(mail=timedelta(seconds=1.5), rest=timedelta())  # time for a real mail too
CALM = Patience(mail=timedelta(seconds=20), rest=timedelta())
RAW = b"Subject: 482913\r\n\r\n.one dot\r\n..two\r\nend\r\n"


def draft(to="asha@example.org", raw=RAW):
    return Draft(
        id="msg_1",
        kind="sign_in",
        channel="email",
        sender="login@example.com",
        to=to,
        subject="",
        text="",
        html="",
        raw=raw,
        code="482913",
        label="K7",
        at=datetime(2026, 3, 5, tzinfo=UTC),
    )


@pytest.fixture
def provide():
    made = []

    def make(url, patience=CALM):
        made.append(SmtpProvider(parse(url), patience))
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def sink():
    with smtp_sink.sink() as running:
        yield running


def test_a_mail_arrives_byte_for_byte(sink, provide):
    assert Accepted("250 2.0.0 Ok: queued as 4B2F1") == provide(sink.url).send(draft())
    assert [("login@example.com", "asha@example.org", RAW)] == [
        (mail.sender, mail.to, mail.raw) for mail in sink.received
    ]


def test_the_connection_is_kept_for_the_next_mail(sink, provide):
    provider = provide(sink.url)
    assert [Accepted, Accepted, Accepted] == [type(provider.send(draft())) for _ in range(3)]
    assert 1 == sink.connections


def test_a_connection_that_lay_idle_too_long_is_made_anew(sink, provide):
    provider = provide(sink.url, Patience(idle=timedelta()))
    assert [Accepted, Accepted] == [type(provider.send(draft())) for _ in range(2)]
    assert 2 == sink.connections


MATRIX = [
    pytest.param(Manner.REFUSE, Rejected("550 5.1.1 No such mailbox"), id="550 at RCPT"),
    pytest.param(Manner.CLOSING, Deferred("421 4.3.2 Service shutting down"), id="421 at RCPT"),
    pytest.param(Manner.LATER, Deferred("451 4.7.1 Greylisted, try again"), id="451 at RCPT"),
    pytest.param(Manner.FULL, Rejected("552 5.2.2 Mailbox full"), id="552 after the text"),
    pytest.param(
        Manner.BUSY_AFTER_TEXT, Deferred("451 4.3.0 Try again later"), id="451 after the text"
    ),
]


@pytest.mark.spec("D4")
@pytest.mark.attack("128")
@pytest.mark.parametrize(("manner", "outcome"), MATRIX)
def test_what_the_server_says_decides(manner, outcome, sink, provide):
    sink.manners["asha@example.org"] = manner
    assert outcome == provide(sink.url).send(draft())
    assert [] == sink.received


@pytest.mark.parametrize(("manner", "outcome"), MATRIX)
def test_after_a_refusal_the_next_mail_goes(manner, outcome, sink, provide):
    sink.manners["asha@example.org"] = manner
    provider = provide(sink.url)
    provider.send(draft())
    assert isinstance(provider.send(draft("bert@example.org")), Accepted)


@pytest.mark.attack("128")
@pytest.mark.parametrize("manner", [Manner.DRIP, Manner.SILENT])
def test_a_tarpit_is_cut_at_the_deadline(manner, sink, provide):
    sink.manners["asha@example.org"] = manner
    outcome = provide(sink.url, HASTY).send(draft())
    assert isinstance(outcome, Deferred)
    assert "no full answer in time" in outcome.cause


def test_after_a_tarpit_the_next_mail_goes(sink, provide):
    sink.manners["asha@example.org"] = Manner.DRIP
    provider = provide(sink.url, SLOWER)
    provider.send(draft())
    assert isinstance(provider.send(draft("bert@example.org")), Accepted)


@pytest.mark.attack("128")
def test_a_server_that_hangs_up_after_the_text_may_have_it(sink, provide):
    """The only case that SMTP itself cannot tell: tried again, so it may arrive twice."""
    sink.manners["asha@example.org"] = Manner.HANG_UP
    outcome = provide(sink.url).send(draft())
    assert isinstance(outcome, Deferred)
    assert "may have arrived" in outcome.cause
    assert 1 == len(sink.received)


def test_nobody_there_is_deferred_and_left_alone_for_a_while(provide):
    provider = provide(smtp_sink.nobody(), Patience(rest=timedelta(hours=1)))
    first, second = provider.send(draft()), provider.send(draft())
    assert "no connection" in first.cause
    assert first == second


def test_no_address_and_no_code_stands_in_a_cause(sink, provide):
    """Attack 027: servers like to repeat both."""
    sink.manners["asha@example.org"] = Manner.REFUSE
    sink.rcpt_texts["asha@example.org"] = (
        "550 5.1.1 <asha@example.org>: user ASHA unknown, subject 482913"
    )
    assert Rejected("550 5.1.1 <…>: user … unknown, subject …") == provide(sink.url).send(draft())


@pytest.mark.attack("088")
@pytest.mark.parametrize(
    "to",
    [
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example>",
        "<a@b.example",
        "a b@c.example",
        "ä@b.example",
        "a@b@c.example,d@e.example",
        "",
    ],
)
def test_an_address_that_is_more_than_one_is_not_sent(to, sink, provide):
    assert Rejected("this address cannot be written to") == provide(sink.url).send(draft(to))
    assert 0 == sink.connections


# --- encryption ---


@pytest.mark.spec("D1")
def test_starttls_with_a_good_certificate(tls, ca_file, provide):
    with smtp_sink.sink(tls) as sink:
        assert isinstance(provide(f"{sink.url}&ca_file={ca_file}").send(draft()), Accepted)
        assert [True] == [mail.is_encrypted for mail in sink.received]


@pytest.mark.spec("D1")
def test_tls_from_the_first_byte(tls, ca_file, provide):
    with smtp_sink.tls_sink(tls) as sink:
        assert isinstance(provide(f"{sink.url}?ca_file={ca_file}").send(draft()), Accepted)


@pytest.mark.parametrize("security", ["required", "opportunistic"])
def test_a_certificate_nobody_vouches_for_is_refused(security, tls, provide):
    with smtp_sink.sink(tls) as sink:
        outcome = provide(f"smtp://127.0.0.1:{sink.port}?starttls={security}").send(draft())
        assert isinstance(outcome, Deferred)
        assert "CERTIFICATE_VERIFY_FAILED" in outcome.cause
        assert [] == sink.received


def test_a_certificate_for_another_name_is_refused(authority, ca_file, provide):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.com").configure_cert(context)
    with smtp_sink.sink(context) as sink:
        outcome = provide(f"{sink.url}&ca_file={ca_file}").send(draft())
        assert "IP address mismatch" in outcome.cause


def test_a_server_without_starttls_gets_nothing_where_it_is_required(sink, provide):
    outcome = provide(f"smtp://127.0.0.1:{sink.port}?starttls=required").send(draft())
    assert "offers no STARTTLS" in outcome.cause
    assert [] == sink.received


def test_a_server_without_starttls_is_used_where_that_is_allowed(sink, provide):
    url = f"smtp://127.0.0.1:{sink.port}?starttls=opportunistic"
    assert isinstance(provide(url).send(draft()), Accepted)


@pytest.mark.parametrize(
    ("url", "security"),
    [
        pytest.param("smtp://127.0.0.1:25", "no", id="this machine"),
        pytest.param("smtp://mail.example.com", "opportunistic", id="another, without a password"),
        pytest.param("smtp://me:pw@mail.example.com", "required", id="another, with a password"),
        pytest.param("smtp://me:pw@localhost:25", "no", id="this machine, with a password"),
        pytest.param("smtp://127.0.0.1?ca_file=/ca.pem", "required", id="an authority is named"),
        pytest.param("smtp://127.0.0.1?starttls=required", "required", id="said"),
        pytest.param("smtps://mail.example.com", "tls", id="from the start"),
    ],
)
def test_how_a_url_without_starttls_is_secured(url, security):
    assert security == parse(url).security


def test_a_relay_on_this_machine_needs_no_word_about_tls(sink, provide):
    assert isinstance(provide(f"smtp://127.0.0.1:{sink.port}").send(draft()), Accepted)


def test_name_and_password_are_given(tls, ca_file, provide):
    with smtp_sink.sink(tls, ("login", "p@ss")) as sink:
        url = f"smtp://login:p%40ss@127.0.0.1:{sink.port}?ca_file={ca_file}"
        assert isinstance(provide(url).send(draft()), Accepted)


def test_a_wrong_password_is_the_operators_to_mend(tls, ca_file, provide):
    """Not the end of the message: the operator corrects it, and notices go out."""
    with smtp_sink.sink(tls, ("login", "right")) as sink:
        provider = provide(f"smtp://login:wrong@127.0.0.1:{sink.port}?ca_file={ca_file}")
        outcome = provider.send(draft())
        assert isinstance(outcome, Deferred)
        assert outcome.cause.startswith("AUTH: 535")
        assert outcome.cause == provider.check()


# --- servers that speak a script ---


def _speaks(**answers):
    def answer(line):
        return answers.get(line.split()[0].decode().lower().strip(":"), b"250 ok\r\n")

    return answer


def test_junk_after_starttls_is_no_encryption(provide):
    script = _speaks(ehlo=b"250-x\r\n250 STARTTLS\r\n", starttls=b"220 go\r\n" + b"JUNK" * 10_000)
    with smtp_sink.scripted(b"220 hello\r\n", script) as server:
        outcome = provide(f"smtp://127.0.0.1:{server.port}?starttls=required").send(draft())
        assert isinstance(outcome, Deferred)
        assert "no encrypted connection" in outcome.cause


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"nonsense\r\n", b"220-\r\n" * 50, b"", b"2" * 100_000]
)
def test_an_odd_greeting_is_deferred(greeting, provide):
    with smtp_sink.scripted(greeting, _speaks()) as server:
        outcome = provide(f"smtp://127.0.0.1:{server.port}?starttls=no", HASTY).send(draft())
        assert isinstance(outcome, Deferred)


def _piped(rcpt, data):
    """A server with PIPELINING; `text` begins after DATA's 354."""
    seen = []
    state = {"text": False}

    def answer(line):
        seen.append(line)
        if state["text"]:
            state["text"] = line != b".\r\n"
            return b"" if state["text"] else b"250 2.0.0 Ok\r\n"
        word = line.split()[0].upper()
        if word == b"EHLO":
            return b"250-x\r\n250 PIPELINING\r\n"
        if word == b"DATA":
            state["text"] = data.startswith(b"354")
            return data
        return rcpt if word == b"RCPT" else b"250 ok\r\n"

    return answer, seen


def test_commands_go_together_where_the_server_allows(provide):
    answer, seen = _piped(b"250 ok\r\n", b"354 go\r\n")
    with smtp_sink.scripted(b"220 hello\r\n", answer) as server:
        outcome = provide(f"smtp://127.0.0.1:{server.port}?starttls=no").send(draft())
    assert Accepted("250 2.0.0 Ok") == outcome
    assert [b"MAIL", b"RCPT", b"DATA"] == [line.split()[0] for line in seen[1:4]]
    assert [b"..one dot\r\n", b"...two\r\n"] == [line for line in seen if line.startswith(b"..")]


@pytest.mark.parametrize("data", [b"354 go\r\n", b"503 no recipients\r\n"])
def test_a_refused_recipient_among_commands_sent_together(data, provide):
    answer, seen = _piped(b"550 5.1.1 no\r\n", data)
    with smtp_sink.scripted(b"220 hello\r\n", answer) as server:
        outcome = provide(f"smtp://127.0.0.1:{server.port}?starttls=no").send(draft())
    assert Rejected("550 5.1.1 no") == outcome
    assert b"Subject: 482913\r\n" not in seen
    assert b"RSET\r\n" in seen


def test_a_kept_connection_that_died_is_replaced_at_once(provide):
    """The server closed while nobody looked; nothing was sent yet, so the mail goes on another."""
    mails = []

    def answer(line):
        if line.startswith(b"MAIL"):
            mails.append(line)
            if len(mails) == 2:
                return None
        return b"354 go\r\n" if line.startswith(b"DATA") else _text_or_ok(line)

    with smtp_sink.scripted(b"220 hello\r\n", answer) as server:
        provider = provide(f"smtp://127.0.0.1:{server.port}?starttls=no")
        outcomes = [type(provider.send(draft(raw=b"one line\r\n"))) for _ in range(2)]
    assert [Accepted, Accepted] == outcomes
    assert 2 == server.connections


def _text_or_ok(line):
    return b"" if line == b"one line\r\n" else b"250 ok\r\n"


def test_a_refused_sender_is_the_operators_to_mend(provide):
    script = _speaks(mail=b"530 5.7.0 Authentication required\r\n")
    with smtp_sink.scripted(b"220 hello\r\n", script) as server:
        outcome = provide(f"smtp://127.0.0.1:{server.port}?starttls=no").send(draft())
    assert Deferred("530 5.7.0 Authentication required") == outcome
