"""Authenticators: what can prove who somebody is. Journeys call these names, never a kind."""

from sekisho.authenticators import second
from sekisho.authenticators.kind import Kind
from sekisho.authenticators.kinds import KINDS, kind_named
from sekisho.authenticators.proving import ask, charge, compare, told
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.roads import Road
from sekisho.authenticators.rules import (
    CODE_KIND,
    Ask,
    Asked,
    Asker,
    Begun,
    Gathered,
    Material,
    More,
    Option,
    Passed,
    Policy,
    Start,
    Status,
    Target,
    Verdict,
)
from sekisho.authenticators.second import Second

__all__ = [
    "CODE_KIND",
    "KINDS",
    "Ask",
    "Asked",
    "Asker",
    "Begun",
    "Gathered",
    "Kind",
    "Material",
    "More",
    "Option",
    "Passed",
    "Policy",
    "Road",
    "Second",
    "Start",
    "Status",
    "Target",
    "Verdict",
    "ask",
    "charge",
    "compare",
    "kind_named",
    "read_code",
    "second",
    "told",
]
