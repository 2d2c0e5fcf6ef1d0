"""A phone that approves, as the page of one does it: its key, its signatures, its calls.

It signs by `cryptography`, like a browser's WebCrypto: r and s of 32 octets each.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.web_client import Answer, Client


def base64url(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def private_key(seed: int = 1) -> ec.EllipticCurvePrivateKey:
    """A key of P-256, always the same for a seed."""
    return ec.derive_private_key(seed + 1_000_003, ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A public key as browsers export it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def signed(key: ec.EllipticCurvePrivateKey, *parts: str) -> bytes:
    """A signature over lines."""
    r, s = decode_dss_signature(key.sign("\n".join(parts).encode(), ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass
class Phone:
    """A phone with a browser of its own."""

    client: Client
    key: ec.EllipticCurvePrivateKey = field(default_factory=private_key)
    id: str = ""
    token: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        """The header of its token."""
        return {"Authorization": f"Bearer {self.token}"}

    def comer(self, code: str) -> dict[str, object]:
        """What it sends to be bound: the code, its key, signed."""
        key = point(self.key)
        mark = signed(self.key, "sekisho push pair v1", code.replace("-", ""), key.hex())
        return {"code": code, "public_key": base64url(key), "signature": base64url(mark)}

    def pairs(self, code: str, subscription: Mapping[str, object] | None = None) -> Answer:
        """Come with a pairing code."""
        more = {} if subscription is None else {"subscription": subscription}
        answer = self.client.post("/api/v1/push/phones", self.comer(code) | more)
        if answer.status == 201:
            self.id, self.token = answer.json["id"], answer.json["token"]
        return answer

    def looks(self) -> Answer:
        """Ask what it is asked."""
        return self.client.get("/api/v1/push/asks", self.bearer)

    def asks(self) -> list[dict[str, Any]]:
        """What it is asked now."""
        answer = self.looks()
        assert answer.status == 200, answer.text
        return list(answer.json["data"])

    def decides(self, ask: Mapping[str, Any], decision: str, number: str = "") -> Answer:
        """Say something to an ask, signed."""
        return self.sends(ask["id"], self.said(ask, decision, number))

    def said(self, ask: Mapping[str, Any], decision: str, number: str = "") -> dict[str, str]:
        """The signed body of a decision."""
        mark = signed(self.key, "sekisho push decide v1", ask["id"], ask["nonce"], decision, number)
        body = {"decision": decision, "signature": base64url(mark)}
        return body | ({"number": number} if number else {})

    def sends(self, ask: str, body: Mapping[str, object]) -> Answer:
        """Send a decision as it stands."""
        return self.client.post(f"/api/v1/push/asks/{ask}/decide", body, self.bearer)

    def approves(self, number: str) -> Answer:
        """Type the number at the one thing it is asked."""
        return self.decides(self.asks()[0], "approve", number)

    def denies(self) -> Answer:
        """Say that it was somebody else."""
        return self.decides(self.asks()[0], "deny")

    def told(self, subscription: Mapping[str, Any] | None) -> dict[str, object]:
        """The signed body that says where it is told."""
        endpoint = subscription["endpoint"] if subscription else ""
        mark = signed(self.key, "sekisho push subscribe v1", self.id, endpoint)
        return {"signature": base64url(mark), "subscription": subscription}

    def subscribes(self, subscription: Mapping[str, Any] | None) -> Answer:
        """Say where it is told."""
        octets = json.dumps(self.told(subscription)).encode()
        return self.client.send("PUT", "/api/v1/push/subscription", octets, self.bearer)
