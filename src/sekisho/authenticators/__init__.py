"""Authenticators: what can prove who somebody is. Journeys call these names, never a kind."""

from sekisho.authenticators import approving, comparing, counting, lanes, passkeys, registered
from sekisho.authenticators.kind import Kind
from sekisho.authenticators.kinds import KINDS, kind_named
from sekisho.authenticators.proving import ask, charge, compare, told
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.roads import Road
from sekisho.authenticators.rules import (
    CODE_KIND,
    CODES,
    Approval,
    Ask,
    Asked,
    Asker,
    Begun,
    Gathered,
    Given,
    Material,
    Means,
    More,
    Option,
    Passed,
    Policy,
    Start,
    Status,
    Target,
    Verdict,
)

__all__ = [
    "CODES",
    "CODE_KIND",
    "KINDS",
    "Approval",
    "Ask",
    "Asked",
    "Asker",
    "Begun",
    "Gathered",
    "Given",
    "Kind",
    "Material",
    "Means",
    "More",
    "Option",
    "Passed",
    "Policy",
    "Road",
    "Start",
    "Status",
    "Target",
    "Verdict",
    "approving",
    "ask",
    "charge",
    "compare",
    "comparing",
    "counting",
    "kind_named",
    "lanes",
    "passkeys",
    "read_code",
    "registered",
    "told",
]
