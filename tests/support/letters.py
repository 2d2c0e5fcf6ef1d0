"""Letters for tests of delivery, as short as a letter can be, and a post office that sends them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sekisho.records.delivery import Letter, Policy, letters
from sekisho.records.delivery.channels import CHANNELS
from sekisho.records.delivery.dkim import Signer
from sekisho.records.delivery.post_office import Mailbox, PostOffice
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected
from tests.support.material import START

FILES = {
    "code/en/subject.txt": "{{ code }} is your {{ service }} code\n",
    "code/en/body.txt": "{{ code }}\n\nUntil {{ until }} ({{ minutes }}). {{ label }}, {{ asked_at }}, {{ device }}, {{ host }}\n",
    "code/en/body.html": "<p>{{ code }}</p><p>{{ device }}</p>\n",
    "code/ja/subject.txt": "{{ code }}：{{ service }}の確認コード\n",
    "code/ja/body.txt": "{{ code }}\n\n{{ until }}まで（{{ minutes }}分間）。{{ label }}、{{ asked_at }}、{{ device }}、{{ host }}\n",
    "code/ja/body.html": "<p>{{ code }}</p><p>{{ device }}</p>\n",
    "phone/en/sms.txt": "{{ code }} {{ label }} {{ until }}\n@{{ domain }} #{{ code }}\n",
    "phone/en/voice.txt": "{{ label }}\n{{ code }}\n{{ code }}\n{{ code }}\n{{ until }}\n",
    "phone/ja/sms.txt": "{{ code }} {{ label }} {{ until }}まで\n@{{ domain }} #{{ code }}\n",
    "phone/ja/voice.txt": "{{ label }}\n{{ code }}\n{{ code }}\n{{ code }}\n{{ until }}\n",
    "notice/en/subject.txt": "New sign-in to your {{ service }} account\n",
    "notice/en/body.txt": "{{ at }}: {{ device }}\n",
    "notice/en/body.html": "<p>{{ at }}: {{ device }}</p>\n",
    "notice/ja/subject.txt": "{{ service }}に新しいサインインがありました\n",
    "notice/ja/body.txt": "{{ at }}：{{ device }}\n",
    "notice/ja/body.html": "<p>{{ at }}：{{ device }}</p>\n",
}


class Outlet:
    """A provider that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        """Accept everything."""
        self.drafts: list[Draft] = []
        self.answer: Callable[[Draft], Accepted | Deferred | Rejected] = _accept
        self.is_closed = False

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Keep the draft and answer."""
        self.drafts.append(draft)
        return self.answer(draft)

    def says(self, outcome: Accepted | Deferred | Rejected) -> None:
        """Answer this from now on."""
        self.answer = lambda _: outcome

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write letters below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def forms(folder: Path) -> dict[str, letters.Form]:
    """Return a kind with a code, `sign_in`, and one without, `new_sign_in`."""
    write_files(folder, FILES)
    return {
        "sign_in": letters.Form(
            folder / "code",
            has_code=True,
            facts={"device": "Chrome on Windows"},
            phone=folder / "phone",
        ),
        "new_sign_in": letters.Form(folder / "notice", facts={"device": "Chrome on Windows"}),
    }


def post_office(
    folder: Path, outlet: Outlet, dkim: Signer | None = None, policy: Policy | None = None
) -> PostOffice:
    """Return an office that sends these letters as Example."""
    return PostOffice(
        mail_from=Mailbox("Example", "login@example.com"),
        letters=letters.load(forms(folder), None, "Example", "id.example.com"),
        providers=dict.fromkeys(CHANNELS, outlet),
        dkim=dkim,
        policy=policy or Policy(),
    )


def letter(**changed: object) -> Letter:
    """Return a code letter in English that ends in ten minutes; named fields differ."""
    fields: dict[str, object] = {
        "kind": "sign_in",
        "to": "asha@example.org",
        "language": "en",
        "zone": "Asia/Tokyo",
        "account": 1,
        "ends_at": START + timedelta(minutes=10),
        "label": "K7",
        "code": "482913",
        "facts": {"device": "Chrome on Windows"},
    }
    return Letter(**(fields | changed))  # type: ignore[arg-type]  # tests name the fields rightly


def notice(**changed: object) -> Letter:
    """Return a notice in English, which has no code and no end."""
    return letter(
        **({"kind": "new_sign_in", "ends_at": None, "label": None, "code": None} | changed)
    )


def _accept(draft: Draft) -> Accepted:
    del draft
    return Accepted("250 2.0.0 Ok: queued as 4B2F1")
