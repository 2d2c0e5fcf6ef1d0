"""A small site with passkeys, on our own web layer: one account, a page to add, a page to enter."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import judging
from sekisho.ground.db import Database
from sekisho.records import methods
from sekisho.web import rendering
from sekisho.web.replies import Json, Page, Plain
from sekisho.web.routing import Route, make_app
from sekisho.web.site import Site

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "src" / "sekisho" / "web" / "static"
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".ico": "image/x-icon",
    ".svg": "image/svg+xml",
}
ASHA, FLOW, ENTER, ADD = 11, 5, 1, 2
NAME = "asha@example.com"


@dataclass
class PasskeySite:
    """What the pages of a journey will do, without its policy; `answers` is what browsers sent."""

    db: Database
    policy: passkey.Policy = field(default_factory=passkey.Policy)
    seconds: int = 300  # how long a page takes its options to be good
    port: int = 0
    method: int = 0
    renewals: int = 0
    answers: list[str] = field(default_factory=list)
    concluded: list[object] = field(default_factory=list)

    @property
    def origin(self):
        return f"http://id.acct.localhost:{self.port}"

    @property
    def party(self):
        return passkey.party_of(self.origin, "Example", "acct.localhost")

    @property
    def owner(self):
        return passkey.Owner(passkey.handle_of(self.db.keys, ASHA), NAME)

    def held(self):
        return self.db.read(lambda work: passkey.held(work, ASHA))

    def routes(self):
        return (
            Route("GET", "/static/{name}", static),
            Route("GET", "/favicon.ico", static),
            Route("GET", "/enter", self.asks),
            Route("POST", "/enter", self.enters),
            Route("GET", "/fresh", self.renews),
            Route("GET", "/add", lambda _: self.asks_to_add()),
            Route("POST", "/add", self.adds),
            Route("POST", "/remove", self.removes),
        )

    def drawn(self, account=None, held=()):
        work = self.db.aside()
        challenge = passkey.draw_proof(work, FLOW, ENTER, account, self.policy)
        options = passkey.request_options(self.party, challenge, self.policy, held)
        return options, passkey.seal(work, challenge)

    def asks(self, call):
        """Ask anybody, or after a first proof (`?named=1`) somebody for what he has."""
        is_named = "named" in call.query
        options, state = self.drawn(ASHA, self.held()) if is_named else self.drawn()
        return self.page("", "get", options, state, autofill=not call.query)

    def renews(self, _):
        self.renewals += 1
        options, state = self.drawn()
        return Json({"options": options, "state": state})

    def spends(self, call, purpose):
        self.answers.append(call.form["credential"])
        challenge = passkey.unseal(self.db.keys, call.form["state"], FLOW, purpose)
        return self.db.write("spend", lambda work: passkey.spend(work, challenge))

    def enters(self, call):
        spent = self.spends(call, ENTER)
        answer = passkey.read_proof(call.form["credential"])
        found = self.db.read(lambda work: passkey.load(work, answer.credential))
        now = self.db.clock.now()
        proved = judging.verify_proof(self.party, spent, found, self.owner.handle, answer, now)
        if isinstance(proved, passkey.Flaw):
            unknown = passkey.unknown_credential(self.party, answer.credential)
            signals = [("signalUnknownCredential", json.dumps(unknown))]
            return self.page(f"refused: {proved}", signals=signals)
        self.concluded.append(self.db.write("end", lambda work: passkey.conclude(work, proved)))
        return self.page(f"signed in with {proved.factors}")

    def asks_to_add(self):
        def begin(work):
            self.method = work.new_id()
            new = methods.New("passkey", "Passkey", b"", None)
            methods.begin(work, ASHA, self.method, new, self.policy.most)
            challenge = passkey.draw_new(work, FLOW, ADD, ASHA, self.policy)
            return challenge, passkey.seal(work, challenge)

        held = self.held()
        challenge, state = self.db.write("begin", begin)
        options = passkey.creation_options(self.party, challenge, self.owner, held, self.policy)
        return self.page("", "create", options, state)

    def adds(self, call):
        spent = self.spends(call, ADD)
        answer = passkey.read_new(call.form["credential"])
        made = judging.verify_new(self.party, spent, answer, self.db.clock.now())
        if isinstance(made, passkey.Flaw):
            return self.page(f"refused: {made}")
        pending = methods.Policy()
        added = self.db.write(
            "add", lambda work: passkey.add(work, ASHA, self.method, made, self.policy, pending)
        )
        return self.page("added" if isinstance(added, passkey.Passkey) else f"refused: {added}")

    def removes(self, _):
        first = self.held()[0]
        self.db.write("remove", lambda work: passkey.remove(work, ASHA, first.method))
        left = passkey.all_accepted(self.party, self.owner, self.held())
        called = passkey.owner_details(self.party, self.owner)
        return self.page(
            "removed",
            signals=[
                ("signalAllAcceptedCredentials", json.dumps(left)),
                ("signalCurrentUserDetails", json.dumps(called)),
            ],
        )

    def page(self, told, ceremony="", options=None, state="", autofill=False, signals=()):  # noqa: FBT002
        context = {
            "title": "Passkeys",
            "told": told,
            "ceremony": ceremony,
            "options": json.dumps(options),
            "state": state,
            "autofill": autofill,
            "seconds": self.seconds,
            "signals": signals,
        }
        return Page("passkeys/page.html", context)


def static(call):
    path = STATIC / call.params.get("name", "favicon.ico")
    return Plain(path.read_bytes(), KINDS.get(path.suffix, "image/png"))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def serving(site):
    """Serve the site at its own host, which Chromium finds without DNS, until the block ends."""
    pages = rendering.load([HERE / "passkeys" / "templates"])
    app = make_app(Site(site.db, pages, "Example", "UTC", ""), site.routes())
    with make_server("127.0.0.1", 0, app, _Server, _Silent) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
