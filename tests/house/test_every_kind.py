"""What every kind of authenticator keeps, whoever wrote it: one test over the whole registry."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.authenticators.kinds import KINDS, kind_named
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.words import LANGUAGES, catalogue
from tests.support import material, source

KEYS = material.draw_keys()
NOBODY_KNOWS = material.SeededChance(11).octets(32)


def name_of(kind):
    return kind.name


def bound_to(flow, digits=6):
    """What an answer is compared with when nobody can know the right one."""
    return Material(
        purpose=1,
        subject=1,
        flow=flow,
        challenge=1,
        digits=digits,
        expected=NOBODY_KNOWS,
        earlier=(),
    )


def test_every_folder_of_a_kind_is_in_the_registry():
    folders = {p.parent.name for p in (source.PACKAGE / "authenticators").glob("*/__init__.py")}
    registered = {kind.verify.__module__.split(".")[2] for kind in KINDS}
    assert folders == registered


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_is_found_by_its_name(kind):
    assert re.fullmatch(r"[a-z_]+", kind.name)
    assert kind is kind_named(kind.name)


def test_a_name_that_nobody_registered_is_no_kind():
    assert kind_named("no_such_kind") is None


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_claims_an_assurance_level_that_exists(kind):
    assert kind.assurance in {
        0,
        1,
        2,
    }  # NIST SP 800-63B-4 §2; 3 asks for hardware that we do not see


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
@given(answer=st.text(), flow=st.integers(0, 2**63 - 1), digits=st.sampled_from([6, 8]))
@example(answer="", flow=1, digits=6)
@example(answer="000000", flow=1, digits=6)
@example(answer="１２３４５６", flow=1, digits=6)
@example(answer="123 456\u200b", flow=1, digits=6)
@example(answer="9" * 100_000, flow=1, digits=6)
@example(answer="\x00" * 10_000, flow=1, digits=8)
@example(answer=NOBODY_KNOWS.hex(), flow=1, digits=8)
def test_no_answer_is_right_that_was_never_asked_for(kind, answer, flow, digits):
    verdict = kind.verify(KEYS, bound_to(flow, digits), answer)
    assert verdict in {Verdict.WRONG, Verdict.UNREADABLE}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_is_named_in_every_language(kind, language):
    assert f"way.{kind.name}" in catalogue(language)


@pytest.mark.spec("M11")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_has_its_row_in_the_comparison(kind, language):
    wanted = {f"compare.{kind.name}.{said}" for said in ("safety", "convenience", "recovery")}
    wanted.add(f"compare.levels.{kind.assurance}")
    assert set() == wanted - set(catalogue(language))
