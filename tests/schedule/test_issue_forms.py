"""Issue forms: what strangers fill in becomes one edit of a schedule, or a sentence that says why not."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from chatcal import cli
from chatcal.problems import ScheduleError
from chatcal.schedule import editor, issue_forms, nodes, parser, writer
from chatcal.schedule.fields import read_mapping
from chatcal.schedule.format import CHAPTER_KEYS, CHAT_KEYS, parse_calendar, parse_chapter
from chatcal.site import context
from tests.support.calendars import CALENDAR, LANTERN, ROOT, at
from tests.support.jobs import Hub, Run, git

LABEL = "make pull request"
FOLDER = ROOT / ".github/ISSUE_TEMPLATE"
FILE = "schedules/lanternchat.yaml"
HOSTILE = (
    "'; rm -rf / #",
    '"\n  2030-01-01: {cancelled: all}\n#',
    "${{ github.token }}",
    "$(touch hacked)",
    "`touch hacked`",
    "x: y",
    "- x",
    "# not a remark",
    "&a *b !c",
    "null",
    "'quoted' \"both\" \\t",
    "<!-- --> <script>alert(1)</script> @ada",
    "2026-12-23",
    "a #b",
    "[x, {y: z}]",
    "> |",
    "%TAG ! x",
    "é漢🎉",
)


def form(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))


def body(form_name: str, /, **filled: str) -> str:
    """Return the text that GitHub makes of a form."""
    fields = form(form_name)["body"]
    assert filled.keys() <= {field["id"] for field in fields}
    return "".join(
        f"### {field['attributes']['label']}\n\n{filled.get(field['id']) or '_No response_'}\n\n" for field in fields
    )


def session(**filled: str) -> str:
    return body("cancel-or-move-a-session", **{"chapter": "#lanternchat", "day": "2026-12-23", **filled})


def correct(**filled: str) -> str:
    return body("correct-a-schedule", **{"chapter": "lanternchat", **filled})


def edited(text: str, schedule_: str = LANTERN, file: str = FILE) -> str:
    made = issue_forms.apply_form(text, {"chatcal.yaml": CALENDAR.encode(), FILE: schedule_.encode()})
    assert made.path == file
    return made.content.decode()


def refused(text: str, schedule_: str = LANTERN) -> str:
    with pytest.raises((issue_forms.FormError, editor.EditRefusedError)) as error:
        edited(text, schedule_)
    return str(error.value)


NAMED = LANTERN.replace("hashtag: lanternchat\n", "")


@pytest.mark.parametrize(("schedule", "label"), [(LANTERN, "#lanternchat"), (NAMED, "lanternchat")])
def test_the_title_of_an_edit_has_a_hashtag_only_where_the_chapter_has_one(schedule: str, label: str) -> None:
    made = issue_forms.apply_form(correct(what="place", text="Lamp Room"), {FILE: schedule.encode()})
    assert made.title == f"{label}: correct `place`"
    assert "place: Lamp Room\n" in made.content.decode()


def test_a_chapter_without_a_hashtag_is_found_and_added_by_its_name() -> None:
    filled = {"name": "Lamp Ladies Berlin", "place": "c-base, Rungestr. 20", "source": "I look after it"}
    made = issue_forms.apply_form(body("add-a-chapter", **filled), {})
    assert (made.path, made.title) == ("schedules/lamp-ladies-berlin.yaml", "Add lamp-ladies-berlin")
    chapter = parse_chapter(made.path, made.content)
    assert (chapter.hashtag, chapter.name, chapter.place) == (None, "Lamp Ladies Berlin", "c-base, Rungestr. 20")
    there = {made.path: made.content}
    again = issue_forms.apply_form(correct(chapter="Lamp Ladies Berlin", what="about", text="Lamps"), there)
    assert again.path == made.path
    with pytest.raises(issue_forms.FormError, match="There is a chapter lamp-ladies-berlin already"):
        issue_forms.apply_form(body("add-a-chapter", **filled), there)
    with pytest.raises(issue_forms.FormError, match="A person has to choose a file name"):
        issue_forms.apply_form(body("add-a-chapter", **filled | {"name": "東京"}), there)


def test_a_session_can_move_to_another_place_alone() -> None:
    moved = session(what=issue_forms.MOVED, place="Fog Room", reason="The lamp room is wet")
    assert "  2026-12-23:\n    place: Fog Room\n    note: The lamp room is wet\n" in edited(moved)


@pytest.mark.parametrize("name", issue_forms.FORMS)
def test_a_form_has_the_headings_that_are_read(name: str) -> None:
    assert {field["id"]: field["attributes"]["label"] for field in form(name)["body"]} == issue_forms.FORMS[name]


def test_there_are_no_other_forms() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted([*issue_forms.FORMS, "config"])


def options(name: str, field_id: str) -> list[str]:
    (field,) = (field for field in form(name)["body"] if field["id"] == field_id)
    found: list[str] = field["attributes"]["options"]
    return found


def test_what_can_be_chosen_is_what_is_understood() -> None:
    assert options("cancel-or-move-a-session", "what") == [issue_forms.CANCELLED, issue_forms.MOVED]
    chosen = options("correct-a-schedule", "what")
    assert sorted(chosen) == sorted([*issue_forms.CORRECTABLE, "something else"])


def test_the_site_leads_to_the_form_and_fills_in_a_field_that_it_has() -> None:
    calendar = parse_calendar(f"{CALENDAR}repository: https://code.example/lights\n".encode())
    link = context.build_report_links(calendar, parse_chapter(FILE, LANTERN.encode())).form
    assert link
    parameters = dict(part.split("=", 1) for part in link.partition("?")[2].split("&"))
    name = parameters["template"].removesuffix(".yml")
    assert (FOLDER / parameters["template"]).is_file()
    assert set(parameters) - {"template", "title"} <= issue_forms.FORMS[name].keys()
    assert edited(correct(chapter=parameters["chapter"], what="about", text="Lamps."))


KEPT = """\
# Ada looks after this.
hashtag: lanternchat   # a remark
name: The Lantern Keepers

