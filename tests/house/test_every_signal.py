"""What every risk signal keeps, whoever wrote it: one test over the whole registry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.risk.rules import Facts, Finding
from sekisho.risk.signals import SIGNALS
from tests.support import source

FACTS = st.builds(Facts)
MOST_WEIGHT = 100


def name_of(look):
    return look.__module__.rpartition(".")[2]


def test_every_file_of_a_signal_is_in_the_registry():
    files = {path.stem for path in (source.PACKAGE / "risk" / "signals").glob("*.py")}
    assert files - {"__init__"} == {name_of(look) for look in SIGNALS}


@pytest.mark.parametrize("look", SIGNALS, ids=name_of)
@given(facts=FACTS)
def test_a_signal_says_the_same_of_the_same_facts(look, facts):
    assert look(facts) == look(facts)


@pytest.mark.parametrize("look", SIGNALS, ids=name_of)
@given(facts=FACTS)
def test_a_finding_has_a_small_weight_and_the_name_of_its_signal(look, facts):
    match look(facts):
        case None:
            return
        case Finding(reason, weight):
            assert reason.startswith(name_of(look))
            assert re.fullmatch(r"[a-z_]+", reason)
            assert 0 < weight <= MOST_WEIGHT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("look", SIGNALS, ids=name_of)
def test_a_signal_is_explained_in_every_language(look, language):
    assert f"reason.{name_of(look)}" in catalogue(language)
