"""What a phone signs, and whether it did: ECDSA over P-256 with SHA-256, as WebCrypto does it.

Every text begins with its own name, so that a signature for one is none for another.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sekisho.authenticators.push.rules import KEY_BYTES, SIGNATURE_BYTES, Decision

_CURVE = ec.SECP256R1()
_HALF = SIGNATURE_BYTES // 2


def pairing_text(code: str, public_key: bytes) -> bytes:
    """Return what a phone signs to show that it holds the key that it registers."""
    return _text("pair", code, public_key.hex())


def decision_text(ask: str, nonce: bytes, decision: Decision, number: str) -> bytes:
    """Return what a phone signs to decide: request, decision and the number that was typed.

    # Threat: 047, a decision for another request, number or meaning (test_a_forged_decision…).
    """
    return _text("decide", ask, nonce.hex(), decision.value, number)


def subscription_text(method: str, endpoint: str) -> bytes:
    """Return what a phone signs to be reached at an endpoint ("" for at none)."""
    return _text("subscribe", method, endpoint)


def is_key(octets: bytes) -> bool:
    """Say whether these are a point of the curve, uncompressed."""
    return _key(octets) is not None


def is_signed(public_key: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether the holder of the key signed the text."""
    key = _key(public_key)
    if key is None or len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _key(octets: bytes) -> ec.EllipticCurvePublicKey | None:
    if len(octets) != KEY_BYTES:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, octets)
    except ValueError:
        return None


def _text(what: str, *parts: str) -> bytes:
    return "\n".join((f"sekisho push {what} v1", *parts)).encode()