timezone: America/Toronto
chats:
    -   every: Wednesday   # lunch
        lasts: 2h
        at: 13:00

# The days that are special:
sessions:
   2026-12-16: {topic: Oil}
   # And then the year ends.
   2026-12-30:
      cancelled:
# The end.
"""


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_a_cancelled_session_is_put_where_its_date_belongs_and_nothing_else_moves(breaks: str) -> None:
    before = KEPT.replace("\n", breaks)
    after = edited(session(what=issue_forms.CANCELLED, reason="Holidays: all are away"), before)
    added = '   2026-12-23:\n     cancelled: "Holidays: all are away"\n'.replace("\n", breaks)
    assert after == before.replace(f"   # And{' '}", f"{added}   # And ")


def test_each_line_keeps_its_own_end() -> None:
    before = LANTERN.replace("\n", "\r\n", 1)
    assert edited(session(what=issue_forms.CANCELLED), before) == (
        f"{before}sessions:\r\n  2026-12-23:\r\n    cancelled:\r\n"
    )


def test_a_line_of_a_long_text_that_looks_like_a_comment_stays_in_it() -> None:
    before = f"{LANTERN}note: |\n  One\n  # two\n"
    after = edited(session(what=issue_forms.CANCELLED), before)
    assert after == f"{before}sessions:\n  2026-12-23:\n    cancelled:\n"


def test_a_session_after_all_others_is_put_behind_the_last() -> None:
    after = edited(session(day="2027-01-06", what=issue_forms.CANCELLED), KEPT)
    assert after == KEPT.replace("# The end.", "   2027-01-06:\n     cancelled:\n# The end.")


def test_the_first_session_of_a_chapter_brings_the_key_along() -> None:
    after = edited(
        session(what=issue_forms.MOVED, moved="2026-12-24 20:00", reason="Ada is away"), LANTERN.rstrip("\n")
    )
    assert after == LANTERN + "sessions:\n  2026-12-23:\n    moved: 2026-12-24 20:00\n    note: Ada is away\n"


def test_a_text_is_replaced_on_its_line_and_the_remark_behind_it_stays() -> None:
    before = LANTERN.replace("name: The Lantern Keepers", "name: The Lantern Keepers   # since 2012")
    after = edited(correct(what="name", text="The Keepers"), before)
    assert after == before.replace("The Lantern Keepers ", "The Keepers ")


def test_a_text_that_was_not_there_is_put_where_the_page_lists_it() -> None:
    after = edited(correct(what="website", text="https://lantern.example/"), KEPT)
    assert after == KEPT.replace("Toronto\n", "Toronto\nwebsite: https://lantern.example/\n")


def test_a_chat_meets_otherwise_from_a_day_on_and_until_then_as_it_did() -> None:
    filled = {"what": issue_forms.MEETING_TIMES, "from": "2026-12-01", "every": "first Tuesday of the month"}
    after = edited(correct(**filled), KEPT)
    added = """\
        until: 2026-11-30
    -   every: first Tuesday of the month
        at: 13:00
        from: 2026-12-01
        lasts: 2h
