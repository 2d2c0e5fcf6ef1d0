"""E-mail: text first and complete, then HTML; pure ASCII on the wire, so that no server changes it.

Written by hand: `email.message` costs many times as much for the same bytes.
Tests read it back with the standard library.
"""

import re
from base64 import b64encode
from email.utils import format_datetime
from functools import lru_cache

from sekisho.records.delivery import dkim, letters
from sekisho.records.delivery.channels.shape import Addressed
from sekisho.records.delivery.post_office import Mailbox, PostOffice, is_address
from sekisho.records.delivery.rules import Draft

_LONGEST_LINE = 998  # RFC 5322 §2.1.1, less the line end
_BASE64_LINE = 76  # RFC 2045 §6.8
_ENCODED_OCTETS = 36  # of one encoded word: with "Subject: " still under 76 signs (RFC 2047 §2)
_NOT_SAFE = re.compile(r"[^\x20-\x7e]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def write(message: Addressed, office: PostOffice) -> Draft:
    """Write the mail; ValueError when a value cannot stand in a header."""
    if not is_address(message.to):
        raise ValueError("this address cannot be written to")
    letter = letters.write(office.letters, message.kind, message.contents)
    raw = _raw(message, office, letter)
    if office.dkim is not None:
        raw = dkim.sign(raw, office.dkim, message.now)
    return Draft(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        sender=office.mail_from.address,
        to=message.to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        raw=raw,
        code=message.contents.code,
        label=message.contents.label,
        at=message.now,
    )


def _raw(message: Addressed, office: PostOffice, letter: letters.Written) -> bytes:
    boundary = f"=_{message.token}"
    headers = [
        ("From", _person(office.mail_from)),
        ("To", message.to),
        ("Subject", _words(letter.subject)),
        ("Date", format_datetime(message.now)),
        ("Message-ID", f"<{message.id}.{message.token}@{office.mail_from.domain}>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", message.contents.language),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    if office.reply_to is not None:
        headers.insert(2, ("Reply-To", _person(office.reply_to)))
    head = "".join(f"{name}: {_one_header(value)}\r\n" for name, value in headers)
    text, html = _part("plain", letter.text), _part("html", letter.html)
    edge = f"\r\n--{boundary}".encode()
    return b"".join((head.encode(), edge, b"\r\n", text, edge, b"\r\n", html, edge, b"--\r\n"))


def _part(kind: str, said: str) -> bytes:
    said = "\r\n".join(said.splitlines()) + "\r\n"
    is_plain = said.isascii() and max(map(len, said.split("\r\n"))) <= _LONGEST_LINE
    if is_plain:
        octets, encoding = said.encode(), "7bit"
    else:
        octets, encoding = _base64_lines(said.encode()), "base64"
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + octets


def _base64_lines(octets: bytes) -> bytes:
    encoded = b64encode(octets)
    lines = [encoded[at : at + _BASE64_LINE] for at in range(0, len(encoded), _BASE64_LINE)]
    return b"\r\n".join(lines) + b"\r\n"


def _one_header(value: str) -> str:
    # Threat: a line end in a value would start another header. (attack 088; test_delivery_email)
    if _NOT_SAFE.search(value.replace("\r\n ", "")):
        raise ValueError("a header value holds a control character or is not encoded")
    return value


@lru_cache(maxsize=8)
def _person(who: Mailbox) -> str:
    if not who.name:
        return who.address
    name = _words(who.name)
    if name == who.name and not _PLAIN_NAME.fullmatch(name):
        name = '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
    return f"{name} <{who.address}>"


def _words(text: str) -> str:
    """Return the text for a header: as it is, or as encoded words (RFC 2047)."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    words, word = [], b""
    for sign in text:
        octets = sign.encode()
        if len(word) + len(octets) > _ENCODED_OCTETS:
            words.append(word)
            word = b""
        word += octets
    words.append(word)
    return "\r\n ".join(f"=?utf-8?B?{b64encode(word).decode()}?=" for word in words)
