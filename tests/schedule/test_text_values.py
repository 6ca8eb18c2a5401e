"""Texts, addresses and names, each as it is typed."""

from collections.abc import Callable
from typing import Any

import pytest

from chatcal.problems import ScheduleError, Span
from chatcal.schedule import text_values
from chatcal.schedule.nodes import Scalar

contact = text_values.make_address_reader("mailto:", "https://", "http://")


def refused(reader: Callable[[Any], Any], typed: str) -> tuple[str, str]:
    """Return the code and the hint of the one problem of a text."""
    with pytest.raises(ScheduleError) as error:
        reader(Scalar(typed, Span("")))
    (problem,) = error.value.problems
    return problem.code, problem.hint


def test_a_text_loses_the_spaces_round_it() -> None:
    assert text_values.read_text(Scalar(" a b ", Span(""))) == "a b"


@pytest.mark.parametrize("reader", [text_values.read_line, text_values.read_cancelled])
def test_a_line_that_runs_over_several_is_one_all_the_same(reader: Callable[[Any], Any]) -> None:
    assert reader(Scalar("Oil,  wicks \n\n  and glass\n", Span(""))) == "Oil,  wicks and glass"


@pytest.mark.parametrize(
    ("reader", "typed"),
    [
        (text_values.read_web_address, "https://lantern.example/"),
        (text_values.read_web_address, "HTTP://lantern.example/a?b=c#d"),
        (text_values.read_web_address, "https://[2001:db8::1]/"),
        (text_values.read_web_address, "https://xn--bcher-kva.example/ü"),
        (contact, "mailto:ada@lantern.example"),
        (text_values.read_language, "en"),
        (text_values.read_language, "pt-BR"),
        (text_values.read_language, "zh-Hant-TW"),
        (text_values.read_hashtag, "lantern_chat_2"),
        (text_values.read_hashtag, "燈台"),
        (text_values.read_hashtag, "हिन्दी"),
        (text_values.read_feed_name, "a-b_c"),
        (text_values.read_feed_name, "0" * 60),
        (text_values.read_chat_id, "late2"),
        (text_values.read_domain, "hcsm.chatcal.example"),
        (text_values.read_domain, "x"),
        (text_values.read_visibility, "hide"),
        (text_values.read_home, "https://lantern.example/"),
    ],
)
def test_what_is_well_written_stays_as_it_is(reader: Callable[[Any], Any], typed: str) -> None:
    assert reader(Scalar(typed, Span(""))) == typed


def test_home_is_a_folder() -> None:
    assert text_values.read_home(Scalar("https://lantern.example/a", Span(""))) == "https://lantern.example/a/"


@pytest.mark.parametrize(("typed", "reason"), [("", ""), (" Holidays ", "Holidays")])
def test_a_reason_may_be_missing(typed: str, reason: str) -> None:
    assert text_values.read_cancelled(Scalar(typed, Span(""))) == reason


FROM_BROWSER = "Copy it from the address line of the browser."


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("www.lantern.example", "Write `https://www.lantern.example`."),
        ("lantern.example/chat", "Write `https://lantern.example/chat`."),
        ("javascript:alert(1)", FROM_BROWSER),
        ("data:text/html,x", FROM_BROWSER),
        ("//lantern.example", FROM_BROWSER),
        ("https://", FROM_BROWSER),
        ("https://[x", FROM_BROWSER),
        ("https:lantern.example", FROM_BROWSER),
        ("https://lantern.example, https://b.example", "nothing else: `https://lantern.example`."),
        ("https://lantern.example/my chat", "write only `https://lantern.example/my`."),
        ("https://a.example https://b.example", "Write one address, and nothing else: `https://a.example`."),
        ("<https://a.example>", "Write one address, and nothing else: `https://a.example`."),
        ('https://a.example/"x"', "Write one address, and nothing else: `https://a.example/`."),
        ("ada@lantern.example", "E-mail addresses are not shown; write the address of a page."),
        ("@lanternchat", "A handle goes under `account:`; write the address of a page here."),
        ("to follow", FROM_BROWSER),
    ],
)
def test_what_is_no_address_of_a_page_gets_what_to_write(typed: str, hint: str) -> None:
    code, said = refused(text_values.read_web_address, typed)
    assert code == "address"
    assert said.endswith(hint)