"""
    assert after == KEPT.replace("        at: 13:00\n", f"        at: 13:00\n{added}")


def test_what_a_chat_has_beside_its_days_and_time_goes_along_as_a_text() -> None:
    before = f"{LANTERN}    except: [August]\n    title: >-\n      The late: one\n      of two\n"
    after = edited(correct(**{"what": issue_forms.MEETING_TIMES, "from": "2026-12-01", "at": "20:00"}), before)
    old, new = parse_chapter(FILE, after.encode()).chats
    assert (old.title, new.title) == ("The late: one of two", "The late: one of two")
    assert (old.exceptions != (), new.exceptions) == (True, ())


def test_only_the_time_may_change() -> None:
    after = edited(correct(**{"what": issue_forms.MEETING_TIMES, "from": "2026-12-01", "at": "20:00"}))
    assert after == LANTERN + "    until: 2026-11-30\n  - every: Wednesday\n    at: 20:00\n    from: 2026-12-01\n"


def test_a_new_chapter_is_a_file_of_its_own() -> None:
    filled = {
        "hashtag": "#FogChat", "name": "Fog & Horns", "about": "Two\nlines.", "timezone": "Europe/London",
        "every": "Friday", "at": "20:00", "moderators": "Bo Light (@bolight)\n\n@cy", "source": "I: look after it",
    }  # fmt: skip
    after = edited(body("add-a-chapter", **filled), file="schedules/fogchat.yaml")
    assert (
        after
        == """\
hashtag: FogChat
name: Fog & Horns
about: Two lines.
timezone: Europe/London
moderators:
  - Bo Light (@bolight)
  - "@cy"
sources:
  - "I: look after it"
chats:
  - every: Friday
    at: 20:00
