"""Authenticators: what can prove who somebody is. Journeys call these names, never a kind."""

from sekisho.authenticators.kinds import KINDS, kind_named
from sekisho.authenticators.rules import Kind, Material, Verdict

__all__ = ["KINDS", "Kind", "Material", "Verdict", "kind_named"]
