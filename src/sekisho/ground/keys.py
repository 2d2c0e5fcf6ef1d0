"""Keys: one root key in a file of its own, purpose keys from it by HKDF-SHA-256 (SECURITY.md 5.3).

Codes, sessions, tickets and forms are MACed under keys that also hold the *epoch*: a new epoch
voids them all. Addresses and messages are sealed with AES-256-GCM; what is sealed for one purpose
and owner opens for no other. The file is made once, mode 0600, and refused when others can read it.
"""

import hmac
import os
import stat
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sekisho.ground.chance import Chance

_ROOT_BYTES = 32
_EPOCH_BYTES = 16
_BLOCK_BYTES = 64  # of SHA-256, RFC 2104 §2
_NONCE_BYTES = 12  # AES-GCM, NIST SP 800-38D §8.2.2
_HEADER = "sekisho root key v1"
_THREAD = threading.local()


class Hash(Protocol):
    """A hash under way, as `hashlib` gives it."""

    def copy(self) -> Self:
        """Return a second one that goes on from here."""

    def update(self, octets: bytes, /) -> None:
        """Hash more."""

    def digest(self) -> bytes:
        """Return the hash so far."""


class KeyFileError(Exception):
    """The root key's file is missing, unreadable, or open to others; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The purpose keys of one root key; each is derived once and kept for the process's life."""

    root: bytes = field(repr=False)
    epoch: bytes = field(repr=False)
    _made: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, repr=False, compare=False)
    _hashes: dict[str, tuple[Hash, Hash]] = field(default_factory=dict, repr=False, compare=False)

    def mac(self, purpose: str, *parts: bytes) -> bytes:
        """Return the 32-byte HMAC of `parts`, each with its length before it (attack 134)."""
        return self._hmac(purpose, b"", parts)

    def epoch_mac(self, purpose: str, *parts: bytes) -> bytes:
        """Return `mac` under a key that dies with the epoch: for codes, sessions and tickets."""
        return self._hmac(f"{purpose}/epoch", self.epoch, parts)

    def seal(self, purpose: str, plain: bytes, owner: bytes, chance: Chance) -> bytes:
        """Seal `plain` for one purpose and one owner (a row, an account)."""
        nonce = chance.octets(_NONCE_BYTES)
        return nonce + self._cipher(purpose).encrypt(nonce, plain, owner)

    def unseal(self, purpose: str, sealed: bytes, owner: bytes) -> bytes | None:
        """Return what was sealed for this purpose and owner, or None when it was not."""
        try:
            return self._cipher(purpose).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner
            )
        except (InvalidTag, ValueError):
            return None

    def veil(self, block: bytes) -> bytes:
        """Encrypt one 16-byte block, always alike (ipcrypt-deterministic): for IP addresses."""
        encryptor: CipherContext | None = getattr(_THREAD, "encryptor", None)
        if encryptor is None or _THREAD.root != self.root:
            # A context of one block's cipher keeps nothing between blocks, but is one thread's own.
            encryptor = _THREAD.encryptor = self._block_cipher().encryptor()
            _THREAD.root = self.root
        return encryptor.update(block)

    def unveil(self, block: bytes) -> bytes:
        """Return the block that `veil` encrypted."""
        return self._block_cipher().decryptor().update(block)

    def _hmac(self, purpose: str, epoch: bytes, parts: tuple[bytes, ...]) -> bytes:
        """RFC 2104 with the two keyed hashes kept ready: a fifth of `hmac.digest`'s time."""
        ready = self._hashes.get(purpose)
        if ready is None:
            key = self._key(purpose, epoch).ljust(_BLOCK_BYTES, b"\x00")
            ready = self._hashes[purpose] = (
                sha256(bytes(octet ^ 0x36 for octet in key)),
                sha256(bytes(octet ^ 0x5C for octet in key)),
            )
        inner, outer = ready[0].copy(), ready[1].copy()
        for part in parts:
            inner.update(len(part).to_bytes(4, "big"))
            inner.update(part)
        outer.update(inner.digest())
        return outer.digest()

    def _block_cipher(self) -> Cipher[modes.ECB]:
        # One block of one key: ECB is the bare permutation, which is what is wanted here.
        return Cipher(algorithms.AES(self._key("veil/v1", b"")), modes.ECB())  # noqa: S305

    def _cipher(self, purpose: str) -> AESGCM:
        cipher = self._ciphers.get(purpose)
        if cipher is None:
            epoch = self.epoch if purpose.startswith("ticket/") else b""
            cipher = self._ciphers[purpose] = AESGCM(self._key(purpose, epoch))
        return cipher

    def _key(self, purpose: str, epoch: bytes) -> bytes:
        key = self._made.get(purpose)
        if key is None:
            derive = HKDF(SHA256(), _ROOT_BYTES, salt=epoch or None, info=purpose.encode())
            key = self._made[purpose] = derive.derive(self.root)
        return key


def same(one: bytes, other: bytes) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one, other)


def digest(secret: bytes) -> bytes:
    """Return SHA-256 of a secret of 256 random bits; such a one needs no key."""
    return sha256(secret).digest()


def draw(chance: Chance) -> Keys:
    """Draw a new root key and epoch."""
    return Keys(chance.octets(_ROOT_BYTES), chance.octets(_EPOCH_BYTES))


def make(path: Path, chance: Chance) -> Keys:
    """Draw a new root key and write it to `path`, which must not exist yet."""
    keys = draw(chance)
    lines = [_HEADER, f"root {keys.root.hex()}", f"epoch {keys.epoch.hex()}", ""]
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    return keys


def load(path: Path) -> Keys:
    """Read the root key.

    Raises KeyFileError when the file is missing, readable by others, or no key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read the root key {path}: {error}; set SEKISHO_ROOT_KEY_FILE to it"
        raise KeyFileError(message) from error
    if stat.S_IMODE(mode) & (0o007 if _is_credential(path) else 0o077):
        message = f"the root key {path} can be read by others; do: chmod 600 {path}"
        raise KeyFileError(message)
    return _parse(text, path)


def _is_credential(path: Path) -> bool:
    """Say whether systemd handed the file over: its ACL then shows as the group's right to read."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and path.parent == Path(folder or "")


def _parse(text: str, path: Path) -> Keys:
    lines = dict(line.split(" ", 1) for line in text.splitlines()[1:] if " " in line)
    try:
        keys = Keys(bytes.fromhex(lines["root"]), bytes.fromhex(lines["epoch"]))
    except (KeyError, ValueError) as error:
        message = f"{path} is not a root key of sekisho; restore the one this store was made with"
        raise KeyFileError(message) from error
    if len(keys.root) != _ROOT_BYTES or len(keys.epoch) != _EPOCH_BYTES:
        message = f"{path} is damaged; restore the root key this store was made with"
        raise KeyFileError(message)
    return keys
