"""A phone that approves, as far as its calls go: what it holds, and what it signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.support.phones import Phone as Signer
from tests.support.phones import private_key
from tests.support.web_client import Client


@dataclass(eq=False)
class Phone:
    """A phone that its owner is about to bind by a pairing code; its token is "" until then."""

    code: str
    token: str = ""
    asked: Any = None  # what confirms it
    more: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _signer(self) -> Signer:
        return Signer(Client(_nowhere, "", ""), private_key(sum(self.code.encode())))

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token or 'psh_0000000000000'}"}

    def comer(self) -> dict[str, object]:
        return self._signer.comer(self.code)

    def said(self, ask: str, nonce: str, decision: str, number: str) -> dict[str, str]:
        return self._signer.said({"id": ask, "nonce": nonce}, decision, number)


def _nowhere(environ: Any, start: Any) -> list[bytes]:
    raise NotImplementedError
