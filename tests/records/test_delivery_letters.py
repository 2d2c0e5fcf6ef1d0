from datetime import timedelta

import jinja2
import pytest

from sekisho.ground.clock import micros
from sekisho.records.delivery import letters
from tests.support.letters import forms, write_files
from tests.support.material import START


@pytest.fixture
def load(tmp_path):
    """Load the two kinds of letters, with files of the operator's own before them."""
    kinds = forms(tmp_path / "letters")

    def act(own=None):
        folder = None if own is None else write_files(tmp_path / "own", own)
        return letters.load(kinds, folder, "Example", "id.example.com")

    return act


def contents(language="en", **changed):
    fields = {
        "language": language,
        "zone": "Asia/Tokyo",
        "created_at": START,
        "ends_at": START + timedelta(minutes=10),
        "label": "K7",
        "code": "482913",
        "facts": {"device": "Chrome on Windows"},
    }
    return letters.Contents(**(fields | changed))


@pytest.mark.spec("D5")
def test_a_code_letter_carries_code_label_time_and_device(load):
    written = letters.write(load(), "sign_in", contents())
    assert "482913 is your Example code" == written.subject
    assert (
        "482913\n\nUntil 14:15 (10). K7, 5 March 2026, 14:05 (Japan time), Chrome on Windows,"
        " id.example.com\n"
    ) == written.text


@pytest.mark.spec("D5")
def test_a_code_letter_in_japanese(load):
    written = letters.write(load(), "sign_in", contents("ja"))
    assert "482913：Exampleの確認コード" == written.subject
    assert "14:15まで（10分間）。K7、2026年3月5日（木）14:05（日本時間）" in written.text


@pytest.mark.parametrize("name", ["at", "since", "first_at"])
def test_an_instant_among_the_facts_is_written_in_the_persons_zone(name, load):
    own = {"new_sign_in/en/body.txt": "{{ " + name + " }}"}
    facts = {"device": "x", name: micros(START - timedelta(hours=1))}
    written = letters.write(load(own), "new_sign_in", contents(code=None, facts=facts))
    assert "5 March 2026, 13:05 (Japan time)" == written.text


def test_a_number_among_the_facts_stays_a_number(load):
    own = {"new_sign_in/en/body.txt": "{{ count }} times"}
    facts = {"device": "x", "count": 41}
    written = letters.write(load(own), "new_sign_in", contents(code=None, facts=facts))
    assert "41 times" == written.text


def test_a_fact_cannot_become_html(load):
    facts = {"device": "<b>Chrome</b>"}
    written = letters.write(load(), "sign_in", contents(facts=facts))
    assert "<p>&lt;b&gt;Chrome&lt;/b&gt;</p>" in written.html
    assert "<b>Chrome</b>" in written.text


@pytest.mark.attack("088")
def test_a_fact_cannot_end_the_subject(load):
    own = {"sign_in/en/subject.txt": "{{ code }} {{ device }}"}
    facts = {"device": "x\r\nBcc: all@example.com"}
    written = letters.write(load(own), "sign_in", contents(facts=facts))
    assert "482913 x Bcc: all@example.com" == written.subject


def test_a_missing_fact_is_an_error(load):
    with pytest.raises(jinja2.UndefinedError):
        letters.write(load(), "sign_in", contents(facts={}))


@pytest.mark.spec("D8")
def test_an_operators_file_takes_the_place_of_that_one_file(load):
    loaded = load({"sign_in/en/subject.txt": "{{ code }} opens {{ service }}"})
    written = letters.write(loaded, "sign_in", contents())
    assert "482913 opens Example" == written.subject
    assert written.text.startswith("482913\n\nUntil")
    assert "482913：Exampleの確認コード" == letters.write(loaded, "sign_in", contents("ja")).subject


