"""What events should say in each language, written down by hand: the oracle takes nothing from catalogs or CLDR."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

PARTS = ("morning", "midday", "afternoon", "evening", "night")


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts of a language; the gaps of each are named."""

    name: str
    topic: str = "{name}: {topic}"
    cancelled: str
    called_off: str
    moved: str
    unconfirmed: str
    doubt: str
    unknown: str
    parts: tuple[str, ...]
    part_in_city: str
    no_clock: str
    host: str
    hosts: str
    join: str
    weekdays: str
    months: str
    day: str
    day_and_clock: str
    clock: str = "{hour:02}:{minute:02}"
    long_months: str
    long_day: str
    cities: Mapping[str, str] = field(default_factory=dict)

    def say_day(self, day: date) -> str:
        """Return a day with its weekday, without its year."""
        return self.day.format(weekday=self.say_weekday(day), day=day.day, month=self.months.split()[day.month - 1])

    def say_weekday(self, day: date) -> str:
        return self.weekdays.split()[day.weekday()]

    def say_long_day(self, day: date) -> str:
        return self.long_day.format(day=day.day, month=self.long_months.split()[day.month - 1], year=day.year)

    def say_clock(self, hour: int, minute: int) -> str:
        return self.clock.format(hour=hour, minute=minute)

    def say_part(self, part: str) -> str:
        return self.parts[PARTS.index(part)]

    def city(self, zone: str) -> str:
        name = zone.rpartition("/")[2].replace("_", " ")
        return self.cities.get(name, name)


