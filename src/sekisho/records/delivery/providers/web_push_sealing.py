"""Web Push on the wire: a message sealed for one phone (RFC 8291), and who we are (RFC 8292).

The push service in between reads neither. All of it is pure but for the chance that is handed in.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.ground.chance import Chance
from sekisho.ground.clock import Clock
from sekisho.ground.keys import Keys

SECRET_BYTES = 16  # of a subscription's `auth`, RFC 8291 §3.2
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2 §2.4.2
_DRAWN = 48  # bytes for a number below the order: 128 bits more than it has, so without bias
_RECORD = 4096  # bytes, RFC 8188 §2.1; one record holds all
_PADDED = 1024  # bytes before sealing: the length tells nothing
_JWT_LIVES = timedelta(hours=12)  # RFC 8292 §2: 24 hours at most
_VAPID = "push/vapid/v1"
_JSON = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Sender:
    """Who we are to push services: a key of this service, and where its operator is reached."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str

    @property
    def public_key(self) -> bytes:
        """The key that browsers bind a subscription to."""
        return _point(self.key.public_key())


@dataclass(frozen=True, slots=True)
class Address:
    """Where one phone is reached; `number` is what `Phones` knows it by."""

    number: int
    endpoint: str = field(repr=False)
    public_key: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Means:
    """What sending takes besides: who we are, chance, time; `loopback`: also to this machine."""

    sender: Sender
    chance: Chance
    clock: Clock
    loopback: bool = False


def sender(keys: Keys, contact: str) -> Sender:
    """Return who this service is: its key comes from the root key, so every node has the same."""
    octets = keys.mac(_VAPID, b"1") + keys.mac(_VAPID, b"2")
    return Sender(_private(octets[:_DRAWN]), contact)


def seal(plain: bytes, public_key: bytes, secret: bytes, chance: Chance) -> bytes:
    """Seal a message for the phone with this key and secret (RFC 8291 §3.4, aes128gcm).

    Raises ValueError when the key is no point or the message is too long.
    """
    if len(plain) >= _PADDED:
        raise ValueError("the message is too long for a push")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
    own = _private(chance.octets(_DRAWN))
    ours = _point(own.public_key())
    info = b"WebPush: info\x00" + public_key + ours
    shared = _derive(own.exchange(ec.ECDH(), theirs), secret, info, 32)
    salt = chance.octets(16)
    key = _derive(shared, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(shared, salt, b"Content-Encoding: nonce\x00", 12)
    padded = (plain + b"\x02").ljust(_PADDED, b"\x00")
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, padded, None)


def authorization(who: Sender, origin: str, now: datetime) -> str:
    """Return the header that tells a push service who sends (RFC 8292 §3, `vapid`)."""
    head = _JSON({"typ": "JWT", "alg": "ES256"})
    ends_at = int((now + _JWT_LIVES).timestamp())
    claims = _JSON({"aud": origin, "exp": ends_at, "sub": who.contact})
    signed = f"{text_of(head)}.{text_of(claims)}"
    r, s = decode_dss_signature(who.key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"vapid t={signed}.{text_of(signature)},k={text_of(who.public_key)}"


def is_key(octets: bytes) -> bool:
    """Say whether these are a key that a message can be sealed for."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, octets)
    except ValueError:
        return False
    return True


def text_of(octets: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _private(octets: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(octets, "big") % (_ORDER - 1) + 1, _CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)