"""
    )
    assert parse_chapter("schedules/fogchat.yaml", after.encode()).hashtag == "FogChat"


def test_a_chapter_that_does_not_meet_has_no_chats() -> None:
    assert edited(body("add-a-chapter", hashtag="fogchat", name="Fog"), file="schedules/fogchat.yaml") == (
        "hashtag: fogchat\nname: Fog\n"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "This is not the text of one of the forms"),
        ("Please cancel it.", "This is not the text of one of the forms"),
        (session(reason="x\n### Moved to\n\n2026"), "no line may begin with `###`"),
        (f"Hello!\n{session()}", "This is not the text of one of the forms"),
        (session(chapter="fogchat"), "There is no chapter of that name. There are: lanternchat."),
        (session(chapter="../../etc/passwd"), "There is no chapter of that name."),
        (session(day="23 December"), "The day of the session must be a date"),
        (session(day="2026-02-30"), "The day of the session must be a date"),
        (session(), "Say whether the session is cancelled or moved"),
        (session(what=issue_forms.MOVED), "to which day, like 2026-12-24 20:00, or to which place."),
        (session(what=issue_forms.CANCELLED, moved="2026-12-24"), "Say whether the session is cancelled or moved"),
        (correct(what="something else", text="All"), "a person has to read it"),
        (correct(what="about"), "a person has to read it"),
        (correct(what="formerly", text="x"), "a person has to read it"),
        (correct(what=issue_forms.MEETING_TIMES, at="20:00"), "The first day of the new times must be a date"),
        (body("add-a-chapter", hashtag="../x", name="X"), "A person has to choose a file name"),
        (body("add-a-chapter", hashtag="ñandú", name="X"), "A person has to choose a file name"),
        (body("add-a-chapter", hashtag="con", name="X"), "A person has to choose a file name"),
        (body("add-a-chapter", hashtag="LanternChat", name="X"), "There is a chapter #lanternchat already."),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_sentence(text: str, why: str) -> None:
    assert why in refused(text)


MOVE_UP = {"what": issue_forms.MEETING_TIMES, "from": "2026-12-01", "at": "20:00"}
TWO = LANTERN + "  - every: Friday\n    at: 13:00\n"


@pytest.mark.parametrize(
    ("text", "before", "why"),
    [
        (session(what=issue_forms.CANCELLED), KEPT.replace("12-30", "12-23"), "for the session of 2026-12-23"),
        (session(what=issue_forms.CANCELLED), f"{LANTERN}sessions: {{2026-12-16: cancelled}}\n", "written in brackets"),
        (session(what=issue_forms.CANCELLED), f"{LANTERN}sessions: {{}}\n", "written in brackets"),
        (session(what=issue_forms.CANCELLED), f"{LANTERN}sessions:\n", "The file has mistakes already."),
        (session(what=issue_forms.CANCELLED), LANTERN.replace("13:00", "1pm"), "The file has mistakes already."),
        (session(what=issue_forms.CANCELLED), f"{LANTERN}\tx", "The file has mistakes already."),
        (session(what=issue_forms.CANCELLED), f"{LANTERN}name: Twice\n", "The file has mistakes already"),
        (session(what=issue_forms.CANCELLED), "[lanternchat]\n", "The file has mistakes already."),
        (session(what=issue_forms.CANCELLED), "# x\n{hashtag: lanternchat, name: L}\n", "written in brackets"),
        (correct(what="about", text="New"), f"{LANTERN}about: >-\n  Old\n  text.\n", "would change something else too"),
        (correct(what="about", text="New"), f"{LANTERN}about: Old\n  text.\n", "would change something else too"),
        (correct(what="about", text="New"), f"{LANTERN}about:\n", "The file has mistakes already."),
        (correct(what="about", text="New"), f"{LANTERN}colour: red\n", "The file has mistakes already."),
        (correct(**MOVE_UP), LANTERN.partition("chats")[0] + "chats: [{}]\n", "The file has mistakes already."),
        (correct(what="about", text="Old"), f"{LANTERN}about: Old\n", "or nothing at all"),
        (correct(**MOVE_UP), TWO, "exactly one chat"),
        (correct(**MOVE_UP), LANTERN.partition("chats")[0], "exactly one chat"),
        (correct(**MOVE_UP), LANTERN.partition("chats")[0] + "chats: [{every: Sunday, at: 1:00}]\n", "in brackets"),
        (correct(**MOVE_UP), f"{LANTERN}    until: 2026-12-31\n", "The chat has an `until` already"),
        (correct(**MOVE_UP), LANTERN.replace("every: Wednesday", "dates: [2026-12-02]"), "or no `every`"),
        (correct(**MOVE_UP), f"{LANTERN}    hosts: [Ada]\n", "lists that a program should not copy"),
        (correct(**MOVE_UP), LANTERN.replace("- every", "-\n    every"), "is not on the line of its dash"),
    ],
)  # fmt: skip
def test_what_would_need_a_guess_is_left_to_a_person(text: str, before: str, why: str) -> None:
    assert why in refused(text, before)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_text_and_nothing_else(text: str) -> None:
    one_line = " ".join(text.split())
    chapter = parse_chapter(FILE, edited(session(what=issue_forms.CANCELLED, reason=text)).encode())
    assert [(change.slot.isoformat(), change.cancelled) for change in chapter.overrides] == [("2026-12-23", one_line)]
    assert parse_chapter(FILE, edited(correct(what="about", text=text)).encode()).about == one_line
    made = edited(body("add-a-chapter", hashtag="fog", name=text, source=text), file="schedules/fog.yaml")
    assert parse_chapter("schedules/fog.yaml", made.encode()).name == one_line


def test_what_programs_would_misread_is_replaced() -> None:
    made = edited(session(what=issue_forms.CANCELLED, reason="See C:\\readme, BEGIN:VEVENT and \\"))
    (change,) = parse_chapter(FILE, made.encode()).overrides
    assert change.cancelled == "See C:/readme, BEGIN VEVENT and /"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u200d", "\u034f", "\u3164"])
def test_a_sign_that_nobody_sees_is_refused(sign: str) -> None:
    for text in (
        session(what=issue_forms.CANCELLED, reason=f"Rain{sign} and hail"),
        body("add-a-chapter", hashtag=f"fog{sign}", name="Fog", source="https://fog.example/"),
        body("add-a-chapter", hashtag="fog", name=f"F{sign}og", source="https://fog.example/"),
    ):
        with pytest.raises((issue_forms.FormError, ScheduleError)):
            parse_chapter("schedules/fog.yaml", issue_forms.apply_form(text, {FILE: LANTERN.encode()}).content)


printable = st.text(
    st.characters(
        exclude_categories=["C", "Z"], exclude_characters="\u034f\u115f\u1160\u3164\uffa0", include_characters=" "
    ),
    min_size=1,
)


@given(printable.map(lambda text: " ".join(text.split())).filter(bool))
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    node, refused_ = parser.parse_document(FILE, f"key: {writer.format_scalar(text)}\n".encode())
    assert isinstance(node, nodes.Mapping)
    ((_, value),) = node.pairs
    assert isinstance(value, nodes.Scalar)
    assert (value.text, refused_) == (text, ())


@given(st.text(st.sampled_from("ab#:-'\"[]{}\\&*!|>%@`,? \n\té\x00\u2028"), min_size=1, max_size=30))
def test_whatever_is_filled_in_no_second_thing_changes(text: str) -> None:
    try:
        made = edited(session(what=issue_forms.CANCELLED, reason=text))
        chapter = parse_chapter(FILE, made.encode())
    except (issue_forms.FormError, editor.EditRefusedError, ScheduleError):
        return
    assert made.startswith(LANTERN)
    assert len(chapter.overrides) == 1


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a calendar, in which the test works."""
    (tmp_path / "schedules").mkdir()
    (tmp_path / "chatcal.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / FILE).write_text(LANTERN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str) -> Result:
    return CliRunner().invoke(
        cli.run_chatcal, ["form", "--now", "2026-11-01T00:00Z"], input=text, catch_exceptions=False
    )


def test_the_command_writes_the_edit_and_prints_it_in_a_few_words(root: Path) -> None:
    result = run(session(what=issue_forms.CANCELLED, reason="Holidays"))
    assert (result.stdout, result.exit_code) == ("#lanternchat: cancel the session of 2026-12-23\n", 0)
    assert (root / FILE).read_text("utf-8").endswith("  2026-12-23:\n    cancelled: Holidays\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (session(), "Say whether the session is cancelled or moved"),
        (session(day="2026-12-24", what=issue_forms.CANCELLED), "[no-slot]"),
        (session(what=issue_forms.MOVED, moved="tomorrow"), "`tomorrow` is not a valid date."),
        (body("add-a-chapter", hashtag="fogchat", name="Fog", every="Friday", at="20:00"), "[zone-missing]"),
        (correct(what="website", text="lantern.example"), "An address begins with"),
    ],
)
def test_what_would_break_the_calendar_is_said_and_not_written(root: Path, text: str, said: str) -> None:
    result = run(text)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""
    assert (root / FILE).read_text("utf-8") == LANTERN
    assert [path.name for path in (root / "schedules").iterdir()] == ["lanternchat.yaml"]


