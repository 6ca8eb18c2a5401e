"""A difference between two sides as a text, as Markdown for a pull request, and as JSON for programs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from chatcal.diff.difference import ChapterDifference, Difference
from chatcal.diff.grouping import Sentence
from chatcal.diff.session_changes import format_session_time
from chatcal.english import DAYS, format_clock, join_list
from chatcal.feed.event import PublishedSession
from chatcal.problems import Problem, Severity, format_problems
from chatcal.problems import format_problems_json as problems_as_json
from chatcal.recurrence.date_runs import DateContext

_PAST = "The past is touched. The page will say so; the feeds keep what was published."
_VANISHING = "Feeds would vanish. `chatcal build` stops there and writes nothing, unless it is told to --allow-shrink."
_CHANGES = "Subscribers will see:"
_APPEARING = "Feeds that appear:"
_PAGE = "On pages, and in no calendar:"
_SAME = "No difference: subscribers see no change."


def render_difference(
    found: Difference | None, problems: Sequence[Problem], sources: Mapping[str, bytes | None], form: str
) -> str:
    """Return a difference in a form (`text`, `markdown`, `json`), or the problems that leave none to be said."""
    if found is None:
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        if form == "json":
            return problems_as_json(errors)
        text = format_problems(errors, sources)
        return text if form == "text" else f"**The schedules have errors.**\n\n{format_code_block(text)}\n"
    if form == "json":
        return render_json(found)
    return render_text(found, sources) if form == "text" else render_markdown(found, sources)


def render_text(difference: Difference, sources: Mapping[str, bytes | None]) -> str:
    """Return a difference for a terminal; `sources` are the schedule files that advice points into."""
    reach = DateContext(difference.now.year)
    blocks = [[_describe_unread(difference.unread)]] if difference.unread else []
    blocks += [[title, *(f"  {line}" for line in lines)] for title, lines in _list_sections(difference) if lines]
    for chapter in difference.chapters:
        if chapter.next_sessions:
            rows = _align_rows([_format_row(one, reach) for one in chapter.next_sessions])
            blocks.append([f"Next of #{chapter.hashtag}:", *(f"  {row}" for row in rows)])
    if not difference:
        blocks.append([_SAME])
    if difference.advice:
        blocks.append(["Advice:", format_problems(difference.advice, sources).rstrip("\n")])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def render_markdown(difference: Difference, sources: Mapping[str, bytes | None]) -> str:
    """Return a difference for a comment on a pull request; nobody is mentioned, and nothing in it is markup."""
    reach = DateContext(difference.now.year)
    blocks = [escape_markdown(_describe_unread(difference.unread))] if difference.unread else []
    for title, lines in _list_sections(difference):
        if lines:
            blocks += [f"**{escape_markdown(title)}**", "\n".join(f"- {escape_markdown(line)}" for line in lines)]
    for chapter in difference.chapters:
        if chapter.next_sessions:
            rows = [f"| {' | '.join(map(escape_markdown, _format_row(one, reach)))} |" for one in chapter.next_sessions]
            head = ["| its own clock | UTC | |", "| --- | --- | --- |"]
            title = f"<details><summary>Next of {escape_markdown(f'#{chapter.hashtag}')}</summary>"
            blocks += [title, "\n".join([*head, *rows]), "</details>"]
    if not difference:
        blocks.append(_SAME)
    if difference.advice:
        blocks += ["**Advice:**", format_code_block(format_problems(difference.advice, sources))]
    return "\n\n".join(blocks) + "\n"


def format_code_block(text: str) -> str:
    """Return a text as a block of Markdown that shows it as it is."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


_MARKUP = re.compile(r"([\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w))")


def escape_markdown(text: str) -> str:
    """Return a text that Markdown shows as it is; an @ that would call somebody gets a comment behind it."""
    lines = _MARKUP.sub(r"\\\1", text).replace("\n", " ")
    return re.sub(r"@(?=\w)", "@<!-- -->", lines)


def _describe_unread(files: Iterable[str]) -> str:
    return f"Before, {join_list(list(files))} had errors: nothing is said of what changes there."