@pytest.mark.spec("D8")
def test_good_letters_have_no_problems(load):
    own = {
        "sign_in/en/body.txt": "{{ code }} on {{ host }} until {{ until }}",
        "new_sign_in/ja/body.txt": "https://{{ host }}/",
    }
    assert [] == letters.check(load(own))


LINK = "a code letter has no link: no ://, no www. and no <a"


@pytest.mark.spec("D8")
@pytest.mark.parametrize(
    ("own", "problem"),
    [
        pytest.param(
            {"sign_in/en/subject.txt": "Your code"},
            "sign_in/en/subject.txt: the code is missing; write {{ code }} where it belongs",
            id="no code in the subject",
        ),
        pytest.param(
            {"sign_in/ja/body.txt": "コード"},
            "sign_in/ja/body.txt: the code is missing; write {{ code }} where it belongs",
            id="no code in the text",
        ),
        pytest.param(
            {"sign_in/ja/body.html": "<p>{{ label }}</p>"},
            "sign_in/ja/body.html: the code is missing; write {{ code }} where it belongs",
            id="no code in the HTML",
        ),
        pytest.param(
            {"sign_in/en/body.txt": "{{ code }} https://{{ host }}"},
            f"sign_in/en/body.txt: {LINK}",
            id="a URL",
        ),
        pytest.param(
            {"sign_in/en/body.txt": "{{ code }} WWW.example.com"},
            f"sign_in/en/body.txt: {LINK}",
            id="www",
        ),
        pytest.param(
            {"sign_in/en/body.html": "{{ code }} <A href='mailto:x'>x</A>"},
            f"sign_in/en/body.html: {LINK}",
            id="an anchor",
        ),
        pytest.param(
            {"sign_in/en/body.html": "{{ code }} <a\nid='x'>x</a>"},
            f"sign_in/en/body.html: {LINK}",
            id="an anchor over two lines",
        ),
        pytest.param(
            {"sign_in/en/body.html": "{{ code }} <area href=x>"},
            f"sign_in/en/body.html: {LINK}",
            id="a reference",
        ),
        pytest.param(
            {"sign_in/en/subject.txt": "{{ code }}\n{{ label }}"},
            "sign_in/en/subject.txt: must be one line of 1 to 200 signs",
            id="a subject of two lines",
        ),
        pytest.param(
            {"new_sign_in/en/subject.txt": "x" * 201},
            "new_sign_in/en/subject.txt: must be one line of 1 to 200 signs",
            id="a long subject",
        ),
        pytest.param(
            {"new_sign_in/en/subject.txt": " \n"},
            "new_sign_in/en/subject.txt: must be one line of 1 to 200 signs",
            id="an empty subject",
        ),
        pytest.param(
            {"sign_in/en/body.txt": "{{ code }} {{ devise }}"},
            "sign_in/en/body.txt: cannot be written: 'devise' is undefined",
            id="a fact that is not there",
        ),
        pytest.param(
            {"sign_in/en/body.txt": "{{ code"},
            "sign_in/en/body.txt: cannot be written: unexpected end of template,"
            " expected 'end of print statement'.",
            id="a broken template",
        ),
        pytest.param(
            {"sing_in/en/body.txt": "x"},
            "sing_in/en/body.txt: no letter reads this file",
            id="a slip in a kind",
        ),
        pytest.param(
            {"sign_in/fr/body.txt": "x"},
            "sign_in/fr/body.txt: no letter reads this file",
            id="another language",
        ),
        pytest.param(
            {"sign_in/en/text.txt": "x"},
            "sign_in/en/text.txt: no letter reads this file",
            id="another file",
        ),
        pytest.param({"README": "x"}, "README: no letter reads this file", id="a file beside"),
    ],
)
def test_a_bad_letter_is_refused_at_start_up(own, problem, load):
    assert [problem] == letters.check(load(own))


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    loaded = letters.load(forms(tmp_path / "x"), tmp_path / "away", "Example", "id.example.com")
    assert [f"{tmp_path / 'away'}: is no folder"] == letters.check(loaded)
