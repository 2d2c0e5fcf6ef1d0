"""Authenticators: what can prove who somebody is. Journeys call these names, never a kind."""

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.kinds import KINDS, kind_named
from sekisho.authenticators.rules import Material, Verdict

__all__ = ["KINDS", "Kind", "Material", "Verdict", "kind_named"]
