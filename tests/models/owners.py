"""Random lives with all methods, step-ups, contacts, browsers and removals, on top of machine.py.

What each act must show stands in inside.py; here is who does what. A new kind is a line in
`ENROLLED` and a case in `Inside.right`.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.models.inside import BOXES, Inside, kind_of
from tests.models.kinds import FIELDS, SENT, Contact, Method
from tests.models.life import NAMES, Attempt, Way
from tests.models.machine import TIGHT, SignIn, browsers, names, places
from tests.models.pushes import Ask
from tests.models.reference import HOUR, Numbers, Person

ENROLLED = ("password", "totp", "passkey", "recovery_code", "push")
LABELS = {"totp": "app", "passkey": "key", "push": "phone"}
PASSWORDS = (
    "seven quiet herons wade home",
    "a kettle sings behind the orchard",
    "herons wade 7",  # short: for who proves something else too
    "九つの静かな鷺が家に帰る夕べの川辺",
    "lanterns drift past the old mill",
    "copper rain on a borrowed roof",
    "twelve bridges and no river",
)
NOBODYS_CODE = "22222-22222-22222-22222-22222"
GARBAGE = ("", "hello", "123456", NOBODYS_CODE, "1234567", "no such thing at all")
CREDENTIALS = ("{}", '{"id": "AAAA"}')
HOWS = ("right", "right", "right", "garbage", "field", "late", "early", "twice", "slow")
SAYS = ("approve", "approve", "wrong", "deny", "report")
ACTS = ("methods.remove", "contacts.remove", "two_step.on", "two_step.off", "methods.add")
choices = st.integers(0, 11)
kinds = st.sampled_from(ENROLLED)
hows = st.sampled_from(HOWS)


class Owners(SignIn):
    """The whole machine."""

    life: Inside

    @initialize(
        is_open=st.booleans(),
        is_tight=st.sampled_from((True, False, False)),
        names=st.lists(st.sampled_from(NAMES[:4]), min_size=1, max_size=2, unique=True),
        has=st.lists(kinds, max_size=4),
    )
    def open_house(
        self, names: list[str], *, is_open: bool, is_tight: bool, has: list[str]
    ) -> None:
        """Begin a life of one or two people, of whom some have methods already."""
        self.life = Inside(self.twins, TIGHT if is_tight else Numbers(), is_open=is_open)
        self.names = names
        for browser, name in enumerate(names):
            self._sign_in(name, browser)
        for kind in has if self.tokens else ():
            self._enrol(self.tokens[-1], kind, 0)

    # --- Signing in by each kind ---

    @rule(name=names, browser=browsers, place=choices, then=choices, how=hows)
    def sign_in_by(self, name: int, browser: int, place: int, then: int, how: str) -> None:
        """Any way first, and where more is wanted any way further."""
        attempt = self._begin(self._name(name), browser, is_odd=False)
        self._prove(attempt, (place, then), how)

    @precondition(lambda self: self.homes)
    @rule(home=places, place=choices, then=choices, is_old=st.integers(0, 4))
    def sign_in_and_trust(self, home: int, place: int, then: int, is_old: int) -> None:
        """In a browser that is to be trusted, or is; or that a copy of before comes from."""
        name, browser = self.homes[-1 - home % len(self.homes)]
        self.life.model.wishes, self.life.sends_old = True, not is_old
        attempt = self._begin(name, browser, is_odd=False)
        self._prove(attempt, (place, then), "right")
        self.life.model.wishes = self.life.sends_old = False

    @rule(name=names, browser=browsers, place=choices, then=choices, how=hows, new=choices)
    def reset_a_password(
        self, name: int, browser: int, place: int, then: int, how: str, new: int
    ) -> None:
        """Prove who it is without a session, and set a new password; perhaps too late, or twice."""
        attempt = self.life.begin(self._name(name), self._name(name), browser, "reset_password")
        self.attempts.append(attempt)
        self._prove(attempt, (place, then), "right" if new % 2 else how)
        self.life.move(301 if how == "late" else 0)
        for _ in range(2 if how == "twice" else 1):
            self.life.set_password(attempt, PASSWORDS[new % len(PASSWORDS)])

    @rule(place=places, new=choices)
    def set_a_password(self, place: int, new: int) -> None:
        """By whatever flow there is."""
        attempt = self._attempt(place)
        if attempt.flow.purpose == "reset_password":
            self.life.set_password(attempt, PASSWORDS[new % len(PASSWORDS)])

    # --- Phones that approve ---

    @rule(place=places, ask=places, says=st.sampled_from(SAYS))
    def say_on_a_phone(self, place: int, ask: int, says: str) -> None:
        """Whatever any phone says to whatever was asked."""
        asks = [
            one
            for person in self.life.model.people.values()
            for asks in person.asks.values()
            for one in asks
            if one.id
        ]
        phones = [one for one in self.life.held if one.kind == "push"]
        if asks and phones:
            self._say(phones[-1 - place % len(phones)], asks[-1 - ask % len(asks)], says)

    @precondition(lambda self: self.life.held)
    @rule(place=places, other=places)
    def pair_again(self, place: int, other: int) -> None:
        method = self._method(place)
        if method.kind == "push" and self.tokens:
            self.life.pair(self._token(other), method)

    @precondition(lambda self: self.homes)
    @rule(home=places, place=choices, then=choices, how=hows)
    def sign_in_at_home_by(self, home: int, place: int, then: int, how: str) -> None:
        name, browser = self.homes[-1 - home % len(self.homes)]
        self._prove(self._begin(name, browser, is_odd=False), (place, then), how)

    @rule(browser=browsers, place=places, how=hows)
    def sign_in_without_a_name(self, browser: int, place: int, how: str) -> None:
        keys = [one for one in self.life.held if one.kind == "passkey"]
        if not keys:
            return
        attempt = self.life.begin("", "", browser)
        self.attempts.append(attempt)
        if self.life.ask(attempt) == "asked":
            self._answer(attempt, keys[-1 - place % len(keys)], how)
            if attempt.flow.proved:
                self._prove(attempt, (place,), how)

    @rule(place=places, way=choices, how=hows)
    def go_another_way(self, place: int, way: int, how: str) -> None:
        """Ask and answer by one more way in a flow of before."""
        attempt = self._attempt(place)
        if attempt.ways:
            self._prove(attempt, (way,), how)

    @rule(place=places, held=places, how=hows)
    def answer_by_whatever_there_is(self, place: int, held: int, how: str) -> None:
        """What opens elsewhere, or was removed, opens nothing here."""
        if self.life.held:
            self._answer(self._attempt(place), self._method(held), how)

    @rule(place=places, who=names, how=st.sampled_from(("name", "box", "unknown")))
    def confirm_an_address(self, place: int, who: int, how: str) -> None:
        """Type the whole address of a contact that is not shown."""
        attempt = self._attempt(place)
        wanted = ("sms_code", "voice_code", "email_code")[place % 3]
        shown = [one for one, (_, way) in enumerate(attempt.ways) if way == (wanted, None)]
        if len(shown) > (wanted == "email_code"):
            box = BOXES[who % len(BOXES)]
            box = box[-4:] if wanted == "sms_code" else box
            typed = {"name": self._name(who), "box": box, "unknown": "nobody@example.net"}[how]
            if self.life.ask(attempt, shown[-1], typed) == "asked":
                self._type_right(attempt)

    @rule(name=names, browser=browsers, kind=kinds, times=st.sampled_from((1, 3, 5, 6, 7)))
    def guess_a_kind(self, name: int, browser: int, kind: str, times: int) -> None:
        attempt = self._begin(self._name(name), browser, is_odd=False)
        fitting = [one for one, (_, (found, _)) in enumerate(attempt.ways) if found == kind]
        if fitting and self.life.ask(attempt, fitting[0]) == "asked":
            text = {"passkey": CREDENTIALS[0], "push": "true"}.get(kind, NOBODYS_CODE)
            for _ in range(times):
                self.life.give(attempt, FIELDS.get(kind, "code"), text)

    # --- Methods ---

    @precondition(lambda self: self.tokens)
    @rule(place=places, kind=kinds, way=choices)
    def enrol(self, place: int, kind: str, way: int) -> None:
        self._enrol(self._token(place), kind, way)

    @precondition(lambda self: self.tokens)
    @rule(place=places, has=st.permutations(ENROLLED), is_on=st.booleans())
    def furnish(self, place: int, has: list[str], *, is_on: bool) -> None:
        """Enrol several, and turn two steps on."""
        token = self._token(place)
        for kind in has[:3]:
            self._enrol(token, kind, 1)
        if is_on and self._step_up(token, "two_step.on", {}, 1):
            self.life.turn(token, is_on=True)

    @precondition(lambda self: self.tokens)
    @rule(place=places, kind=kinds, name=st.sampled_from(("", "app")))
    def begin_without_a_proof(self, place: int, kind: str, name: str) -> None:
        self.life.begin_method(self._token(place), kind, name)

    @precondition(lambda self: self.tokens and self.life.held)
    @rule(place=places, held=places, how=st.sampled_from((*HOWS, "wrong")), choice=choices)
    def confirm(self, place: int, held: int, how: str, choice: int) -> None:
        """Confirm whatever method, once more, wrongly or of somebody else."""
        method = self._method(held)
        if method.kind == "push":
            self._confirm_phone(self._token(place), method)
        field, text = self._first_proof(method, choice)
        if how == "field":
            field = "password" if field == "code" else "code"
            text = "123456"
        elif how in ("garbage", "wrong", "early") and field != "credential":
            text = "no" if field == "password" else "999999"
        elif field == "credential" and how != "right":
            text = "wrong"
        self.life.confirm_method(self._token(place), method, field, text)

    @precondition(lambda self: self.tokens and self.life.held)
    @rule(place=places, held=places, name=st.sampled_from(("app", "key", " ", "a phone")))
    def rename(self, place: int, held: int, name: str) -> None:
        self.life.rename(self._token(place), self._method(held), name)

    @precondition(lambda self: self.tokens and self.life.held)
    @rule(place=places, held=places, way=choices, is_proved=st.booleans())
    def remove(self, place: int, held: int, way: int, *, is_proved: bool) -> None:
        token, method = self._token(place), self._method(held)
        if is_proved:
            self._step_up(token, "methods.remove", {"id": method.id}, way)
        self.life.remove_method(token, method)
        self.life.list_methods(token)

    @precondition(lambda self: self.tokens)
    @rule(place=places, way=choices, is_on=st.booleans(), is_proved=st.integers(0, 3))
    def turn_two_step(self, place: int, way: int, is_proved: int, *, is_on: bool) -> None:
        token = self._token(place)
        if is_proved:
            self._step_up(token, f"two_step.{'on' if is_on else 'off'}", {}, way)
        self.life.turn(token, is_on=is_on)

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def list_methods(self, place: int) -> None:
        self.life.list_methods(self._token(place))

    # --- Proofs ---

    @precondition(lambda self: self.tokens)
    @rule(place=places, other=places, way=choices, wait=st.sampled_from((0, 299, 300, 301)))
    def use_a_proof_elsewhere(self, place: int, other: int, way: int, wait: int) -> None:
        """A proof serves its act, its parameters and its session, once, for five minutes."""
        token, asked = self._token(place), {"kind": "recovery_code", "name": ""}
        self._step_up(token, "methods.add", asked, way)
        self.life.begin_method(self._token(other), "recovery_code", "")
        self.life.begin_method(token, "password", "")
        self.life.move(wait)
        self.life.begin_method(token, "recovery_code", "")
        self.life.begin_method(token, "recovery_code", "")

    @precondition(lambda self: self.tokens)
    @rule(place=places, act=st.sampled_from(ACTS), way=choices, then=choices, how=hows)
    def step_up(self, place: int, act: str, way: int, then: int, how: str) -> None:
        parameters = {"methods.add": {"kind": "totp", "name": "app"}}.get(act, {})
        if act.endswith("remove"):
            parameters = {"id": self._method(way).id if self.life.held else "mtd_0000000000000"}
        attempt = self.life.step_up(self._token(place), act, parameters)
        if attempt is not None:
            self.attempts.append(attempt)
            self._prove(attempt, (way, then), how)

    # --- Contacts ---

    @precondition(lambda self: self.tokens)
    @rule(place=places, box=st.sampled_from(BOXES), way=choices, how=hows)
    def add_a_contact(self, place: int, box: str, way: int, how: str) -> None:
        token = self._token(place)
        self._step_up(token, "contacts.add", {"kind": kind_of(box), "address": box}, way)
        contact = self.life.add_contact(token, box)
        if contact is not None:
            self._confirm(token, contact, how)

    @precondition(lambda self: self.tokens)
    @rule(place=places, who=places, how=st.sampled_from((*HOWS, "again", "remove", "prove")))
    def change_a_contact(self, place: int, who: int, how: str) -> None:
        token = self._token(place)
        everybodys = [one for name in self.names for one in self._person(name).contacts]
        if not everybodys:
            return
        self.life.list_contacts(token)
        contact = everybodys[-1 - who % len(everybodys)]
        if not contact.id:
            return
        if how == "prove":
            self._step_up(token, "contacts.remove", {"id": contact.id}, who)
        if how in ("prove", "remove"):
            self.life.remove_contact(token, contact)
        elif how == "again":
            self.life.send_again(token, contact)
        else:
            self._confirm(token, contact, how)

    # --- Browsers ---

    @precondition(lambda self: self.tokens)
    @rule(place=places, other=browsers)
    def remove_a_browser(self, place: int, other: int) -> None:
        token, device = self._token(place), self.life.devices[other]
        self.life.list_browsers(token)
        if device:
            self.life.remove_browser(token, device)

    @precondition(lambda self: self.tokens)
    @rule(place=places, keep_current=st.booleans())
    def remove_all_browsers(self, place: int, *, keep_current: bool) -> None:
        self.life.remove_browsers(self._token(place), keep_current=keep_current)

    # --- How to prove ---

    def _prove(self, attempt: Attempt, places: tuple[int, ...], how: str) -> None:
        """Ask and answer by these ways, until nothing more is wanted."""
        for place in places:
            if not attempt.ways:
                return
            _, way = attempt.ways[place % len(attempt.ways)]
            if self.life.ask(attempt, place % len(attempt.ways)) != "asked":
                return
            if how == "slow":
                self.life.move(301)
            self._answer(attempt, self._held_by(attempt, way), how)
            if not attempt.flow.proved:
                return

    def _answer(self, attempt: Attempt, method: Method | None, how: str) -> None:
        code = attempt.flow.code
        late = {"late": -1, "early": 2}.get(how, 0)
        field, text = self.life.right(attempt, method, late)
        if field == "push" and method is not None and code is not None and code.ask is not None:
            self._say(method, code.ask, {"early": "wrong", "late": "deny"}.get(how, "approve"))
        if how == "garbage":
            garbage = {"credential": CREDENTIALS[0], "push": "false"}
            text = garbage.get(field, GARBAGE[len(self.attempts) % 6])
        if how == "field":
            field, text = ("password", "no") if field != "password" else ("code", "123456")
        is_key = field == "credential" and how not in ("garbage", "field")
        is_asked = code is not None and code.kind == "passkey" and attempt.public_key
        key = method if is_key and is_asked else None
        for _ in range(2 if how == "twice" else 1):
            self._keep(attempt, self.life.give(attempt, field, text, key))

    def _held_by(self, attempt: Attempt, way: Way) -> Method | None:
        kind, held = way
        if isinstance(held, Method):
            return held
        if kind in SENT:
            return None
        return next(self.life.candidates(attempt.flow.person, kind), self._any(kind))

    def _any(self, kind: str) -> Method | None:
        return next((one for one in self.life.held if one.kind == kind), None)

    def _keep(self, attempt: Attempt, token: str | None) -> None:
        if token is not None:
            self.tokens.append(token)
            if attempt.flow.person.name in self.names:
                self.homes.append((attempt.flow.person.name, attempt.browser))

    def _step_up(self, token: str, act: str, parameters: dict[str, str], way: int) -> bool:
        """Go the whole road, by what waits for nothing where there is such."""
        attempt = self.life.step_up(token, act, parameters)
        if attempt is None:
            return False
        self.attempts.append(attempt)
        for turn in range(2):
            ways = range(len(attempt.ways))
            free = [one for one in ways if attempt.ways[one][1][0] not in SENT]
            place = free[(way + turn) % len(free)] if free and way % 4 else way
            self._freshen(attempt, place)
            self._prove(attempt, (place,), "right")
            if attempt.flow.state == "passed" or not attempt.ways:
                break
        return attempt.flow.state == "passed"

    def _freshen(self, attempt: Attempt, place: int) -> None:
        """Wait for the app's next code where this one was used."""
        if attempt.ways:
            held = attempt.ways[place % len(attempt.ways)][1][1]
            if isinstance(held, Method) and held.kind == "totp":
                self.life.move(60)

    def _enrol(self, token: str, kind: str, way: int) -> None:
        name = LABELS.get(kind, "")
        if self._step_up(token, "methods.add", {"kind": kind, "name": name}, way):
            method = self.life.begin_method(token, kind, name)
            if method is not None and kind == "push":
                self._confirm_phone(token, method)
            elif method is not None:
                self.life.confirm_method(token, method, *self._first_proof(method, way))

    def _confirm_phone(self, token: str, method: Method) -> None:
        """Scan, and type the number."""
        self.life.pair(token, method)
        if method.secret.asked is not None:
            self._say(method, method.secret.asked, "approve")

    def _say(self, method: Method, ask: Ask, says: str) -> None:
        decision = "approve" if says == "wrong" else says
        number = ask.number if says == "approve" else "no" if says == "wrong" else ""
        self.life.decide(method, ask, decision, number)

    def _first_proof(self, method: Method, choice: int) -> tuple[str, str]:
        match method.kind:
            case "password":
                return "password", PASSWORDS[(choice + len(self.life.held)) % len(PASSWORDS)]
            case "passkey":
                return "credential", "right"
            case "totp":
                return "code", method.code(self.life.model.now)
            case "push":
                return "code", "123456"
            case _:
                return "code", method.secret[-5:]

    def _confirm(self, token: str, contact: Contact, how: str) -> None:
        code = next((one for one in reversed(contact.codes) if one), None)
        if code is None or contact.flow is None:
            return
        if how == "slow":
            self.life.move(HOUR // 6)
        if how in ("garbage", "field"):
            self.life.confirm_contact(token, contact, "hello", "unreadable")
        elif how in ("late", "early"):
            wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
            if wrong not in contact.codes:
                self.life.confirm_contact(token, contact, wrong, "wrong")
        else:
            verdict = "right" if code == contact.codes[-1] else "earlier"
            self.life.confirm_contact(token, contact, code, verdict)

    def _method(self, place: int) -> Method:
        return self.life.held[-1 - place % len(self.life.held)]

    def _person(self, name: str) -> Person:
        return self.life.model.people[name]
