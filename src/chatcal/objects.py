"""A session as an object for programs: the same in the site's `sessions.json` and in what `chatcal next` prints."""

from datetime import date, datetime, time

from chatcal import event, words
from chatcal.model import At, Chapter, Session


def session(chapter: Chapter, session: Session) -> dict[str, object]:
    """Return a session by the keys that docs/programs.md describes; what is not known is left out."""
    planned = session.planned
    return known(
        uid=session.uid,
        chapter=session.chapter,
        chat=session.chat,
        slot=session.slot.isoformat(),
        summary=event.summary(chapter, session),
        status=status(session),
        start=_moment(session.start),
        end=_moment(session.end),
        timezone=session.timezone,
        local_start=on_clock(session.start, session.timezone),
        local_end=on_clock(session.end, session.timezone),
        time=_time(session.at),
        moved_from={"day": planned[0].isoformat(), "time": _time(planned[1])} if planned else None,
        reason=session.cancelled,
        title=session.title,
        topic=session.topic,
        hosts=session.hosts,
        join=session.join,
        note=session.note,
        transcript=session.transcript,
    )


def known(**values: object) -> dict[str, object]:
    """Return values by their name, leaving out those that nobody has given."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


def status(session: Session) -> str:
    """Return `cancelled`, `unconfirmed`, `time-unknown` or `confirmed`: the first that is true."""
    if session.cancelled is not None:
        return "cancelled"
    if session.unconfirmed:
        return "unconfirmed"
    return "time-unknown" if event.has_vague_time(session) else "confirmed"


def on_clock(moment: datetime | date, timezone: str | None) -> str | None:
    """Return an instant on a clock with its offset, as `2026-11-25T13:00:00-05:00`; None where there is no time."""
    return words.on_clock(moment, timezone).isoformat() if isinstance(moment, datetime) and timezone else None


def _moment(moment: datetime | date) -> str:
    """Return an instant as `2026-11-25T18:00:00Z`, a date as `2026-12-02`."""
    return moment.isoformat().replace("+00:00", "Z")


def _time(at: At) -> str:
    return words.clock(at) if isinstance(at, time) else at.value
