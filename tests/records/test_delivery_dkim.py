import os
import shutil
import subprocess
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import dkim as judge
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sekisho.records.delivery import dkim

NOW = datetime.now(UTC)  # the judges look at the real clock
MAIL = (
    b"From: Example <login@example.com>\r\nTo: asha@example.org\r\n"
    b"Subject: =?utf-8?B?NDgyOTEz?=\r\n =?utf-8?B?77ya?=\r\n"
    b"Date: Thu, 05 Mar 2026 05:05:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\nAuto-Submitted: auto-generated\r\nContent-Language: ja\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"482913  \r\n\t and  more\r\n\r\n\r\n"
)


def _pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def keys():
    return {
        "rsa": rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "short": rsa.generate_private_key(65537, 1024),
        "curve": ec.generate_private_key(ec.SECP256R1()),
    }


@pytest.fixture
def key_file(tmp_path, keys):
    def make(kind, mode=0o600):
        path = tmp_path / f"{kind}.pem"
        path.write_bytes(_pem(keys[kind]))
        path.chmod(mode)
        return path

    return make


class _VerifyKey:
    """What dkimpy wants of PyNaCl, by `cryptography`: the judge itself is dkimpy."""

    def __init__(self, public, encoder):
        assert encoder == "base64"
        self._key = ed25519.Ed25519PublicKey.from_public_bytes(b64decode(public))

    def verify(self, told, signature):
        self._key.verify(signature, told)
        return told


@pytest.fixture(autouse=True)
def _ed25519_for_dkimpy(monkeypatch):
    nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=_VerifyKey),
        encoding=SimpleNamespace(Base64Encoder="base64"),
        exceptions=SimpleNamespace(BadSignatureError=InvalidSignature, ValueError=ValueError),
    )
    monkeypatch.setattr(judge, "nacl", nacl, raising=False)


@pytest.fixture(params=["rsa", "ed25519"])
def signer(request, key_file):
    return dkim.load(key_file(request.param), "example.com", "s1")


def holds(raw, signer):
    def look_up(name, timeout=5):
        assert b"s1._domainkey.example.com." == name
        return dkim.record(signer).encode()

    return judge.verify(raw, dnsfunc=look_up)


@pytest.mark.spec("D7")
def test_the_signature_holds(signer):
    assert holds(dkim.sign(MAIL, signer, NOW), signer)


@pytest.mark.spec("D7")
def test_servers_may_fold_and_space_anew(signer):
    signed = dkim.sign(MAIL, signer, NOW)
    relayed = b"Received: by relay\r\n" + signed.replace(b"Subject: ", b"Subject:   ").replace(
        b"482913  \r\n", b"482913\r\n"
    )
    assert holds(relayed, signer)


CHANGES = [
    pytest.param(lambda raw: raw.replace(b"482913", b"482914"), id="another text"),
    pytest.param(lambda raw: raw + b"more\r\n", id="more text"),
    pytest.param(lambda raw: raw.replace(b"To: asha", b"To: bert"), id="another reader"),
    pytest.param(
        lambda raw: raw.replace(b"Auto-Submitted: auto-generated\r\n", b""), id="a header gone"
    ),
]
ADDED = [
    pytest.param(name, id=name.decode())
    for name in (b"Subject", b"From", b"To", b"Date", b"Message-ID", b"Reply-To", b"Content-Type",
                 b"MIME-Version", b"Auto-Submitted")
]  # fmt: skip


@pytest.mark.spec("D7")
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_mail_does_not_hold(change, signer):
    assert not holds(change(dkim.sign(MAIL, signer, NOW)), signer)


@pytest.mark.spec("D7")
@pytest.mark.parametrize("name", ADDED)
def test_a_second_header_of_any_kind_that_people_see_breaks_it(name, signer):
    """Over-signing: without it a second Subject verifies as true."""
    signed = dkim.sign(MAIL, signer, NOW)
    assert not holds(name + b": x\r\n" + signed, signer)


def test_it_is_never_partial_and_ends_after_a_week(signer):
    head = dkim.sign(MAIL, signer, NOW).partition(b"\r\nFrom:")[0]
    tags = dict(tag.strip().split(b"=", 1) for tag in head.partition(b":")[2].split(b";"))
    assert b"l" not in tags
    assert timedelta(days=7).total_seconds() == int(tags[b"x"]) - int(tags[b"t"])


@pytest.mark.parametrize(
    ("kind", "mode", "said"),
    [
        pytest.param(
            "short", 0o600, "must be RSA of 2048 bits or more, or Ed25519", id="a short key"
        ),
        pytest.param(
            "curve", 0o600, "must be RSA of 2048 bits or more, or Ed25519", id="another kind"
        ),
        pytest.param("rsa", 0o644, "can be read by everybody; do: chmod 640", id="open to all"),
    ],
)
def test_a_key_that_is_no_good_is_refused(kind, mode, said, key_file):
    with pytest.raises(dkim.DkimKeyError, match=said):
        dkim.load(key_file(kind, mode), "example.com", "s1")


def test_a_file_that_is_no_key_is_refused(tmp_path):
    (tmp_path / "key.pem").write_text("no key")
    for path in (tmp_path / "key.pem", tmp_path / "away.pem"):
        with pytest.raises(dkim.DkimKeyError, match="set SEKISHO_DKIM_KEY_FILE to a PEM file"):
            dkim.load(path, "example.com", "s1")


OPENDKIM = shutil.which("opendkim", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@pytest.mark.skipif(OPENDKIM is None, reason="opendkim is not installed")
@pytest.mark.spec("D7")
def test_opendkim_holds_it_too(signer, tmp_path):
    assert "verification (s=s1, d=example.com" in _opendkim(
        dkim.sign(MAIL, signer, NOW), signer, tmp_path
    )


@pytest.mark.skipif(OPENDKIM is None, reason="opendkim is not installed")
@pytest.mark.spec("D7")
def test_opendkim_refuses_a_second_subject(signer, tmp_path):
    changed = b"Subject: x\r\n" + dkim.sign(MAIL, signer, NOW)
    said = _opendkim(changed, signer, tmp_path)
    assert "bad signature" in said or "verification failed" in said.lower()


def _opendkim(raw, signer, folder):
    (folder / "mail.eml").write_bytes(raw)
    (folder / "keys.txt").write_text(f"s1._domainkey.example.com {dkim.record(signer)}\n")
    (folder / "opendkim.conf").write_text(f"Mode v\nTestDNSData file:{folder}/keys.txt\n")
    judged = subprocess.run(
        [OPENDKIM, "-x", str(folder / "opendkim.conf"), "-t", str(folder / "mail.eml"), "-vvv"],
        capture_output=True,
        check=False,
        text=True,
    )
    return judged.stdout + judged.stderr
