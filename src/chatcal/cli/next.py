"""List the coming sessions."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from chatcal import english, timezones
from chatcal.cli import options
from chatcal.cli.folder import load_chapters
from chatcal.cli.output import render_table
from chatcal.feed import session_json
from chatcal.feed.event import format_session_name, has_vague_time
from chatcal.model import Chapter, DayPart, Session
from chatcal.recurrence.sessions import UpcomingSession


@click.command(name="next")
@click.argument("chapter", required=False)
@click.option(
    "--tz",
    "timezone",
    type=options.ZoneType(),
    metavar="ZONE",
    help="The zone to show times in, like Europe/London or London.  [default: this machine's, or UTC]",
)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many sessions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.now_option
@click.pass_obj
def list_next(folder: Path, *, chapter: str | None, timezone: str | None, count: int, form: str, now: datetime) -> None:
    """List the coming sessions of CHAPTER, or of all, in your zone and on the chapter's clock.

    --format json prints a list of objects for programs, like those under `sessions` in the site's sessions.json: uid,
    chapter, chat, slot, summary, status (cancelled, unconfirmed, time-unknown or confirmed), start and end (in UTC, or
    dates where no clock time is known), timezone, local_start, local_end, time, moved_from, reason, title, topic,
    hosts, join, note, transcript; and reader_start and reader_end, in your zone. What is not known is left out.
    """
    from chatcal import timezones
    from chatcal.recurrence.sessions import find_next_sessions

    calendar, chapters, wrong = load_chapters(folder, chapter, now)
    named = timezone or options.find_local_zone()
    zone_name = named or timezones.UTC_NAME
    sessions = find_next_sessions(calendar, chapters, now, count)
    if form == "json":
        click.echo(format_upcoming_json(sessions, zone_name), nl=False)
    elif not sessions:
        click.echo("No session lies ahead.")
    else:
        click.echo(format_table_heading(zone_name, named=named is not None))
        click.echo(
            render_table(
                get_column_titles(zone_name),
                [format_session_row(*one, zone_name) for one in sessions],
            ),
            nl=False,
        )
    sys.exit(wrong)


def list_badges(session: Session) -> list[str]:
    """Return what a reader must know of a session: `cancelled`, `moved`, `unconfirmed`, `time unknown`, in order."""
    if session.cancelled is not None:
        return ["cancelled"]
    marks = {
        "moved": session.moved_from is not None,
        "unconfirmed": session.unconfirmed,
        "time unknown": has_vague_time(session),
    }
    return [mark for mark, applies in marks.items() if applies]


def format_tagged_name(chapter: Chapter, session: Session) -> str:
    """Return what a session is called among those of other chapters: its name, with the hashtag in any case."""
    return (
        f"{format_session_name(chapter, session)} (#{chapter.hashtag})"
        if session.title
        else format_session_name(chapter, session)
    )


def get_column_titles(timezone: str) -> tuple[str, str, str, str]:
    """Return the titles of the columns that `row` fills."""
    return (timezones.get_city_name(timezone), "There", "Chat", "")


def format_table_heading(timezone: str, *, named: bool) -> str:
    """Return whose times a table shows; `named` says whether somebody, or the machine, named the zone."""
    if named:
        return f"Times in {timezones.get_city_name(timezone)} ({timezone}), and on the clock of each chapter."
    return "Times in UTC, since this machine names no time zone (--tz names one), and on the clock of each chapter."


def format_session_row(chapter: Chapter, session: Session, timezone: str) -> tuple[str, str, str, str]:
    """Return a session as four cells: when in the reader's zone, on the chapter's clock, its name, its badges."""
    return (
        _format_reader_time(session, timezone),
        _format_chapter_time(session),
        format_tagged_name(chapter, session),
        ", ".join(list_badges(session)),
    )


def _format_reader_time(session: Session, timezone: str) -> str:
    """Return `Wed 4 Nov 2026 18:00`, or the day alone."""
    if isinstance(session.start, datetime):
        local = english.convert_to_zone(session.start, timezone)
        return f"{english.format_day(local.date())} {english.format_clock(local)}"
    return english.format_day(session.start)


def _format_chapter_time(session: Session) -> str:
    """Return `Wed 4 Nov 13:00 Toronto`, or the day with what is known of its time: `Wed 4 Nov, afternoon in Paris`."""
    if isinstance(session.start, datetime) and session.timezone is not None:
        local = english.convert_to_zone(session.start, session.timezone)
        return f"{english.format_day_and_time(local.date(), local.time())} {timezones.get_city_name(session.timezone)}"
    if session.timezone is None or session.at is DayPart.UNKNOWN:
        return english.format_day_and_time(session.start, session.at)
    return f"{english.format_day_and_time(session.start, session.at)} in {timezones.get_city_name(session.timezone)}"


def format_upcoming_json(found: Sequence[UpcomingSession], timezone: str) -> str:
    """Return coming sessions as a JSON list of objects, for programs.

    They are those of `sessions` in the site's sessions.json, with the same keys: `uid`, `chapter` (its slug), `chat`
    (its id), `slot` (the day by which schedule files know it), `summary`, `status` (the first that is true of
    `cancelled`, `unconfirmed`, `time-unknown`, `confirmed`), `start` and `end` in UTC (`2026-11-04T18:00:00Z`), or as
    dates, the end exclusive, where there is no clock time; `timezone`, `local_start` and `local_end` on the chapter's
    clock, with offset; `time`, its clock time, or what is known instead; `moved_from` (`day` and `time`), `reason` of a
    cancellation, `title`, `topic`, `hosts`, `join`, `note`, `transcript`. Beside them `reader_start` and `reader_end`,
    on the reader's clock. A key of which nothing is known is left out.
    """
    rows = [
        session_json.session_to_json(chapter, session)
        | session_json.omit_unset(
            reader_start=session_json.format_local_time(session.start, timezone),
            reader_end=session_json.format_local_time(session.end, timezone),
        )
        for chapter, session in found
    ]
    return json.dumps(rows, indent=2) + "\n"
