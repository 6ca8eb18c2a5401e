"""Passwords of meetings, which everybody could read in feeds and on pages."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from chatcal.english import join_code
from chatcal.model import Calendar, Chapter, Chat, Link, Session, SessionOverride
from chatcal.problems import Problem, Span, make_warning
from chatcal.project import CALENDAR_SPAN, Project
from chatcal.text import split_addresses

_KEYS = "pwd|passwd|password|passcode|pass|pw|pin|tk"
_IN_ADDRESS = re.compile(
    rf"[?&#;/](?:{_KEYS})=[^&#]|passcode|//teams\.[^?]*\?(?:.*&)?p=[^&#]|[?&#;][\w-]*(?:pwd|password)=[^&#]|^https?://[^/?#@:]*:[^/?#@]+@",
    re.IGNORECASE,
)
_WORDS = "password|passcode|pwd|passwort|kennwort|kenncode|wachtwoord|mot de passe|contraseña|senha|lösenord|пароль"
_IN_WORDS = re.compile(rf"\b(?:{_WORDS})\b(?:\s*[:=]\s*\S|(?:\s+(?:is|ist|est|es|är|é))?\s+[^\s.,]*\d)", re.IGNORECASE)
_TEXT_KEYS = ("about", "join", "place", "website", "note", "title", "topic", "transcript", "cancelled")


def check_calendar_passwords(project: Project) -> Iterator[Problem]:
    """Check that `chatcal.yaml` gives away no password of a meeting."""
    yield from _check_texts(project.calendar, CALENDAR_SPAN)


def check_passwords(_: Project, chapter: Chapter) -> Iterator[Problem]:
    """Check that a chapter, its chats, its sessions, or the calendar that it follows give away no password."""
    yield from _check_texts(chapter, Span(chapter.file))
    parts: tuple[Chat | SessionOverride, ...] = (*chapter.chats, *chapter.overrides)
    for part in parts:
        yield from _check_texts(part, part.where)
    if chapter.upstream is not None:
        where = chapter.upstream.where
        yield from islice(chain.from_iterable(_check_texts(one, where) for one in chapter.upstream_sessions), 1)


def _check_texts(part: Calendar | Chapter | Chat | SessionOverride | Session, where: Span) -> Iterator[Problem]:
    links: tuple[Link, ...] = getattr(part, "links", ())
    texts = {key: getattr(part, key, None) for key in _TEXT_KEYS} | {
        "links": " ".join(f"{one.name}: {one.address}" for one in links)
    }
    if keys := [key for key, text in texts.items() if text and _has_password(text)]:
        contain = "contains" if len(keys) == 1 else "contain"
        yield make_warning(
            where,
            "password",
            f"{join_code(keys)} {contain} the password of a meeting, and everybody can read the feed and the page.",
            "Leave the password out, and let a host admit people; or tell it only to those who sign up. If everybody "
            "may know it, leave it.",
        )


def _has_password(text: str) -> bool:
    parts = split_addresses(text)
    return any(_IN_WORDS.search(words) for words in parts[::2]) or any(map(_IN_ADDRESS.search, parts[1::2]))
