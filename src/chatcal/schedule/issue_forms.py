"""What somebody filled into an issue form, to an edit of a schedule.

A form's text is a stranger's: whatever it holds becomes a text of the schedule or is refused, with a sentence that says
what to write instead.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chatcal.problems import Span
from chatcal.schedule import editor, text_values

FormAnswers = Mapping[str, str]
"""What stands in the fields of a form, by their ids; empty where nothing does."""


CORRECT_FORM = {
    "chapter": "Chapter",
    "what": "What is wrong?",
    "text": "What should it say?",
    "every": "On which days does it meet?",
    "at": "At what time?",
    "from": "From which day on?",
    "source": "How do you know?",
}


ADD_FORM = {
    "hashtag": "Hashtag",
    "name": "Name",
    "about": "What is it about?",
    "language": "Language",
    "timezone": "Whose clock does it live by?",
    "every": "On which days does it meet?",
    "at": "At what time?",
    "website": "Website",
    "moderators": "Who looks after it?",
    "source": "How do you know?",
}


SESSION_FORM = {
    "chapter": "Chapter",
    "day": "Day of the session",
    "what": "What happens to it?",
    "moved": "Moved to",
    "reason": "Reason",
    "source": "How do you know?",
}


FORMS = {"correct-a-schedule": CORRECT_FORM, "add-a-chapter": ADD_FORM, "cancel-or-move-a-session": SESSION_FORM}
"""The headings of the fields of each form, by their ids, as the forms in `.github/ISSUE_TEMPLATE/` have them."""
CANCELLED, MOVED = "It is cancelled", "It is moved"
MEETING_TIMES = "when it meets"


CORRECTABLE = ("name", "about", "region", "website", "account", "join", "note", MEETING_TIMES)
"""What `correct-a-schedule` offers beside something else."""


_LIST_FIELDS = ("moderators", "source")
"""The fields in which each line is a text of its own."""
_EMPTY_ANSWERS = ("_No response_", "None")


class FormError(Exception):
    """Why nothing can be made of a form, as a sentence or two."""


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A schedule file as it is to be, and the edit in a few words, none of which a stranger wrote."""

    path: str
    content: bytes
    title: str


def apply_form(body: str, sources: Mapping[str, bytes | None]) -> EditedFile:
    """Return what an issue's text makes of the schedules.

    Takes the text that GitHub makes of a form, and the schedule files by their path. Raises Refused and edits.Unclear.
    The edited file may have errors: whoever takes it has to check the calendar with it.
    """
    name, filled = _parse_form(body)
    if name == "add-a-chapter":
        return _add_chapter(filled, sources)
    path, octets = _find_chapter_file(filled["chapter"], sources)
    hashtag = f"#{path.rpartition('/')[2].partition('.')[0]}"
    if name == "cancel-or-move-a-session":
        day = _parse_form_day(filled["day"], "day of the session")
        return EditedFile(
            path, editor.add_override(path, octets, day, _build_override(filled)), _format_title(hashtag, filled, day)
        )
    what = filled["what"]
    if what == MEETING_TIMES:
        first = _parse_form_day(filled["from"], "day from which on it meets so")
        changed = editor.replace_schedule(path, octets, first, filled["every"], filled["at"])
        return EditedFile(path, changed, f"{hashtag}: meets otherwise from {first}")
    if what not in CORRECTABLE or not filled["text"]:
        raise FormError(
            "What should be another is not said in a way that a program can follow; a person has to read it."
        )
    return EditedFile(path, editor.set_text(path, octets, what, filled["text"]), f"{hashtag}: correct `{what}`")


def _parse_form(body: str) -> tuple[str, FormAnswers]:
    """Return which form a text is of, and what stands in its fields, each text in one line."""
    before, *parts = re.split(r"^### (.*)$", re.sub(r"\r\n?", "\n", body), flags=re.MULTILINE)
    headings = [heading.strip() for heading in parts[::2]]
    for name, labels in FORMS.items():
        if headings == list(labels.values()) and not before.strip():
            found = zip(labels, parts[1::2], strict=True)
            return name, {key: _clean_answer(text, in_lines=key in _LIST_FIELDS) for key, text in found}
    raise FormError(
        "This is not the text of one of the forms as it was sent. Its headings must stay, and no line may begin with "
        "`###`."
    )


def _clean_answer(text: str, *, in_lines: bool) -> str:
    """Return what stands in a field: in one line, or in as many as have something in them."""
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    if lines[0] in _EMPTY_ANSWERS and len(lines) == 1:
        return ""
    return ("\n" if in_lines else " ").join(line for line in lines if line)


def _find_chapter_file(given: str, sources: Mapping[str, bytes | None]) -> tuple[str, bytes]:
    slug = given.removeprefix("#").lower()
    known = {re.sub(r"^schedules/|\.ya?ml$", "", path): path for path in sources if path.startswith("schedules/")}
    octets = sources[known[slug]] if slug in known else None
    if octets is None:
        raise FormError(f"There is no chapter of that name. There are: {', '.join(sorted(known))}.")
    return known[slug], octets


def _parse_form_day(text: str, what: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FormError(f"The {what} must be a date with year, month and day, like 2026-12-23.")


def _build_override(filled: FormAnswers) -> dict[str, str]:
    if filled["what"] == CANCELLED and not filled["moved"]:
        return {"cancelled": filled["reason"]}
    if filled["what"] == MOVED and filled["moved"]:
        return {"moved": filled["moved"]} | ({"note": filled["reason"]} if filled["reason"] else {})
    raise FormError("Say whether the session is cancelled or moved; if it is moved, where to, like 2026-12-24 20:00.")


def _format_title(hashtag: str, filled: FormAnswers, day: date) -> str:
    return f"{hashtag}: {'cancel' if filled['what'] == CANCELLED else 'move'} the session of {day}"


def _add_chapter(filled: FormAnswers, sources: Mapping[str, bytes | None]) -> EditedFile:
    hashtag = filled["hashtag"].removeprefix("#")
    slug = hashtag.lower()
    if problem := text_values.check_feed_name(slug, Span("")):
        raise FormError(f"A chapter with this hashtag needs a file name that a person chooses. {problem.hint}")
    if any(re.fullmatch(rf"schedules/{slug}\.ya?ml", path) for path in sources):
        raise FormError(f"There is a chapter #{slug} already. To correct it, use the other form.")
    said = {"hashtag": hashtag} | {key: filled[key] for key in ("name", "about", "language", "timezone", "website")}
    lists = {"moderators": filled["moderators"].split("\n"), "sources": filled["source"].split("\n")}
    chapter = {key: value for key, value in {**said, **lists}.items() if value not in ("", [""])}
    chat = {key: filled[key] for key in ("every", "at") if filled[key]}
    return EditedFile(f"schedules/{slug}.yaml", editor.write_new_chapter(chapter, chat), f"Add #{slug}")