@pytest.mark.parametrize(
    ("reader", "typed", "code", "hint"),
    [
        (contact, "ada@lantern.example", "address", "Write `mailto:ada@lantern.example`."),
        (contact, "mailto:ada", "address", FROM_BROWSER),
        (text_values.read_home, "https://a.example/?b#c", "address", "Write `https://a.example/`."),
        (text_values.read_home, "https://a.example/#c", "address", "Write `https://a.example/`."),
        (text_values.read_hashtag, "#lantern", "hashtag", "Write `lantern`."),
        (
            text_values.read_hashtag,
            "lantern-chat",
            "hashtag",
            "A hashtag has letters, digits and `_`, and no spaces: `lanternchat`.",
        ),
        (text_values.read_hashtag, "!", "hashtag", "A hashtag has letters, digits and `_`, and no spaces."),
        (
            text_values.read_chat_id,
            "Late Night",
            "id",
            "Write lower-case letters and digits, a letter first: `latenight`.",
        ),
        (text_values.read_chat_id, "2nd", "id", "Write lower-case letters and digits, a letter first: `nd`."),
        (text_values.read_chat_id, "!", "id", "Write lower-case letters and digits, a letter first: `late`."),
        (
            text_values.read_domain,
            "https://A.example/b",
            "domain",
            "Write lower-case letters, digits, dots and `-`: `a.example`.",
        ),
        (text_values.read_domain, "?", "domain", "Write lower-case letters, digits, dots and `-`: `chats.example`."),
        (
            text_values.read_domain,
            "a" * 101,
            "domain",
            f"Write lower-case letters, digits, dots and `-`: `{'a' * 100}`.",
        ),
        (
            text_values.read_visibility,
            "yes",
            "choice",
            "Write `show`, or `hide` to keep unconfirmed sessions out of the feeds.",
        ),
        (
            text_values.read_language,
            "any language",
            "language",
            "Write the short form of one language, like `en` or `pt-BR`.",
        ),
        *(
            (
                text_values.read_language,
                name,
                "language",
                f"Write the short form of one language, like `{tag}` or `pt-BR`.",
            )
            for name, tag in (("German", "de"), ("deutsch", "de"), ("Español ", "es"), ("polish", "pl"))
        ),
    ],
)
def test_what_is_written_wrong_gets_what_to_write(
    reader: Callable[[Any], Any], typed: str, code: str, hint: str
) -> None:
    assert refused(reader, typed) == (code, hint)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lantern Chat", " Here perhaps: `lantern-chat`."),
        ("../../x", " Here perhaps: `x`."),
        ("-a", " Here perhaps: `a`."),
        ("x" * 61, f" Here perhaps: `{'x' * 60}`."),
        ("CON", ""),
        ("…", ""),
        ("a.b", " Here perhaps: `a-b`."),
        ("", ""),
    ],
)
def test_a_name_that_no_feed_can_have_gets_one_that_is_near(typed: str, meant: str) -> None:
    problem = text_values.check_feed_name(typed, Span(""))
    assert problem is not None
    assert problem.hint == text_values.FEED_NAME_HINT + meant


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com1", "lpt9"])
def test_names_that_windows_keeps_are_refused(name: str) -> None:
    assert refused(text_values.read_feed_name, name) == ("name", f"Choose another, like `{name}chat`.")


def test_a_good_name_has_no_problem() -> None:
    assert text_values.check_feed_name("com10", Span("")) is None


def test_a_calendar_is_followed_only_where_it_answers_with_https() -> None:
    code, said = refused(text_values.read_calendar_address, "http://lantern.example/chat.ics")
    assert (code, said) == ("address", "Write `https://lantern.example/chat.ics`, if it answers there.")
