"""The state machine of machine.py at the size of CI; `python -m tests.campaigns.model` goes on."""

import os
import sys
import time
from functools import partial
from itertools import count

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, core
from hypothesis.stateful import run_state_machine_as_test

from tests.models.owners import Owners
from tests.models.twins import Twins

CAMPAIGN_STEPS = int(os.environ.get("SEKISHO_MODEL_STEPS", "0"))
SEED = int(os.environ.get("SEKISHO_MODEL_SEED", "0"))
FIRST_ROUND = int(os.environ.get("SEKISHO_MODEL_ROUND", "0"))
MOST_ROUNDS = 1_000_000
SHRINK = (Phase.shrink,) if os.environ.get("SEKISHO_MODEL_SHRINK") else ()
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@pytest.fixture
def twins(sqlite_template, postgres_url, tmp_path):
    return Twins(tmp_path, sqlite_template, postgres_url)


@pytest.mark.spec("C3", "C4", "C5", "C6", "C8", "C10", "C11", "F2", "F3", "S1", "A1")
@pytest.mark.spec("M2", "M4", "M5", "M6", "M7", "M9", "M10", "P1", "P3", "P8", "S2", "V1", "V5")
@pytest.mark.attack("004", "006", "007", "010", "018", "019", "106")
def test_both_stores_do_alike_and_as_the_model_says(twins):
    settings = hypothesis.settings(
        max_examples=10,
        stateful_step_count=30,
        suppress_health_check=QUIET,
        phases=(Phase.generate,),  # `--shrink` of the campaign makes a failure small, in minutes
    )
    run_state_machine_as_test(partial(Owners, twins), settings=settings)


@pytest.mark.skipif(not CAMPAIGN_STEPS, reason="a campaign: python -m tests.campaigns.model")
def test_campaign(twins):
    settings = hypothesis.settings(
        max_examples=40,
        stateful_step_count=100,
        suppress_health_check=QUIET,
        derandomize=False,
        database=None,
        print_blob=True,
        phases=(Phase.generate, *SHRINK),
    )
    since = time.monotonic()
    Owners.steps = 0
    for number in count(FIRST_ROUND):
        core.global_force_seed = SEED * MOST_ROUNDS + number
        sys.stdout.write(f"--seed {SEED} --round {number}: ")
        run_state_machine_as_test(partial(Owners, twins), settings=settings)
        spent = time.monotonic() - since
        sys.stdout.write(f"{Owners.steps:,} steps done on both stores, {spent:,.0f} s\n")
        sys.stdout.flush()
        if Owners.steps >= CAMPAIGN_STEPS:
            break
    sys.stdout.write(f"{dict(Owners.met.most_common())}\n")
