"""DKIM signatures for our own mail (RFC 6376, RFC 8463): relaxed/relaxed, over-signed, never `l=`.

Over-signing names a header once more than it is there, so that nobody can add a second Subject or
From and keep the signature (spec D7). Not a verifier; tests let dkimpy and OpenDKIM judge.
"""

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

_OVER_SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "content-type",
    "mime-version",
    "auto-submitted",
)
_SIGNED = ("content-language",)
_LIFE = timedelta(days=7)  # `x=`: longer than any server keeps trying (RFC 5321 §4.5.4.1: 4-5 days)
_LEAST_RSA_BITS = 2048  # RFC 8301 §3.2
_BLANKS = re.compile(rb"[ \t]+")
_LINE = 72  # signs of a folded base64 line

_Key = RSAPrivateKey | Ed25519PrivateKey


class DkimKeyError(Exception):
    """The DKIM key cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and where its public half stands in DNS: `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: _Key = field(repr=False)


def load(path: Path, domain: str, selector: str) -> Signer:
    """Read a private key (PEM): RSA of 2048 bits or more, or Ed25519.

    Raises DkimKeyError.
    """
    try:
        everybody = path.stat().st_mode & 0o007
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        message = (
            f"cannot read the DKIM key {path}: {error}; set SEKISHO_DKIM_KEY_FILE to a PEM file"
        )
        raise DkimKeyError(message) from error
    if everybody:
        raise DkimKeyError(f"the DKIM key {path} can be read by everybody; do: chmod 640 {path}")
    match key:
        case RSAPrivateKey() if key.key_size >= _LEAST_RSA_BITS:
            return Signer(domain, selector, key)
        case Ed25519PrivateKey():
            return Signer(domain, selector, key)
        case _:
            raise DkimKeyError(f"the DKIM key {path} must be RSA of 2048 bits or more, or Ed25519")


def sign(raw: bytes, signer: Signer, now: datetime) -> bytes:
    """Return the mail with its signature before it; `raw` has CRLF line ends."""
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = _headers(head)
    names = _names(headers)
    unsigned = _signature_header(signer, names, body, now)
    told = _canonical(headers, names) + _relaxed(b"DKIM-Signature", unsigned.encode())
    signature = base64.b64encode(_signature(signer.key, told)).decode()
    lines = (signature[place : place + _LINE] for place in range(0, len(signature), _LINE))
    return f"DKIM-Signature: {unsigned}{f'{chr(13)}{chr(10)}  '.join(lines)}\r\n".encode() + raw


def record(signer: Signer) -> str:
    """Return the TXT record that has to stand in DNS for this signer."""
    public = signer.key.public_key()
    match signer.key:
        case RSAPrivateKey():
            kind = "rsa"
            octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        case _:
            kind = "ed25519"
            octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    pairs = (line.partition(b":") for line in unfolded.split(b"\r\n"))
    return [(name, value) for name, _, value in pairs]


def _names(headers: list[tuple[bytes, bytes]]) -> list[str]:
    there = [name.decode("ascii").lower() for name, _ in headers]
    names = [name for wanted in (*_OVER_SIGNED, *_SIGNED) for name in there if name == wanted]
    return [*names, *_OVER_SIGNED]


def _signature_header(signer: Signer, names: list[str], body: bytes, now: datetime) -> str:
    kind = "rsa" if isinstance(signer.key, RSAPrivateKey) else "ed25519"
    digest = base64.b64encode(sha256(_relaxed_body(body)).digest()).decode()
    return (
        f"v=1; a={kind}-sha256; c=relaxed/relaxed; d={signer.domain}; s={signer.selector};\r\n"
        f"  t={int(now.timestamp())}; x={int((now + _LIFE).timestamp())};\r\n"
        f"  h={_folded(names)};\r\n  bh={digest};\r\n  b="
    )


def _folded(names: list[str]) -> str:
    rows = (":".join(names[first : first + 5]) for first in range(0, len(names), 5))
    return ":\r\n    ".join(rows)


def _canonical(headers: list[tuple[bytes, bytes]], names: list[str]) -> bytes:
    """Return the signed headers; a name beyond those there adds nothing (RFC 6376 §5.4.2)."""
    left = [(name.decode("ascii").lower(), _relaxed(name, value)) for name, value in headers]
    told = []
    for wanted in names:
        # A header that stands several times is signed from the bottom up.
        at = next((at for at in range(len(left) - 1, -1, -1) if left[at][0] == wanted), None)
        if at is not None:
            told.append(left.pop(at)[1] + b"\r\n")
    return b"".join(told)


def _relaxed(name: bytes, value: bytes) -> bytes:
    unfolded = value.replace(b"\r\n", b"")
    return name.lower() + b":" + _BLANKS.sub(b" ", unfolded).strip()


def _relaxed_body(body: bytes) -> bytes:
    lines = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b"\r\n ")
    return lines + b"\r\n" if lines else b""


def _signature(key: _Key, told: bytes) -> bytes:
    match key:
        case RSAPrivateKey():
            return key.sign(told, PKCS1v15(), SHA256())
        case _:
            return key.sign(sha256(told).digest())  # RFC 8463 §3
