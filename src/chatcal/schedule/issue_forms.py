"""What somebody filled into an issue form, to an edit of a schedule.

A form holds the words of a stranger. Each becomes a text of the schedule, or is refused with a sentence that says what
to write instead.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chatcal.problems import Span
from chatcal.schedule import editor, text_values
from chatcal.schedule.writer import format_item, format_values
from chatcal.text import replace_misread

FormAnswers = Mapping[str, str]
"""The answers of a form by the ids of its fields; empty where a field is."""
FORMS = {
    "correct-a-schedule": {
        "chapter": "Chapter",
        "what": "What is wrong?",
        "text": "What should it say?",
        "every": "On which days does it meet?",
        "at": "At what time?",
        "from": "From which day?",
        "source": "How do you know?",
    },
    "add-a-chapter": {
        "hashtag": "Hashtag",
        "name": "Name",
        "about": "What is it about?",
        "language": "Language",
        "timezone": "Time zone",
        "every": "On which days does it meet?",
        "at": "At what time?",
        "place": "Where does it meet?",
        "website": "Website",
        "moderators": "Who looks after it?",
        "source": "How do you know?",
    },
    "cancel-or-move-a-session": {
        "chapter": "Chapter",
        "day": "Day of the session",
        "what": "What happens to it?",
        "moved": "Moved to",
        "place": "New place",
        "reason": "Reason",
        "source": "How do you know?",
    },
}
"""The headings of each form by the ids of its fields, as in `.github/ISSUE_TEMPLATE/`."""
CANCELLED, MOVED = "It is cancelled", "It is moved"
MEETING_TIMES = "when it meets"
CORRECTABLE = ("name", "about", "region", "website", "account", "place", "join", "note", MEETING_TIMES)
"""What `correct-a-schedule` offers besides something else."""
_LIST_FIELDS = ("moderators", "source")
"""The fields in which each line is a text of its own."""
_EMPTY_ANSWERS = ("_No response_", "None")


class FormError(Exception):
    """Why a program cannot use a form, as a sentence or two."""


@dataclass(frozen=True, slots=True)
class EditedFile:
    """The new content of a schedule file, and a title for the edit that holds no words of a stranger."""

    path: str
    content: bytes
    title: str


def apply_form(body: str, sources: Mapping[str, bytes | None]) -> EditedFile:
    """Return the edit that an issue asks for; takes the text that GitHub makes of a form, and the files by their path.

    Raises FormError and EditRefusedError. The edited file may have errors: the caller checks the calendar with it.
    """
    form, answers = _parse_form(body)
    if form == "add-a-chapter":
        return _add_chapter(answers, sources)
    path, content = _find_chapter_file(answers["chapter"], sources)
    mark = "#" if re.search(rb"^hashtag\s*:", content, re.MULTILINE) else ""
    label = f"{mark}{path.rpartition('/')[2].partition('.')[0]}"
    what = answers["what"]
    if form == "cancel-or-move-a-session":
        day = _parse_form_day(answers["day"], "day of the session")
        edited = editor.add_override(path, content, day, _build_override(answers))
        return EditedFile(path, edited, f"{label}: {'cancel' if what == CANCELLED else 'move'} the session of {day}")
    if what == MEETING_TIMES:
        first = _parse_form_day(answers["from"], "first day of the new times")
        edited = editor.replace_schedule(path, content, first, answers["every"], answers["at"])
        return EditedFile(path, edited, f"{label}: new meeting times from {first}")
    if what not in CORRECTABLE or not answers["text"]:
        raise FormError("A program cannot tell from this form what to change; a person has to read it.")
    return EditedFile(path, editor.set_text(path, content, what, answers["text"]), f"{label}: correct `{what}`")


def _parse_form(body: str) -> tuple[str, FormAnswers]:
    before, *parts = re.split(r"^### (.*)$", re.sub(r"\r\n?", "\n", body), flags=re.MULTILINE)
    headings = [heading.strip() for heading in parts[::2]]
    for name, labels in FORMS.items():
        if headings == list(labels.values()) and not before.strip():
            found = zip(labels, parts[1::2], strict=True)
            return name, {field: _clean_answer(text, is_list=field in _LIST_FIELDS) for field, text in found}
    raise FormError(
        "This is not the text of one of the forms as it was sent. Its headings must stay, and no line may begin with "
        "`###`."
    )


def _clean_answer(text: str, *, is_list: bool) -> str:
    """Return an answer on one line, or without its empty lines if it is a list; without what programs misread."""
    if text.strip() in _EMPTY_ANSWERS:
        return ""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return replace_misread(("\n" if is_list else " ").join(line for line in lines if line))


def _find_chapter_file(given: str, sources: Mapping[str, bytes | None]) -> tuple[str, bytes]:
    slug = given.removeprefix("#").lower()
    slug = slug if " " not in slug else text_values.make_feed_name(slug)
    known = {re.sub(r"^schedules/|\.ya?ml$", "", path): path for path in sources if path.startswith("schedules/")}
    content = sources[known[slug]] if slug in known else None
    if content is None:
        raise FormError(f"There is no chapter of that name. There are: {', '.join(sorted(known))}.")
    return known[slug], content


def _parse_form_day(text: str, what: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FormError(f"The {what} must be a date with year, month and day, like 2026-12-23.")


def _build_override(answers: FormAnswers) -> dict[str, str]:
    where = {key: answers[key] for key in ("moved", "place") if answers[key]}
    if answers["what"] == CANCELLED and not where:
        return {"cancelled": answers["reason"]}
    if answers["what"] == MOVED and where:
        return where | ({"note": answers["reason"]} if answers["reason"] else {})
    raise FormError(
        "Say whether the session is cancelled or moved; if it is moved, to which day, like 2026-12-24 20:00, or to "
        "which place."
    )


def _add_chapter(answers: FormAnswers, sources: Mapping[str, bytes | None]) -> EditedFile:
    hashtag = answers["hashtag"].removeprefix("#")
    slug = hashtag.lower() or text_values.make_feed_name(answers["name"])
    label = f"#{slug}" if hashtag else slug
    if problem := text_values.check_feed_name(slug, Span("")):
        raise FormError(f"A person has to choose a file name for this chapter. {problem.hint}")
    if any(re.fullmatch(rf"schedules/{slug}\.ya?ml", path) for path in sources):
        raise FormError(f"There is a chapter {label} already. To correct it, use the other form.")
    texts = {key: answers[key] or None for key in ("name", "about", "language", "timezone", "website", "place")}
    lists = {"moderators": answers["moderators"].splitlines(), "sources": answers["source"].splitlines()}
    rows = format_values({"hashtag": hashtag or None, **texts, **lists})
    if chat := {key: answers[key] for key in ("every", "at") if answers[key]}:
        rows += ["chats:", *format_item(chat)]
    return EditedFile(f"schedules/{slug}.yaml", "".join(f"{row}\n" for row in rows).encode(), f"Add {label}")
