"""Passkeys in the store: used once, had once, gone at once. On both stores."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Ceremony, Flaw, Passkey, Proved, Spent, judging
from sekisho.authenticators.passkey.rules import Flag
from sekisho.ground.clock import micros
from sekisho.records import methods
from tests.support import source
from tests.support.soft_authenticator import BE, BS, UP, UV, SoftAuthenticator

pytestmark = pytest.mark.spec("M5")

ORIGIN = "https://id.example.com"
PARTY = passkey.party_of(ORIGIN, "Example")
POLICY = passkey.Policy()
PENDING = methods.Policy()
ASHA, BEN = 11, 12
FLOW, SIGN_IN, ADD = 5, 1, 2


class Person:
    """Somebody with an account and an authenticator."""

    def __init__(self, db, account=ASHA, **device):
        self.db = db
        self.account = account
        self.device = SoftAuthenticator(ORIGIN, **device)

    def begins(self):
        """A pending method, and the challenge for it."""

        def begin(work):
            method = work.new_id()
            new = methods.New("passkey", "Passkey", b"", None)
            methods.begin(work, self.account, method, new, POLICY.most)
            return method, passkey.draw_new(work, FLOW, ADD, self.account, POLICY)

        return self.db.write("begin", begin)

    def adds(self):
        method, challenge = self.begins()
        owner = passkey.Owner(passkey.handle_of(self.db.keys, self.account), "asha@example.com")
        held = self.db.read(lambda work: passkey.held(work, self.account))
        answer = self.device.make(passkey.creation_options(PARTY, challenge, owner, held, POLICY))
        spent = self.db.write("spend", lambda work: passkey.spend(work, challenge))
        made = judging.verify_new(PARTY, spent, passkey.read_new(answer), self.db.clock.now())
        return self.db.write(
            "add", lambda work: passkey.add(work, self.account, method, made, POLICY, PENDING)
        )

    def is_asked(self):
        """A challenge, and the answer to it."""
        challenge = passkey.draw_proof(self.db.aside(), FLOW, SIGN_IN, None, POLICY)
        options = passkey.request_options(PARTY, challenge, POLICY)
        return challenge, passkey.read_proof(self.device.prove(options))

    def proves(self):
        challenge, answer = self.is_asked()
        spent = self.db.write("spend", lambda work: passkey.spend(work, challenge))
        return self.concludes(spent, answer)

    def concludes(self, spent, answer):
        found = self.db.read(lambda work: passkey.load(work, answer.credential))
        handle = passkey.handle_of(self.db.keys, found.account if found else 0)
        proved = judging.verify_proof(PARTY, spent, found, handle, answer, self.db.clock.now())
        if isinstance(proved, Flaw):
            return proved
        return self.db.write("conclude", lambda work: passkey.conclude(work, proved))

    def removes(self, method):
        return self.db.write("remove", lambda work: passkey.remove(work, self.account, method))

    def holds(self):
        return self.db.read(lambda work: passkey.held(work, self.account))


@pytest.fixture
def asha(db):
    return Person(db)


def test_a_passkey_is_kept_as_it_was_made(asha):
    added = asha.adds()
    assert [added] == asha.holds()
    assert ASHA == added.account
    method = asha.db.read(lambda work: methods.find(work, ASHA, added.method))
    assert methods.State.ACTIVE is method.state


def test_a_passkey_proves_and_its_last_use_is_kept(asha, clock):
    added = asha.adds()
    used_at = clock.move(days=1)
    proved = asha.proves()
    assert (added.method, ASHA, 2) == (proved.method, proved.account, proved.factors)
    method = asha.db.read(lambda work: methods.find(work, ASHA, added.method))
    assert used_at == method.last_used_at


def test_an_account_has_several_passkeys(asha, db, clock):
    first = asha.adds()
    clock.move(seconds=1)
    second = Person(db, credential=b"another").adds()
    assert [first, second] == asha.holds()


def test_an_account_has_as_many_passkeys_as_the_policy_says(asha):
    asha.adds()
    method, _ = asha.begins()
    made = passkey.Made(b"another", b"\xa0", 0, Flag(0), bytes(16), ())
    full = asha.db.write(
        "add",
        lambda work: passkey.add(work, ASHA, method, made, passkey.Policy(most=1), PENDING),
    )
    assert methods.Full("passkey", 1) == full


@pytest.mark.attack("058")
def test_a_credential_id_is_had_once(asha, db):
    asha.adds()
    assert Flaw.TAKEN is Person(db, BEN).adds()
    assert Flaw.TAKEN is asha.adds()
    assert 1 == len(asha.holds())


@pytest.mark.attack("058")
def test_of_two_accounts_that_add_one_credential_id_at_once_one_has_it(db):
    people = [Person(db, account, credential=b"the same") for account in range(20, 28)]
    with ThreadPoolExecutor(len(people)) as pool:
        found = list(pool.map(Person.adds, people))
    assert 1 == sum(isinstance(one, Passkey) for one in found)
    assert 7 == found.count(Flaw.TAKEN)


@pytest.mark.attack("052")
def test_of_twenty_answers_at_once_one_is_judged(asha):
    asha.adds()
    challenge, answer = asha.is_asked()

    def send(_):
        spent = asha.db.write("spend", lambda work: passkey.spend(work, challenge))
        return spent and asha.concludes(spent, answer)

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(send, range(20)))
    assert 19 == found.count(None)
    assert 1 == sum(isinstance(one, Proved) for one in found)


@pytest.mark.attack("052")
def test_an_answer_that_was_judged_wrong_is_not_judged_again(asha):
    asha.adds()
    asha.device.said = {"origin": "https://evil.example"}
    challenge, answer = asha.is_asked()
    spent = asha.db.write("spend", lambda work: passkey.spend(work, challenge))
    assert Flaw.OTHER_ORIGIN is asha.concludes(spent, answer)
    assert None is asha.db.write("spend", lambda work: passkey.spend(work, challenge))


@pytest.mark.attack("052")
def test_a_challenge_is_ours(db):
    work = db.aside()
    challenge = passkey.draw_proof(work, FLOW, SIGN_IN, None, POLICY)
    sealed = passkey.seal(work, challenge)
    assert 32 == len(challenge.octets)
    assert challenge == passkey.unseal(db.keys, sealed, FLOW, SIGN_IN)
    assert None is passkey.unseal(db.keys, sealed, FLOW + 1, SIGN_IN)
    assert None is passkey.unseal(db.keys, sealed, FLOW, ADD)
    for forged in (
        sealed[:-2],
        "A" + sealed[1:],
        "",
        "A" * 100,
        "A" * 101,
        "パスキー",
        "A" * 1_000_000,
    ):
        assert None is passkey.unseal(db.keys, forged, FLOW, SIGN_IN)


@pytest.mark.attack("052")
def test_two_challenges_are_never_alike(db):
    work = db.aside()
    first = passkey.draw_new(work, FLOW, ADD, ASHA, POLICY)
    assert Ceremony.CREATE is first.ceremony
    assert first.octets != passkey.draw_new(work, FLOW, ADD, ASHA, POLICY).octets


@pytest.mark.attack("052")
def test_only_spending_makes_a_challenge_spent():
    made = [
        module.at(1)
        for module in source.modules()
        if "Spent(" in module.text and not module.name.endswith("passkey.rules")
    ]
    assert ["src/sekisho/authenticators/passkey/actions.py:1"] == made


def test_a_removed_passkey_is_refused_at_once(asha):
    added = asha.adds()
    challenge, answer = asha.is_asked()
    spent = asha.db.write("spend", lambda work: passkey.spend(work, challenge))
    assert added == asha.removes(added.method)
    assert Flaw.UNKNOWN is asha.concludes(spent, answer)
    assert [] == asha.holds()
    assert isinstance(asha.adds(), Passkey)


def test_a_passkey_removed_between_judging_and_concluding_proves_nothing(asha):
    added = asha.adds()
    proved = Proved(added.method, ASHA, added.flags, 1, is_count_back=False)
    asha.removes(added.method)
    assert Flaw.UNKNOWN is asha.db.write("end", lambda work: passkey.conclude(work, proved))


def test_a_passkey_whose_method_was_removed_by_another_door_is_refused(asha):
    added = asha.adds()
    asha.db.write("remove", lambda work: methods.remove(work, ASHA, added.method))
    assert Flaw.UNKNOWN is asha.proves()


def test_a_passkey_is_removed_by_its_owner_alone(asha, db):
    added = asha.adds()
    assert None is Person(db, BEN).removes(added.method)
    assert None is asha.removes(added.method + 1)
    assert [added] == asha.holds()


def test_of_eight_removals_at_once_one_removes(asha):
    added = asha.adds()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: asha.removes(added.method), range(8)))
    assert 7 == found.count(None)


def test_a_counter_that_went_back_stands_in_the_store_and_is_taken(asha, clock):
    asha.device.count = 5
    asha.adds()
    assert not asha.proves().is_count_back
    asha.device.count = 3
    assert asha.proves().is_count_back
    found = asha.holds()[0]
    assert (6, micros(clock.now())) == (found.sign_count, found.regressed_at)


def test_whether_a_passkey_is_synced_is_kept_at_each_use(db):
    asha = Person(db, flags=UP | UV | BE)
    asha.adds()
    asha.device.flags |= BS
    asha.proves()
    assert asha.holds()[0].is_synced


@pytest.mark.attack("052")
def test_spent_challenges_go_once_they_are_over_anyway(asha, clock):
    asha.adds()
    asha.proves()
    ended = micros(clock.now() + POLICY.lives)
    swept = [
        asha.db.write("sweep", lambda work, edge=edge: passkey.sweep(work, edge))
        for edge in (ended, ended + 1, ended + 1)
    ]
    assert [0, 2, 0] == swept


def test_the_handle_names_nobody(db):
    handle = passkey.handle_of(db.keys, ASHA)
    assert 64 == len(handle)
    assert handle == passkey.handle_of(db.keys, ASHA)
    assert handle != passkey.handle_of(db.keys, BEN)
    assert ASHA.to_bytes(8, "big") not in handle


def test_a_challenge_that_differs_in_a_bit_is_another(db):
    challenge = passkey.draw_proof(db.aside(), FLOW, SIGN_IN, None, POLICY)
    other = replace(challenge, octets=bytes(32))
    assert Spent(challenge) == db.write("spend", lambda work: passkey.spend(work, challenge))
    assert Spent(other) == db.write("spend", lambda work: passkey.spend(work, other))
