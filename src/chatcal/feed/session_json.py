"""A session as an object for programs: the same in the site's `sessions.json` and in what `chatcal next` prints."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from chatcal.english import format_count
from chatcal.feed import event
from chatcal.model import Calendar, Chapter, Link, Session, StartTime
from chatcal.recurrence.sessions import merge_links
from chatcal.timezones import load_zone


def sessions_to_json(
    calendar: Calendar, chapter: Chapter, sessions: Sequence[Session], held: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return sessions by the keys that docs/programs.md describes; what is not known is left out.

    Takes the summaries, by UID, of those that are as a feed held them.
    """
    summaries = {**event.summarize_sessions(calendar, chapter, sessions), **held}
    return [_session_to_json(chapter, one, summaries[one.uid]) for one in sessions]


def _session_to_json(chapter: Chapter, session: Session, summary: str) -> dict[str, object]:
    planned = session.moved_from
    return omit_unset(
        uid=session.uid,
        chapter=session.chapter,
        chat=session.chat,
        slot=session.slot.isoformat(),
        summary=summary,
        status=get_session_status(session),
        start=format_rfc3339(session.start),
        end=format_rfc3339(session.end),
        timezone=session.timezone,
        local_start=format_local_time(session.start, session.timezone),
        local_end=format_local_time(session.end, session.timezone),
        time=_format_time(session.at),
        moved_from={"day": planned[0].isoformat(), "time": _format_time(planned[1])} if planned else None,
        held_every=format_count(*session.held_every) if session.held_every else None,
        reason=session.cancelled,
        title=session.title,
        topic=session.topic,
        hosts=session.hosts,
        join=session.join,
        place=session.place,
        geo=session.geo,
        links=links_to_json(merge_links(chapter.links, session.links) if chapter.links else session.links),
        note=event.join_notes(chapter, session) if chapter.note else session.note,
        transcript=session.transcript,
    )


def links_to_json(links: Iterable[Link]) -> dict[str, str] | None:
    return {one.name: one.address for one in links} or None


def omit_unset(**values: object) -> dict[str, object]:
    """Return values by their name, leaving out those that nobody has given."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


def get_session_status(session: Session) -> str:
    """Return `cancelled`, `unconfirmed`, `weeks-unknown`, `time-unknown` or `confirmed`: the first that is true."""
    if session.cancelled is not None:
        return "cancelled"
    if session.unconfirmed:
        return "unconfirmed"
    if session.held_every:
        return "weeks-unknown"
    return "time-unknown" if event.has_vague_time(session) else "confirmed"


def format_local_time(moment: datetime | date, timezone: str | None) -> str | None:
    """Return an instant on a clock with its offset, as `2026-11-25T13:00:00-05:00`; None where there is no time."""
    return moment.astimezone(load_zone(timezone)).isoformat() if isinstance(moment, datetime) and timezone else None


def format_rfc3339(moment: datetime | date) -> str:
    """Return an instant as `2026-11-25T18:00:00Z`, a date as `2026-12-02`."""
    return moment.isoformat().replace("+00:00", "Z")


def _format_time(at: StartTime) -> str:
    return at.isoformat("minutes") if isinstance(at, time) else at.value
