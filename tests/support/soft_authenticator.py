"""An authenticator written for tests: it says what a real one would, and on request anything else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
Options = Mapping[str, Any]
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def text(octets: bytes) -> str:
    """Base64url as WebAuthn writes it."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets(written: str) -> bytes:
    """What base64url text holds."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


def draw_key(algorithm: int) -> Key:
    """A key pair of one of the algorithms that WebAuthn knows best."""
    match algorithm:
        case -8:
            return ed25519.Ed25519PrivateKey.generate()
        case -257:
            return rsa.generate_private_key(65537, 2048)
        case _:
            return ec.generate_private_key(ec.SECP256R1())


def cose_of(key: Key) -> dict[int, Any]:
    """The public half in COSE (RFC 9053 §7, RFC 8812 §2)."""
    if isinstance(key, rsa.RSAPrivateKey):
        rsa_numbers = key.public_key().public_numbers()
        return {1: 3, 3: -257, -1: rsa_numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}
    numbers = key.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return {1: 2, 3: -7, -1: 1, -2: x, -3: y}


def sign(key: Key, message: bytes) -> bytes:
    """A signature as the algorithm of the key makes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


@dataclass
class SoftAuthenticator:
    """One authenticator with one passkey; `said` overrides members of the client data."""

    origin: str
    algorithm: int = -7
    credential: bytes = b"soft credential 1"
    aaguid: bytes = bytes(16)
    flags: int = UP | UV
    count: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    rp_id: str | None = None  # where it signs for another domain
    handle: bytes | None = None
    cose: Mapping[int, Any] | None = None  # where it shows another key than its own
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        """Draw its key."""
        self.key = draw_key(self.algorithm)

    def make(self, options: Options) -> str:
        """Answer creation options, as JSON."""
        shown = cbor.encode(self.cose or cose_of(self.key))
        length = len(self.credential).to_bytes(2, "big")
        attested = self.aaguid + length + self.credential + shown
        data = self._data(options["rp"]["id"], self.flags | AT) + attested
        self.handle = octets(options["user"]["id"])
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self.answer(
            "webauthn.create",
            options,
            {"attestationObject": text(statement), "transports": ["internal"]},
        )

    def prove(self, options: Options) -> str:
        """Answer request options, as JSON."""
        self.count += 1 if self.count else 0
        data = self._data(options["rpId"], self.flags)
        client_data = self._client_data("webauthn.get", options)
        signature = sign(self.key, data + sha256(client_data).digest())
        response = {"authenticatorData": text(data), "signature": text(signature)}
        if self.handle is not None:
            response["userHandle"] = text(self.handle)
        return self.answer("webauthn.get", options, response)

    def answer(self, ceremony: str, options: Options, response: Mapping[str, Any]) -> str:
        """What `toJSON()` of a browser gives."""
        client_data = text(self._client_data(ceremony, options))
        return json.dumps(
            {
                "id": text(self.credential),
                "rawId": text(self.credential),
                "type": "public-key",
                "response": {"clientDataJSON": client_data, **response},
                "clientExtensionResults": {},
            }
        )

    def _client_data(self, ceremony: str, options: Options) -> bytes:
        said = {
            "type": ceremony,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps({**said, **self.said}).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        domain = sha256((self.rp_id or rp_id).encode()).digest()
        return domain + bytes((flags,)) + self.count.to_bytes(4, "big")
