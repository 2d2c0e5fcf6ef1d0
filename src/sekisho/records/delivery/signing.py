"""Signatures of gateways: Standard Webhooks (both ways) and Twilio's callbacks. Pure functions.

Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA-256 over `<id>.<timestamp>.<body>`, with a
timestamp that is refused outside of five minutes. Twilio: HMAC-SHA-1 over the URL and the sorted
form; it has no timestamp, so what a callback does must be harmless the second time.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from hmac import compare_digest, new

TOLERANCE = timedelta(minutes=5)  # Standard Webhooks, "Timestamp"
_PREFIX = "whsec_"
_LEAST_SECRET, _MOST_SECRET = 24, 64  # bytes; Standard Webhooks, "Signature scheme"
_MOST_SIGNATURES = 10  # in one header, while keys are changed
_PORTS = {"https": "443", "http": "80"}


def read_secret(text: str) -> bytes:
    """Return the key of a `whsec_…` secret; ValueError says what it must be."""
    try:
        secret = b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a secret is whsec_ and base64") from error
    if not _LEAST_SECRET <= len(secret) <= _MOST_SECRET:
        raise ValueError(f"a secret has {_LEAST_SECRET} to {_MOST_SECRET} bytes, in base64")
    return secret


def sign(secret: bytes, identity: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the three headers that sign a webhook."""
    stamp = str(int(at.timestamp()))
    signature = _webhook_mac(secret, identity, stamp, body)
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


def is_signed(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Say whether a webhook is from whoever knows the secret, and of these minutes.

    `headers` have lower-case names.
    """
    identity, stamp, given = (
        headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not identity or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):  # noqa: PLR2004
        return False
    # Threat: an old callback, kept and sent again. (test_delivery_signing)
    if abs(int(stamp) - now.timestamp()) > TOLERANCE.total_seconds():
        return False
    expected = f"v1,{_webhook_mac(secret, identity, stamp, body)}".encode()
    offered = given.encode(errors="replace").split(b" ")[:_MOST_SIGNATURES]
    return any(compare_digest(expected, one) for one in offered)


def is_from_twilio(token: str, url: str, form: Iterable[tuple[str, str]], signature: str) -> bool:
    """Say whether a callback to `url`, as Twilio was told it, is signed with the account's token.

    Twilio signs the URL sometimes with its port and sometimes without, so both are tried.
    """
    pairs = "".join(name + value for name, value in sorted(set(form)))
    given = signature.encode(errors="replace")
    return any(
        compare_digest(_twilio_mac(token, f"{one}{pairs}"), given) for one in _spellings(url)
    )


def _webhook_mac(secret: bytes, identity: str, stamp: str, body: bytes) -> str:
    signed = b"%s.%s.%s" % (identity.encode(errors="replace"), stamp.encode(), body)
    return b64encode(new(secret, signed, sha256).digest()).decode()


def _twilio_mac(token: str, signed: str) -> bytes:
    return b64encode(new(token.encode(), signed.encode(errors="replace"), sha1).digest())


def _spellings(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    name, colon, port = host.rpartition(":")
    bare = name if colon and port.isdigit() else host
    named = host if bare != host else f"{host}:{_PORTS.get(scheme, '443')}"
    return f"{scheme}://{bare}{slash}{path}", f"{scheme}://{named}{slash}{path}"