ENGLISH = Texts(
    name="#{hashtag} chat", cancelled="Cancelled: {what}", called_off="Cancelled.", moved="Moved from {day}",
    unconfirmed="unconfirmed", doubt="Unconfirmed: last confirmed on {day}.", unknown="time unknown", parts=PARTS,
    part_in_city="{part} in {city}", no_clock="No clock time is known; the calendar shows the whole day.",
    host="Host: {hosts}", hosts="Hosts: {hosts}", join="Join: {address}",
    weekdays="Mon Tue Wed Thu Fri Sat Sun", months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    day="{weekday} {day} {month}", day_and_clock="{day} {clock}", long_day="{day} {month} {year}",
    long_months="January February March April May June July August September October November December",
)  # fmt: skip
TEXTS = {
    "en": ENGLISH,
    "es": Texts(
        name="Chat #{hashtag}", cancelled="Cancelado: {what}", called_off="Cancelado.",
        moved="Trasladado desde: {day}", unconfirmed="sin confirmar",
        doubt="Sin confirmar: confirmado por última vez el {day}.", unknown="hora desconocida",
        parts=("mañana", "mediodía", "tarde", "noche", "altas horas de la noche"), part_in_city="{part} en {city}",
        no_clock="No se sabe la hora; el calendario muestra el día entero.",
        host="A cargo de: {hosts}", hosts="A cargo de: {hosts}", join="Participa: {address}",
        weekdays="lun mar mié jue vie sáb dom", months="ene feb mar abr may jun jul ago sept oct nov dic",
        day="{weekday}, {day} {month}", day_and_clock="{day}, {clock}", clock="{hour}:{minute:02}",
        long_months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        long_day="{day} de {month} de {year}",
        cities={"New York": "Nueva York", "London": "Londres", "Kathmandu": "Katmandú"},
    ),
    "fr": Texts(
        name="Chat #{hashtag}", topic="{name}\u00a0: {topic}", cancelled="Annulé\u00a0: {what}", called_off="Annulé.",
        moved="Déplacé, prévu d’abord\u00a0: {day}", unconfirmed="non confirmé",
        doubt="Non confirmé\u00a0: dernière confirmation le {day}.", unknown="heure inconnue",
        parts=("matin", "midi", "après-midi", "soirée", "nuit"), part_in_city="{part} ({city})",
        no_clock="L’heure n’est pas connue\u00a0; le calendrier affiche toute la journée.",
        host="Animation\u00a0: {hosts}", hosts="Animation\u00a0: {hosts}", join="Participer\u00a0: {address}",
        weekdays="lun. mar. mer. jeu. ven. sam. dim.",
        months="janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        day="{weekday} {day} {month}", day_and_clock="{day}, {clock}",
        long_months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        long_day="{day} {month} {year}",
        cities={"London": "Londres", "Kathmandu": "Katmandou"},
    ),
    "de": Texts(
        name="Chat #{hashtag}", cancelled="Abgesagt: {what}", called_off="Abgesagt.", moved="Verschoben von {day}",
        unconfirmed="unbestätigt", doubt="Unbestätigt: zuletzt bestätigt am {day}.", unknown="Uhrzeit unbekannt",
        parts=("vormittags", "mittags", "nachmittags", "abends", "nachts"), part_in_city="{part} in {city}",
        no_clock="Die Uhrzeit ist nicht bekannt; der Kalender zeigt den ganzen Tag.",
        host="Moderation: {hosts}", hosts="Moderation: {hosts}", join="Teilnehmen: {address}",
        weekdays="Mo. Di. Mi. Do. Fr. Sa. So.",
        months="Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
        day="{weekday}, {day}. {month}", day_and_clock="{day}, {clock}",
        long_months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        long_day="{day}. {month} {year}",
        cities={"Vienna": "Wien"},
    ),
    "sv": Texts(
        name="Chatt #{hashtag}", cancelled="Inställd: {what}", called_off="Inställd.", moved="Flyttad från {day}",
        unconfirmed="obekräftad", doubt="Obekräftad: senast bekräftat den {day}.", unknown="okänd tid",
        parts=("morgon", "mitt på dagen", "eftermiddag", "kväll", "natt"), part_in_city="{part} i {city}",
        no_clock="Klockslaget är inte känt; kalendern visar hela dagen.",
        host="Värd: {hosts}", hosts="Värdar: {hosts}", join="Var med: {address}",
        weekdays="mån tis ons tors fre lör sön",
        months="jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
        day="{weekday} {day} {month}", day_and_clock="{day} {clock}",
        long_months="januari februari mars april maj juni juli augusti september oktober november december",
        long_day="{day} {month} {year}",
        cities={"Kathmandu": "Katmandu"},
    ),
    "uk": Texts(
        name="Чат #{hashtag}", cancelled="Скасовано: {what}", called_off="Скасовано.",
        moved="Перенесено з дати: {day}", unconfirmed="не підтверджено",
        doubt="Не підтверджено: востаннє підтверджено {day}", unknown="час невідомий",
        parts=("вранці", "опівдні", "після обіду", "увечері", "вночі"), part_in_city="{part} ({city})",
        no_clock="Час невідомий; календар показує цілий день.",
        host="Веде: {hosts}", hosts="Ведуть: {hosts}", join="Приєднатися: {address}",
        weekdays="пн вт ср чт пт сб нд",
        months="січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.",
        day="{weekday}, {day} {month}", day_and_clock="{day}, {clock}",
        long_months=(
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"
        ),
        long_day="{day} {month} {year}\u00a0р.",
        cities={
            "New York": "Нью-Йорк", "London": "Лондон", "Kathmandu": "Катманду", "Apia": "Апіа", "Kyiv": "Київ"
        },
    ),
    "pt": Texts(
        name="Chat #{hashtag}", cancelled="Cancelado: {what}", called_off="Cancelado.", moved="Transferido de {day}",
        unconfirmed="não confirmado", doubt="Não confirmado: confirmado pela última vez em {day}.",
        unknown="horário desconhecido", parts=("manhã", "meio-dia", "tarde", "noite", "tarde da noite"),
        part_in_city="{part} ({city})", no_clock="Não se sabe o horário; o calendário mostra o dia inteiro.",
        host="Mediação: {hosts}", hosts="Mediação: {hosts}", join="Participe: {address}",
        weekdays="seg. ter. qua. qui. sex. sáb. dom.",
        months="jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
        day="{weekday}, {day} de {month}", day_and_clock="{day} {clock}",
        long_months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        long_day="{day} de {month} de {year}",
        cities={"New York": "Nova York", "London": "Londres", "Kathmandu": "Katmandu", "Sao Paulo": "São Paulo"},
    ),
}  # fmt: skip
