"""A difference as text, as Markdown for a pull request, and as JSON."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chatcal.diff.difference import ChapterDifference, Difference
from chatcal.diff.grouping import Sentence
from chatcal.diff.session_changes import format_session_time
from chatcal.english import add_full_stop, format_clock_beside, join_list
from chatcal.feed.event import PublishedSession
from chatcal.feed.session_json import format_rfc3339
from chatcal.problems import Problem, Severity, format_problems, format_problems_json
from chatcal.recurrence.date_runs import DateContext
from chatcal.text import break_references, escape_markdown

Sources = Mapping[str, bytes | None]
"""The schedule files that problems point into."""

_SAME = "No difference: subscribers see no change."


def render_difference(found: Difference | None, problems: Sequence[Problem], sources: Sources, form: str) -> str:
    """Return a difference as `text`, `markdown`, `json` or the text of a `commit`; without one, the errors."""
    if found is not None:
        if form == "json":
            return _render_json(found)
        if form == "commit":
            return break_references("\n\n".join(_list_changes(found) or [_SAME])) + "\n"
        return _render_text(found, sources) if form == "text" else _render_markdown(found, sources)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if form == "json":
        return format_problems_json(errors)
    text = format_problems(errors, sources)
    return f"**The schedules have errors.**\n\n{format_code_block(text)}\n" if form == "markdown" else text


def _list_changes(difference: Difference) -> list[str]:
    return _list_unread(difference) + ["\n  ".join([title, *lines]) for title, lines in _list_sections(difference)]


def _render_text(difference: Difference, sources: Sources) -> str:
    context = DateContext(difference.now.year)
    blocks = _list_changes(difference)
    for chapter in difference.chapters:
        for title, sessions, more in _list_tables(chapter):
            rows = [_format_row(one, context) for one in sessions]
            own_width, utc_width = max(len(own) for own, _, _ in rows), max(len(utc) for _, utc, _ in rows)
            lines = [f"{own:{own_width}}  {utc:{utc_width}}  {name}".rstrip() for own, utc, name in rows]
            blocks.append("\n  ".join([f"{title}:", *lines, *more]))
    if not difference:
        blocks.append(_SAME)
    if difference.advice:
        blocks.append("Advice:\n" + format_problems(difference.advice, sources).rstrip("\n"))
    return "\n\n".join(blocks) + "\n"


def _render_markdown(difference: Difference, sources: Sources) -> str:
    """Return Markdown in which nobody is mentioned, and nothing that a person wrote is markup."""
    context = DateContext(difference.now.year)
    blocks = [escape_markdown(line) for line in _list_unread(difference)]
    for title, lines in _list_sections(difference):
        blocks += [f"**{escape_markdown(title)}**", "\n".join(f"- {escape_markdown(line)}" for line in lines)]
    for chapter in difference.chapters:
        for title, sessions, more in _list_tables(chapter):
            summary = f"<details><summary>{escape_markdown(title)}</summary>"
            cells = (map(escape_markdown, _format_row(one, context)) for one in sessions)
            rows = ["| its own clock | UTC | |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in cells)]
            blocks += [summary, "\n".join(rows), *more, "</details>"]
    if not difference:
        blocks.append(_SAME)
    if difference.advice:
        blocks += ["**Advice:**", format_code_block(format_problems(difference.advice, sources))]
    return "\n\n".join(blocks) + "\n"


_MAX_DAYS = 10
"""So many days of a chapter that change are listed; sentences tell of all."""


def _list_tables(chapter: ChapterDifference) -> Iterator[tuple[str, Sequence[PublishedSession], list[str]]]:
    """Yield the next sessions of a chapter, and later ones that change: a title, some of them, how many more."""
    if chapter.next_sessions:
        yield f"Next of {chapter.label}", chapter.next_sessions, []
    following = {one.slot for one in chapter.next_sessions}
    if later := [one for one in chapter.changed_sessions if one.slot not in following]:
        rest = len(later) - _MAX_DAYS
        more = [f"and {rest} more"] if rest > 0 else []
        yield f"Later days of {chapter.label} that change", later[:_MAX_DAYS], more


def format_code_block(text: str) -> str:
    """Return a text as a block of Markdown that shows it as it is."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _list_unread(difference: Difference) -> list[str]:
    files = join_list(difference.unread)
    return [f"Before, {files} had errors: what changes there is not shown."] if files else []


