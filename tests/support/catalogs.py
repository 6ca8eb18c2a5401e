"""The catalogs of `src/chatcal/locale/`: collects the messages of the code, and finds what a catalog lacks.

`python3 dev.py words` writes every catalog anew, with the messages that the code has now.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from chatcal import words

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "src" / "chatcal" / "locale"
_KEYWORDS = {
    "mark": None, "mark_count": (1, 1), "say": None, "say_as": ((1, "c"), 2), "say_count": (1, 2),
    "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_NOTES = {
    "from a day": "As in: from 4 March 2026 until the end of May 2026.",
    "from a month or year": "As in: from March 2026 until the end of 2027.",
    "numbered": "In the place of “first and third Monday” of: the first and third Monday of every month.",
    "every": "In the place of “Monday” of: every Monday and Friday.",
    "on": "In the place of “Monday” of: every other week on Monday and Friday; weeks begin on Monday.",
    "except on": "In the place of “Mondays” of: every day except on Mondays and Fridays.",
    "gender": "Not shown. Write masculine, feminine or neuter, as is right for “the first Monday” in your language.",
    "part of the day": "As in: Lantern chat, afternoon in Paris.",
    "day of the month": "As in: the 1st and 15th of every month.",
    **dict.fromkeys(words.GENDERS, "Before a noun of this gender, as in: the first Monday, every third month."),
}
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # no date of the machine gets into a catalog
_HEAD = """\
# {language} translation of chatcal.
# Form of address:
# Words:
# Not read by a native speaker yet; CONTRIBUTING.md says how to send a correction."""
_LINE = re.compile(r'(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?) )?"([^"\\]|\\.)*")?\s*')
_SHOWN = 20
ALTERNATIVE_GAPS = {"ordinal": "number"}
"""Gaps that a translation may use in the place of another."""


def build_template() -> Catalog:
    """Return all messages of the code, without translations."""
    template = Catalog(
        project="chatcal", version="", charset="utf-8", creation_date=_NEVER, fuzzy=False, copyright_holder="chatcal"
    )
    found = extract_from_dir(
        ROOT / "src" / "chatcal",
        _METHODS,
        {"**.html": {"trimmed": "true", "silent": "false"}},
        keywords=_KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
        directory_filter=lambda folder: Path(folder).name not in {"scaffold", "static", "locale"},
    )
    for file, line, message, comments, context in sorted(found, key=lambda one: one[:2]):
        template.add(message, locations=[(file.replace("\\", "/"), line)], auto_comments=comments, context=context)
    for context, table in words.TABLES.items():
        for text in table:
            template.add(text, auto_comments=[_NOTES[context]], context=context)
    return template


def read_catalog(name: str) -> Catalog:
    path = get_path(name)
    return parse_catalog(path.read_bytes(), name, path.relative_to(ROOT).as_posix())


def parse_catalog(content: bytes, name: str, path: str) -> Catalog:
    """Return a catalog; raise ValueError for a line that Babel would read in another way than it was meant."""
    for number, line in enumerate(content.decode().splitlines(), 1):
        if not _LINE.fullmatch(line):
            raise ValueError(f'{path}:{number}: Write a text between " and ", and a " within it as \\": {line}')
    return read_po(BytesIO(content), locale=name)


def find_locale(name: str) -> Locale:
    """Return a language by its code, with its country or script as in `pt_PT` or `pt-PT`."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"“{name}” is not the code of a language, like it or pt_PT.") from None


def begin_catalog(locale: Locale, template: Catalog) -> bytes:
    """Return the file of a new catalog, without translations."""
    head = _HEAD.format(language=locale.english_name)
    return update_catalog(Catalog(locale=locale, header_comment=head, fuzzy=False), template)


def get_path(name: str) -> Path:
    return LOCALE / name / "LC_MESSAGES" / "chatcal.po"


def update_catalog(catalog: Catalog, template: Catalog) -> bytes:
    """Return the file of a catalog with the messages of the template."""
    catalog.update(template)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.msgid_bugs_address = template.project, template.version, ""
    catalog.revision_date, catalog.fuzzy = _NEVER, False
    catalog.last_translator = catalog.language_team = "chatcal contributors"
    out = BytesIO()
    write_po(out, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    return re.sub(rb'"Generated-By: .*\n', b"", out.getvalue())  # it changes with every version


def find_faults(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations of a catalog, a line for each message."""
    for message in template:
        if not message.id:
            continue  # its translation is the head of the catalog
        found = catalog.get(message.id, message.context)
        string = found.string if found else None
        texts = [text for text in (string if isinstance(string, tuple | list) else (string,)) if text]
        if found is None or len(texts) != (catalog.num_plurals if message.pluralizable else 1):
            yield f"missing: {_name(message)}"
        elif found.fuzzy:
            yield f"fuzzy: {_name(message)}"
        else:
            yield from (f"gaps: {_name(message)} -> {text}" for text in texts if not _has_gaps(message, text))


def _name(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[-1]
    return f"{message.context} | {text}" if message.context else text


def _has_gaps(message: Message, translation: str) -> bool:
    """Say whether a translation has each gap of its message, and no other."""
    text = message.id if isinstance(message.id, str) else message.id[-1]
    needed, found = list_gaps(text), list_gaps(translation)
    if any(sign not in ("%", "(") for sign in re.findall(r"%(.)", translation.replace("%%", ""))):
        return False
    alternatives = {ALTERNATIVE_GAPS.get(gap, gap) for gap in needed}
    return found == needed or (message.pluralizable and found == alternatives)


def list_gaps(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def main(*names: str) -> int:
    """Write the catalogs anew, or those of new languages; return how many are not complete."""
    template = build_template()
    for locale in map(find_locale, names):
        if not get_path(str(locale)).exists():
            get_path(str(locale)).parent.mkdir(parents=True)
            get_path(str(locale)).write_bytes(begin_catalog(locale, template))
    unready = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/chatcal.po")):
        catalog = read_catalog(path.parts[-3])
        path.write_bytes(update_catalog(catalog, template))
        faults = list(find_faults(catalog, template))
        unready += bool(faults)
        sys.stdout.write(f"{path.relative_to(ROOT).as_posix()}: {len(faults)} to do\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in faults[:_SHOWN])
        if len(faults) > _SHOWN:
            sys.stdout.write(f"  and {len(faults) - _SHOWN} more\n")
    return unready


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ValueError as error:
        sys.exit(str(error))
