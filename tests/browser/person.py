"""A person at a browser of their own: what they do and read, and what the browser complains of."""

from itertools import count
from urllib.parse import urlsplit

from playwright.sync_api import expect

from sekisho.ground import words
from tests.browser.judging import NARROW

SERVICE = "Sekisho"
# Chromium's console also tells the status of each page; subresources are judged by their answers.
OF_THE_NETWORK = "Failed to load resource"
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
_numbers = count(1)


def new_address(name: str = "asha") -> str:
    """An address that nobody signed in with before."""
    return f"{name}{next(_numbers)}@example.com"


class Person:
    """A class because it holds a browser's context: cookies, language, zone, and its history."""

    def __init__(self, context, server, language):
        self.context = context
        self.server = server
        self.language = language
        self.address = new_address()
        self.runs_scripts = True
        self.requests = []
        self.complaints = []
        self._watch()
        self.page = context.new_page()

    def _watch(self):
        context = self.context
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._note)
        context.on("response", self._judge)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", self._dismiss)

    def _note(self, request):
        self.requests.append(request)

    def _judge(self, response):
        if response.status >= 400 and response.request.resource_type != "document":
            self.complaints.append(f"{response.status} {response.url}")

    def _hear(self, message):
        if message.type in {"error", "warning"} and not message.text.startswith(OF_THE_NETWORK):
            self.complaints.append(message.text)

    def _dismiss(self, dialog):
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def words(self, key, **values):
        """The sentence of a key in this person's language."""
        return words.text(self.language, key, **values)

    # What a person does

    def opens(self, path):
        self.page.goto(self.server.origin + path)

    def opens_another_tab(self):
        self.page = self.context.new_page()
        return self.page

    def asks_for_a_code(self, address=None):
        """Open the first page and ask; the label of the request is what the next page shows."""
        self.opens("/sign-in")
        self.types_the_name(address or self.address)
        return self.label()

    def types_the_name(self, name):
        self.page.get_by_label(self.words("name.label")).fill(name)
        self.presses("name.button")

    def code(self, address=None):
        """The code of the message that carries the label of this page."""
        return self.server.letter(address or self.address, self.label())["code"]

    def wrong_code(self):
        """A code that is none of the right length's right ones."""
        right = self.code()
        return f"{(int(right) + 1) % 10 ** len(right):0{len(right)}d}"

    def types(self, code):
        self.field().fill(code)
        self.presses("code.button")

    def signs_in(self, address=None):
        self.asks_for_a_code(address)
        self.types(self.code(address))
        self.is_at("/account")

    def presses(self, key, **values):
        self.page.get_by_role("button", name=self.words(key, **values), exact=True).click()

    def follows(self, key, **values):
        self.page.get_by_role("link", name=self.words(key, **values), exact=True).first.click()

    def pastes(self, text):
        """Put a text on the clipboard and paste it into the code's field."""
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.field().focus()
        self.page.keyboard.press("Control+V")

    def reaches(self, wanted):
        """Tab on until it has the focus; every stop on the way is in sight and shows a ring."""
        for _ in range(30):
            self.page.keyboard.press("Tab")
            stop = self.page.locator(":focus")
            expect(stop).to_be_in_viewport()
            assert stop.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError("the keyboard does not get there")

    # What a person sees

    def field(self):
        return self.page.get_by_label(self.words("code.label", digits=6))

    def label(self):
        return self.page.locator(".ticket-mark bdi").inner_text()

    def path(self):
        return urlsplit(self.page.url).path

    def is_at(self, path):
        expect(self.page).to_have_url(self.server.origin + path)

    def heading_is(self, key, **values):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(key, **values))

    def reads(self, text):
        expect(self.page.locator("main")).to_contain_text(text)

    def hears(self, text):
        expect(self.page.get_by_role("status")).to_have_text(text)

    def is_told(self, problem):
        """The summary of errors says this, alone, and the title says that there is an error."""
        expect(self.page.locator("[data-errors] li")).to_have_text([problem])
        assert self.page.title().startswith(self.words("frame.error_title", title=""))


def elsewhere(person, one, **options):
    """The same person in a narrow browser that nobody knows; `person` brings browsers."""
    other = person(one.language, viewport=NARROW, **options)
    other.address = one.address
    return other