def _list_sections(difference: Difference) -> Iterator[tuple[str, list[str]]]:
    past, coming, page = [], list(difference.calendar), []
    for one in difference.chapters:
        name = f"{one.label}: "
        past += [name + text for text in (*one.record, *(sentence.text for sentence in one.past))]
        coming += [name + text for text in (*one.chapter_changes, *(sentence.text for sentence in one.coming))]
        page += [name + text for text in one.page]
    vanishing = "Feeds would vanish. `chatcal build` stops and writes nothing, unless `--allow-shrink` is given."
    sections = {
        "The past changes. The page will show it; the feeds keep what was published.": past,
        vanishing: difference.vanishing,
        "Subscribers will see:": coming,
        "Feeds that appear:": difference.appearing,
        "On pages only:": page,
    }
    for title, sentences in sections.items():
        if sentences:
            yield title, [add_full_stop(sentence) for sentence in sentences]


def _format_row(one: PublishedSession, context: DateContext) -> tuple[str, str, str]:
    start, day = one.session.start, one.session.local_day
    own = f"{context.format_with_weekday(day)} {format_session_time(one.session)}".rstrip()
    utc = f"{format_clock_beside(start, day)} UTC" if isinstance(start, datetime) else ""
    flags = {"cancelled": one.session.cancelled is not None, "unconfirmed": one.is_unconfirmed}
    shown = ", ".join(flag for flag, holds in flags.items() if holds)
    return own, utc, f"{one.name} ({shown})" if shown else one.name


def _render_json(difference: Difference) -> str:
    """Return a difference as JSON, for programs; its keys stay.

    `same` says whether there is none. `first` and `last` are the days (UTC) that are compared. `calendar`, `vanishing`
    and `appearing` are sentences. Each of `chapters`, those that change, has sentences under `record`, `itself` and
    `page`, and under `past` and `coming` objects with their `text`, `kinds` and `sessions`: each with its `slot` (the
    UID without its domain), `before` and `after`, null where there is none. `next` holds the next five. Starts and ends
    are in UTC, or dates, the end exclusive. `advice` holds problems as `chatcal check --format json` does; `unread`,
    the files of the first side that have errors.
    """
    content = {
        "same": not difference,
        "now": format_rfc3339(difference.now),
        "first": difference.window.first.isoformat(),
        "last": difference.window.last.isoformat(),
        "calendar": difference.calendar,
        "vanishing": difference.vanishing,
        "appearing": difference.appearing,
        "chapters": [_build_chapter_json(one) for one in difference.chapters],
        "advice": json.loads(format_problems_json(difference.advice)),
        "unread": difference.unread,
    }
    return json.dumps(content, indent=2) + "\n"


def _build_chapter_json(one: ChapterDifference) -> dict[str, object]:
    return {
        "slug": one.slug,
        "hashtag": one.label[1:] if one.label.startswith("#") else None,
        "label": one.label,
        "record": one.record,
        "past": [_build_sentence_json(sentence) for sentence in one.past],
        "coming": [_build_sentence_json(sentence) for sentence in one.coming],
        "itself": one.chapter_changes,
        "page": one.page,
        "next": [_build_session_json(session) for session in one.next_sessions],
    }


def _build_sentence_json(one: Sentence) -> dict[str, object]:
    sessions = [
        {"slot": change.slot, "before": _build_session_json(change.before), "after": _build_session_json(change.after)}
        for change in one.changes
    ]
    return {"text": one.text, "kinds": one.kinds, "sessions": sessions}


def _build_session_json(one: PublishedSession | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "name": one.name,
        "start": format_rfc3339(one.session.start),
        "end": format_rfc3339(one.session.end),
        "day": one.session.local_day.isoformat(),
        "time": format_session_time(one.session),
        "cancelled": one.session.cancelled,
        "unconfirmed": one.is_unconfirmed,
        "hosts": ", ".join(one.session.hosts),
        "place": one.session.place,
        "join": one.session.join,
    }
