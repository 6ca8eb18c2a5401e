"""List the coming sessions."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from chatcal import english
from chatcal.cli import options
from chatcal.cli.folder import load_chapters
from chatcal.cli.output import list_badges, render_table
from chatcal.feed.event import format_session_name
from chatcal.feed.session_json import format_local_time, omit_unset, sessions_to_json
from chatcal.model import Calendar, Chapter, DayPart, Session
from chatcal.recurrence.sessions import UpcomingSession, find_next_sessions
from chatcal.timezones import UTC_NAME, get_city_name


@click.command(name="next")
@click.argument("chapter", required=False)
@click.option(
    "--tz",
    "timezone",
    type=options.ZONE,
    metavar="ZONE",
    help="The zone to show times in, like Europe/London or London.  [default: this machine's, or UTC]",
)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many sessions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.now_option
@click.pass_obj
def list_next(folder: Path, *, chapter: str | None, timezone: str | None, count: int, form: str, now: datetime) -> None:
    """List the coming sessions of CHAPTER, or of all chapters, in your zone and on the chapter's clock.

    --format json prints a list of objects for programs, like those under `sessions` in the site's sessions.json: uid,
    chapter, chat, slot, summary, status (cancelled, unconfirmed, weeks-unknown, time-unknown or confirmed), start and
    end (in UTC, or dates if no clock time is known), timezone, local_start, local_end, time, moved_from, held_every,
    reason, title, topic, hosts, place, geo, join, links, note, transcript; and reader_start and reader_end, in your
    zone. What is not known is left out.
    """
    calendar, chapters, has_errors = load_chapters(folder, chapter, now)
    timezone = timezone or options.find_local_zone()
    found = find_next_sessions(calendar, chapters, now, count)
    if form == "json":
        text = format_upcoming_json(calendar, found, timezone or UTC_NAME)
    else:
        text = "There are no coming sessions.\n" if chapters or not has_errors else ""
        text = format_upcoming_table(calendar, found, timezone) if found else text
    click.echo(text, nl=False)
    sys.exit(has_errors)


def format_upcoming_table(calendar: Calendar, found: Iterable[UpcomingSession], timezone: str | None) -> str:
    """Return sessions as a table, in a zone and on the clocks of their chapters; None stands for UTC."""
    shown = timezone or UTC_NAME
    city = get_city_name(shown)
    whose = f"in {city} ({shown})" if timezone else "in UTC, since this machine names no time zone (--tz names one)"
    rows = [
        (
            _format_reader_time(session, shown),
            _format_chapter_time(session),
            _format_tagged_name(calendar, chapter, session),
            ", ".join(word for word, _ in list_badges(session)),
        )
        for chapter, session in found
    ]
    table = render_table((city, "There", english.capitalize(calendar.called.one), ""), rows)
    return f"Times {whose}, and on the clock of each chapter.\n{table}"


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
        return f"{english.format_day_and_time(local.date(), local.time())} {get_city_name(session.timezone)}"
    known = english.format_day_and_time(session.start, session.at)
    if session.timezone is None or session.at is DayPart.UNKNOWN:
        return known
    return f"{known} in {get_city_name(session.timezone)}"


def _format_tagged_name(calendar: Calendar, chapter: Chapter, session: Session) -> str:
    name = format_session_name(calendar, chapter, session)
    return f"{name} ({chapter.label})" if session.title else name


def format_upcoming_json(calendar: Calendar, found: Iterable[UpcomingSession], timezone: str) -> str:
    rows = [
        sessions_to_json(calendar, chapter, [session], {})[0]
        | omit_unset(
            reader_start=format_local_time(session.start, timezone),
            reader_end=format_local_time(session.end, timezone),
        )
        for chapter, session in found
    ]
    return json.dumps(rows, indent=2) + "\n"