def _list_sections(difference: Difference) -> Iterator[tuple[str, list[str]]]:
    """Yield headings and their sentences, the past first."""
    chapters = difference.chapters
    yield _PAST, [line for one in chapters for line in _format_sentences(one, [*one.record, *_list_texts(one.past)])]
    yield _VANISHING, [_add_full_stop(sentence) for sentence in difference.vanishing]
    coming = [
        line for one in chapters for line in _format_sentences(one, [*one.chapter_changes, *_list_texts(one.coming)])
    ]
    yield _CHANGES, [*(_add_full_stop(sentence) for sentence in difference.calendar), *coming]
    yield _APPEARING, [_add_full_stop(sentence) for sentence in difference.appearing]
    yield _PAGE, [line for one in chapters for line in _format_sentences(one, one.page)]


def _list_texts(sentences: Iterable[Sentence]) -> list[str]:
    return [one.text for one in sentences]


def _format_sentences(chapter: ChapterDifference, sentences: Iterable[str]) -> list[str]:
    return [_add_full_stop(f"#{chapter.hashtag}: {sentence}") for sentence in sentences]


def _add_full_stop(text: str) -> str:
    """Return a sentence with its full stop, unless that would spoil an address."""
    return (
        text
        if text.endswith((".", "!", "?", ".\u201d", "!\u201d", "?\u201d")) or "://" in text.rsplit(maxsplit=1)[-1]
        else f"{text}."
    )


def _format_row(one: PublishedSession, reach: DateContext) -> tuple[str, str, str]:
    """Return a session as three cells: on its own clock, in UTC, and its name with what must be known."""
    own = f"{reach.format_with_weekday(one.day)} {format_session_time(one)}".rstrip()
    there = ""
    if isinstance(one.start, datetime):
        weekday = "" if one.start.date() == one.day else f"{DAYS[one.start.weekday()][:3]} "
        there = f"{weekday}{format_clock(one.start)} UTC"
    marks = {"cancelled": one.cancelled is not None, "unconfirmed": one.unconfirmed}
    told = ", ".join(mark for mark, holds in marks.items() if holds)
    return own, there, f"{one.name} ({told})" if told else one.name


def _align_rows(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def render_json(difference: Difference) -> str:
    """Return a difference as JSON, for programs; its keys stay.

    `same`: whether there is none. `now`, and the `first` and the `last` day (UTC) that are compared. `calendar`,
    `vanishing` and `appearing` are sentences. `chapters`, those that change: `slug`, `hashtag`, sentences under
    `record`, `itself` and `page`, and under `past` and `coming` objects with their `text`, their `kinds`, and for each
    of their `sessions` the `slot` (the UID without its domain) with `before` and `after`, null where there is none;
    `next` holds the next five. Starts and ends are in UTC, or dates, the end exclusive. `advice` holds problems as
    `chatcal check --format json` does; `unread`, the files of the first side that could not be read.
    """
    made = {
        "same": not difference,
        "now": _format_rfc3339(difference.now),
        "first": difference.window.first.isoformat(),
        "last": difference.window.last.isoformat(),
        "calendar": difference.calendar,
        "vanishing": difference.vanishing,
        "appearing": difference.appearing,
        "chapters": [_build_chapter_json(one) for one in difference.chapters],
        "advice": json.loads(problems_as_json(difference.advice)),
        "unread": difference.unread,
    }
    return json.dumps(made, indent=2) + "\n"


def _build_chapter_json(one: ChapterDifference) -> dict[str, object]:
    return {
        "slug": one.slug,
        "hashtag": one.hashtag,
        "record": one.record,
        "past": [_build_sentence_json(sentence) for sentence in one.past],
        "coming": [_build_sentence_json(sentence) for sentence in one.coming],
        "itself": one.chapter_changes,
        "page": one.page,
        "next": [_build_session_json(session) for session in one.next_sessions],
    }


def _build_sentence_json(one: Sentence) -> dict[str, object]:
    sessions = [
        {"slot": step.slot, "before": _build_session_json(step.before), "after": _build_session_json(step.after)}
        for step in one.changes
    ]
    return {"text": one.text, "kinds": one.kinds, "sessions": sessions}


def _build_session_json(one: PublishedSession | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "name": one.name,
        "start": _format_rfc3339(one.start),
        "end": _format_rfc3339(one.end),
        "day": one.day.isoformat(),
        "time": format_session_time(one),
        "cancelled": one.cancelled,
        "unconfirmed": one.unconfirmed,
        "hosts": one.hosts,
        "join": one.event.location,
    }


def _format_rfc3339(moment: datetime | date) -> str:
    return moment.isoformat().replace("+00:00", "Z")
