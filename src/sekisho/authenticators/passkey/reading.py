"""Answers of browsers as bounded values: `PublicKeyCredential.toJSON()` read, nothing believed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

import msgspec

# Threat: 058, every part is bounded before CBOR is parsed (test_a_bomb_is_refused_unparsed).
LONGEST = 24_000  # octets of an answer in JSON
_CREDENTIAL = 1023  # WebAuthn §4, "Credential ID"
_ATTESTATION = 8192  # attestation is not asked for; a TPM's own takes some 5,000
_CLIENT_DATA = 4096
_AUTHENTICATOR_DATA = 2048
_SIGNATURE = 1024
_HANDLE = 64  # WebAuthn §5.4.3
_TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to "make a passkey"."""

    credential: bytes
    client_data: bytes
    attestation: bytes
    transports: tuple[str, ...]
    needs_name: bool


@dataclass(frozen=True, slots=True)
class ProofAnswer:
    """An answer to "prove with a passkey"."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes = field(repr=False)
    handle: bytes | None


class ClientData(msgspec.Struct, frozen=True, rename="camel"):
    """What the browser says of the ceremony (WebAuthn §5.8.1); unknown members are passed over."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool = False
    top_origin: str | None = None


class _Response(msgspec.Struct, rename="camel"):
    client_data: str = msgspec.field(name="clientDataJSON")
    attestation_object: str = ""
    authenticator_data: str = ""
    signature: str = ""
    user_handle: str | None = None
    transports: list[str] = []


class _Properties(msgspec.Struct):
    rk: bool | None = None


class _Extensions(msgspec.Struct, rename="camel"):
    cred_props: _Properties | None = None


class _Answer(msgspec.Struct, rename="camel"):
    raw_id: str
    type: str
    response: _Response
    client_extension_results: _Extensions = msgspec.field(default_factory=_Extensions)


_DECODE = msgspec.json.Decoder(_Answer).decode
_DECODE_CLIENT_DATA = msgspec.json.Decoder(ClientData).decode


def read_new(answer: str | bytes) -> NewAnswer | None:
    """Return an answer to creation options, or None where it is none or beyond its bounds."""
    read = _read(answer)
    if read is None:
        return None
    response = read.response
    credential = _octets(read.raw_id, _CREDENTIAL)
    client_data = _octets(response.client_data, _CLIENT_DATA)
    attestation = _octets(response.attestation_object, _ATTESTATION)
    if not credential or not client_data or not attestation:
        return None
    said = read.client_extension_results.cred_props
    return NewAnswer(
        credential=credential,
        client_data=client_data,
        attestation=attestation,
        transports=tuple(one for one in _TRANSPORTS if one in response.transports),
        needs_name=said is not None and said.rk is False,
    )


def read_proof(answer: str | bytes) -> ProofAnswer | None:
    """Return an answer to request options, or None where it is none or beyond its bounds."""
    read = _read(answer)
    if read is None:
        return None
    response = read.response
    credential = _octets(read.raw_id, _CREDENTIAL)
    client_data = _octets(response.client_data, _CLIENT_DATA)
    data = _octets(response.authenticator_data, _AUTHENTICATOR_DATA)
    signature = _octets(response.signature, _SIGNATURE)
    handle = _octets(response.user_handle or "", _HANDLE)
    if not credential or not client_data or not data or not signature or handle is None:
        return None
    return ProofAnswer(credential, client_data, data, signature, handle or None)


def read_client_data(octets: bytes) -> ClientData | None:
    """Return the client data, or None where it is none."""
    try:
        return _DECODE_CLIENT_DATA(octets)
    except (msgspec.MsgspecError, RecursionError):
        return None


def text_of(octets: bytes) -> str:
    """Return octets as WebAuthn writes them in JSON: base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _read(answer: str | bytes) -> _Answer | None:
    if len(answer) > LONGEST:
        return None
    try:
        read = _DECODE(answer)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return read if read.type == "public-key" else None


def _octets(text: str, most: int) -> bytes | None:
    """Return what base64url text holds: one spelling only, and no more than `most` octets."""
    if len(text) > most * 4 // 3 + 3 or not text.isascii():
        return None
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return None
    return octets if len(octets) <= most and text_of(octets) == text else None
