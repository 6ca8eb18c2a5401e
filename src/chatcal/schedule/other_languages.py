"""Words of other languages for days and months, and signs that only look like those of a keyboard."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from chatcal.english import DAYS, MONTHS, ORDINALS

# The seven days from Monday; `/` separates ways to write one.
_DAYS = (
    # German, French, Spanish, Portuguese, Swedish, Ukrainian, Italian, Dutch
    "montag/montags/mo dienstag/dienstags/di mittwoch/mittwochs/mi donnerstag/donnerstags/do freitag/freitags/fr "
    "samstag/samstags/sonnabend/sa sonntag/sonntags/so",
    "lundi/lundis mardi/mardis mercredi/mercredis jeudi/jeudis vendredi/vendredis samedi/samedis dimanche/dimanches",
    "lunes martes miércoles jueves viernes sábado/sábados domingo/domingos",
    "segunda-feira/segunda terça-feira/terça quarta-feira/quarta quinta-feira/quinta sexta-feira/sexta sábado domingo",
    "måndag/måndagen/måndagar tisdag/tisdagen/tisdagar onsdag/onsdagen/onsdagar torsdag/torsdagen/torsdagar "
    "fredag/fredagen/fredagar lördag/lördagen/lördagar söndag/söndagen/söndagar",
    "понеділок/понеділка/щопонеділка вівторок/вівторка/щовівторка середа/середу/середи/щосереди "
    "четвер/четверга/щочетверга п'ятниця/п'ятницю/п'ятниці/щоп'ятниці субота/суботу/суботи/щосуботи "
    "неділя/неділю/неділі/щонеділі",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
)
_MONTHS = (
    "januar/jänner februar märz april mai juni juli august september oktober november dezember/dez",
    "janvier/janv février/févr mars avril mai juin juillet août septembre octobre novembre décembre/déc",
    "enero/ene febrero marzo abril mayo junio julio agosto/ago septiembre octubre noviembre diciembre/dic",
    "janeiro fevereiro/fev março abril maio junho julho agosto setembro/set outubro/out novembro dezembro/dez",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня липень/липня "
    "серпень/серпня вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_ORDINALS = (
    "erster/ersten/erste/1. zweiter/zweiten/zweite/2. dritter/dritten/dritte/3. vierter/vierten/vierte/4. "
    "fünfter/fünften/fünfte/5.",
    "premier/1er/1ère deuxième/2e/second troisième/3e quatrième/4e cinquième/5e",
    "primer/primero/1º segundo/2º tercer/tercero/3º cuarto/4º quinto/5º",
    "primeira/primeiro/1ª segunda/2ª terceira/terceiro/3ª quarta/4ª quinta/5ª",
    "första andra tredje fjärde femte",
    "перший/перша/першу/першого друга/другий/другу/другого третя/третій/третю/третього "
    "четверта/четвертий/четверту/четвертого п'ята/п'ятий/п'яту/п'ятого",
    "primo secondo terzo quarto quinto",
    "eerste tweede derde vierde vijfde",
)
_OTHERS = {
    "last": "letzter/letzten/letzte/dernier/último/última/sista/останній/остання/останню/останнього/ultimo/laatste",
    "and": "und/et/y/e/och/\u0456/й/та/en",
    "of": "im/des/vom/du/de/del/do/da/di/i/av/van",
    "month": "monat/monats/mois/mes/mês/månad/månaden/mese/maand",
    "of month": "місяця",
    "other": "varannan/varannat",
    "two": "zwei/deux/dos/duas/due/två/два/twee",
    "three": "drei/trois/tres/três/tre/три/drie",
    "weeks": "wochen/semaines/semanas/veckor/vecka/тижні/settimane/weken",
    "on": "am/a/på",
    "every": "alle/toutes/jeden/jede/jedes/jeder/chaque/tous/cada/todos/todas/varje/кожен/"
    "кожна/кожну/кожного/ogni/elke/iedere",
    "": "le/la/les/el/los/las/o/os/a/as/am/der/die/das/dem/den/det/il/de/на/\u0443/в/щомісяця/monatlich/mensual",
}


@cache
def _index_words() -> dict[str, tuple[str, ...]]:
    """Return what each word may mean, in English; an empty text if it says nothing."""
    found: dict[str, dict[str, None]] = {}
    tables = ((_ORDINALS, ORDINALS), (_DAYS, DAYS), (_MONTHS, MONTHS))
    rows: list[tuple[list[str], tuple[str, ...]]]
    rows = [(row.split(), names) for languages, names in tables for row in languages]
    rows += [([written], (meant,)) for meant, written in _OTHERS.items()]
    for words, names in rows:
        for word, name in zip(words, names, strict=True):
            for form in word.split("/"):
                found.setdefault(form, {})[name.lower()] = None
    return {word: tuple(meanings) for word, meanings in found.items()}


_MAX_READINGS = 64
_SIGNS = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u201b\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb"), '"'),
}


def straighten(text: str) -> str:
    """Return a text with the signs of a keyboard for dashes, quotes and wide letters, and without quotes around it."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    return plain.strip(" \"'")


def iterate_readings(text: str) -> Iterator[str]:
    """Yield what a text may mean in small letters if its words for days and months are put into English.

    The text itself is among them, with the signs of a keyboard; there are few, or only it.
    """
    plain = straighten(text).lower()
    words = re.findall(r"[^\s,]+|,", plain)
    choices = [_index_words().get(word) or _index_words().get(word.rstrip("."), (word.rstrip("."),)) for word in words]
    for reading in islice(product(*choices), _MAX_READINGS):
        yield " ".join(word for word in reading if word)
