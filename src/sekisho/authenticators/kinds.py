"""The kinds, written out: a new one is a folder beside this file and a line in KINDS."""

from sekisho.authenticators import code
from sekisho.authenticators.kind import Kind

KINDS: tuple[Kind, ...] = (code.EMAIL_CODE,)


def kind_named(name: str) -> Kind | None:
    """Return the kind with this name at the edge."""
    return next((kind for kind in KINDS if kind.name == name), None)