def _whole(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs the whole workflow."""
    only = pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Ubuntu, and on nothing else")
    marked: Callable[..., None] = pytest.mark.slow(only(test))
    return marked


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """Return a place with a calendar and an issue, where Ada may write and Bo may not."""
    hub = Hub.new(tmp_path / "hub", "https://lights.example/")
    hub.push({"chatcal.yaml": CALENDAR, FILE: LANTERN}, "Begin")
    issue = {"number": 1, "state": "OPEN", "title": "", "label": LABEL, "body": "", "comments": []}
    (hub.folder / "issues.json").write_text(json.dumps([issue]), "utf-8")
    (hub.folder / "rights.json").write_text(json.dumps({"ada": "write", "bo": "read"}), "utf-8")
    return hub


def labelled(hub: Hub, text: str, by: str = "ada", label: str = LABEL, epoch: str = "") -> Run:
    """Give the issue, with a text, a label."""
    moment = int(at("2026-11-01T12:00").timestamp())
    payload = {"issue": {"number": 1, "body": text}, "label": {"name": label}, "sender": {"login": by}}
    surroundings = {"SOURCE_DATE_EPOCH": epoch or str(moment)}
    return hub.run("forms.yml", "issues", moment, payload=payload, surroundings=surroundings)


@_whole
def test_a_form_becomes_a_pull_request_that_says_what_subscribers_will_see(hub: Hub) -> None:
    done = labelled(hub, session(what=issue_forms.CANCELLED, reason="Fog"))
    assert done.went() == {"edit": "success", "propose": "success"}, done
    pull = json.loads((hub.folder / "pull.json").read_text("utf-8"))
    assert (pull["base"], pull["head"]) == ("main", "form-1")
    assert pull["title"] == "#lanternchat: cancel the session of 2026-12-23"
    assert pull["body"].startswith("Closes #1.\n")
    assert "Wed 23 Dec 13:00 (Toronto): cancelled (Fog)." in pull["body"]
    changed = git("diff", "--name-only", "main", "form-1", at=hub.origin)
    assert changed == FILE
    assert git("show", f"form-1:{FILE}", at=hub.origin).endswith("  2026-12-23:\n    cancelled: Fog")
    assert hub.commits() == ["Begin"]
    assert hub.issues()[0]["label"] == ""
    assert not hub.issues()[0]["comments"]


@_whole
def test_a_second_try_takes_the_place_of_the_first(hub: Hub) -> None:
    labelled(hub, session(what=issue_forms.CANCELLED, reason="Fog"))
    labelled(hub, session(what=issue_forms.CANCELLED, reason="Storm"))
    assert git("log", "--format=%s", "main..form-1", at=hub.origin).count("\n") == 0
    assert "cancelled: Storm" in git("show", f"form-1:{FILE}", at=hub.origin)


@_whole
def test_a_new_chapter_becomes_one_too(hub: Hub) -> None:
    text = body("add-a-chapter", hashtag="fogchat", name="Fog", every="Friday", at="20:00", timezone="Europe/London")
    assert labelled(hub, text).went() == {"edit": "success", "propose": "success"}
    assert git("diff", "--name-only", "main", "form-1", at=hub.origin) == "schedules/fogchat.yaml"


@_whole
def test_who_may_not_write_gets_nothing(hub: Hub) -> None:
    done = labelled(hub, session(what=issue_forms.CANCELLED), by="bo")
    assert done.went() == {"edit": "failure", "propose": "skipped"}
    assert "Only people with write access to this repository" in done.jobs["edit"].log
    assert not (hub.folder / "pull.json").exists()


@_whole
def test_another_label_does_nothing(hub: Hub) -> None:
    done = labelled(hub, session(what=issue_forms.CANCELLED), label="question")
    assert done.went() == {"edit": "skipped", "propose": "skipped"}


@_whole
def test_what_cannot_be_done_is_answered_in_words(hub: Hub) -> None:
    done = labelled(hub, session(day="2026-12-24", what=issue_forms.CANCELLED, reason="@ada\n```\n<b>"))
    assert done.went() == {"edit": "success", "propose": "success"}, done
    (comment,) = hub.issues()[0]["comments"]
    assert "This form could not be turned into a pull request" in comment
    assert "    schedules/lanternchat.yaml:8:3: error: No chat is due " in comment
    assert all(line.startswith("    ") for line in comment.splitlines() if "ada" in line or "<b>" in line)
    assert hub.issues()[0]["label"] == ""
    assert not (hub.folder / "pull.json").exists()


@_whole
def test_where_workflows_may_open_no_pull_request_the_answer_leads_to_it(hub: Hub) -> None:
    (hub.folder / "no-pulls").touch()
    assert labelled(hub, session(what=issue_forms.CANCELLED)).went()["propose"] == "success"
    (comment,) = hub.issues()[0]["comments"]
    assert "(https://hub.example/lights/calendar/compare/main...form-1?expand=1)" in comment


@_whole
@pytest.mark.parametrize("text", HOSTILE[:5])
def test_a_hostile_text_runs_nothing(hub: Hub, text: str) -> None:
    done = labelled(hub, session(what=issue_forms.CANCELLED, reason=text))
    assert done.went() == {"edit": "success", "propose": "success"}, done
    assert not list(hub.folder.rglob("hacked"))
    octets = git("show", f"form-1:{FILE}", at=hub.origin).encode()
    (change,) = parse_chapter(FILE, octets).overrides
    assert change.cancelled == " ".join(text.split())


@_whole
def test_what_is_no_fault_of_the_form_stops_it_and_answers_nobody(hub: Hub) -> None:
    done = labelled(hub, session(what=issue_forms.CANCELLED), epoch="yesterday")
    assert done.went() == {"edit": "failure", "propose": "skipped"}
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in done.jobs["edit"].log


def test_reading_a_form_takes_no_part_of_the_reader_for_granted() -> None:
    keys = {key.name for key in CHAPTER_KEYS}
    assert set(issue_forms.CORRECTABLE) - {issue_forms.MEETING_TIMES} <= keys
    assert set(editor.KEPT_CHAT_KEYS) <= {key.name for key in CHAT_KEYS}
    assert read_mapping(parser.parse_document(FILE, LANTERN.encode())[0], "a chapter", CHAPTER_KEYS)
