// The sessions that ical.js finds in calendars of any kind: `node expand.mjs < REQUEST`, both as JSON.
//
// REQUEST has a file's path and spans of days for each: [["a.ics", [["2026-01-01", "2027-12-31"]]]]. ical.js refuses a
// whole file for one bad line. So it gets only the lines that say when something takes place, and each event by itself.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const MOST = 20_000;
const DAY = 86_400;
// So far a change may move a session into a span.
const MARGIN = 60 * DAY;

// A zone that the machine knows: files often name one that they do not define.
class MachineZone extends ICAL.Timezone {
  constructor(tzid) {
    super(new ICAL.Component("vtimezone"));
    this.tzid = tzid;
    this.known = new Map();
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone: tzid,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  // No clock has changed but at a quarter of an hour since 1970.
  offsetAt(instant) {
    const quarter = Math.floor(instant / 900) * 900;
    if (!this.known.has(quarter)) this.known.set(quarter, this.findOffset(quarter));
    return this.known.get(quarter);
  }

  findOffset(instant) {
    const parts = Object.fromEntries(this.format.formatToParts(instant * 1000).map(one => [one.type, one.value]));
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000 - instant;
  }

  // A time that the clock skips counts from the offset before; one that it shows twice is the first (RFC 5545
  // section 3.3.5).
  utcOffset(time) {
    const local = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second) / 1000;
    const before = this.offsetAt(local - DAY);
    const after = this.offsetAt(local + DAY);
    const isBefore = this.offsetAt(local - before) === before || this.offsetAt(local - after) !== after;
    return isBefore ? before : after;
  }
}

const machineZones = new Map();
const findMachineZone = tzid => {
  if (!machineZones.has(tzid)) {
    let zone = null;
    try {
      zone = new MachineZone(tzid);
    } catch {
      // The machine does not know it.
    }
    machineZones.set(tzid, zone);
  }
  return machineZones.get(tzid);
};

const offerMachineZones = text => {
  ICAL.TimezoneService.reset();
  for (const [, quoted, plain] of text.matchAll(/TZID=(?:"([^"\r\n]*)"|([^:;\r\n]*))/gi)) {
    const tzid = quoted ?? plain;
    const zone = ICAL.TimezoneService.has(tzid) ? null : findMachineZone(tzid);
    if (zone) ICAL.TimezoneService.register(zone, tzid);
  }
};

const write = (time, floating) => {
  if (time.isDate) return time.toString();
  const isFloating = time.zone === ICAL.Timezone.localTimezone;
  const offset = isFloating && floating ? floating.utcOffset(time) : 0;
  return new Date((time.toUnixTime() - offset) * 1000).toISOString().replace(".000", "");
};

// Of an event that recurs: what starts near the spans, or is changed.
function* occurrences(event, isNear, last) {
  if (!event.isRecurring()) {
    yield { startDate: event.startDate, endDate: event.endDate, item: event };
    return;
  }
  const iterator = event.iterator();
  const seen = new Set();
  for (let next; (next = iterator.next()); ) {
    const day = Date.UTC(next.year, next.month - 1, next.day) / 1000;
    const written = next.toString();
    if (day > last) return;
    if (seen.size > MOST) throw new Error("too many sessions");
    if (!seen.has(written) && (event.exceptions[written] || isNear(day))) yield event.getOccurrenceDetails(next);
    seen.add(written);
  }
}

// The lines that matter, without those that say nothing and spaces in rules; days are marked as days, one in a line.
const NAMES = new Set(
  `BEGIN END UID SEQUENCE SUMMARY CLASS STATUS DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID X-WR-TIMEZONE TZID
  TZOFFSETFROM TZOFFSETTO TZNAME`.split(/\s+/),
);
const cleanLine = line => {
  const [, head, name, value] = /^(([\w-]+)[^:]*):(.*)$/.exec(line) ?? [];
  if (!NAMES.has(name?.toUpperCase())) return [];
  if (name === "RRULE") return value ? [`${head}:${value.replaceAll(" ", "")}`] : [];
  if (!/^(DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID)$/.test(name) || /VALUE=/.test(head)) return value ? [line] : [];
  const values = value.split(",").filter(one => one);
  return values.map(one => (/^\d{8}$/.test(one) ? `${name};VALUE=DATE:${one}` : `${head}:${one}`));
};
const clean = text => text.replace(/\r+\n?/g, "\n").replace(/\n[ \t]/g, "").split("\n").flatMap(cleanLine).join("\r\n");

const groupEvents = calendar => {
  const groups = new Map();
  for (const [number, component] of calendar.getAllSubcomponents("vevent").entries()) {
    const uid = component.getFirstPropertyValue("uid") || number;
    if (!groups.has(uid)) groups.set(uid, { mains: [], changes: [] });
    groups.get(uid)[component.hasProperty("recurrence-id") ? "changes" : "mains"].push(component);
  }
  return [...groups.values()].flatMap(({ mains, changes }) =>
    (mains.length ? mains : changes).map(main => ({ main, exceptions: mains.length ? changes : [] })),
  );
};

const isHeld = component =>
  !/^CANCELLED$/i.test(component.getFirstPropertyValue("status") ?? "") &&
  /^(PUBLIC)?$/i.test(component.getFirstPropertyValue("class") ?? "");

const read = (path, spans) => {
  const text = clean(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  if (/^DURATION.*\d{12}/m.test(text)) throw new Error("ical.js never comes to the end of such a duration");
  offerMachineZones(text);
  const parsed = ICAL.parse(text);
  const calendars = (typeof parsed[0] === "string" ? [parsed] : parsed).map(one => new ICAL.Component(one));
  const bounds = spans.map(span => span.map(day => Date.parse(day) / 1000));
  const isNear = day => bounds.some(([first, last]) => day >= first - MARGIN && day <= last + MARGIN);
  const end = Math.max(...bounds.map(([, last]) => last)) + MARGIN;
  const sessions = [];
  for (const calendar of calendars) {
    const floating = findMachineZone(calendar.getFirstPropertyValue("x-wr-timezone") ?? "UTC");
    for (const { main, exceptions } of groupEvents(calendar)) {
      try {
        const event = new ICAL.Event(main, { exceptions });
        for (const { startDate, endDate, item } of occurrences(event, isNear, end)) {
          const title = String(item.summary ?? event.summary ?? "");
          const session = [write(startDate, floating), write(endDate, floating), title];
          if (isHeld(item.component) && isHeld(main)) sessions.push(session);
        }
      } catch {
        // An event that it cannot read has no sessions.
      }
    }
  }
  const day = ([start]) => start.slice(0, 10);
  return { sessions: sessions.filter(one => spans.some(([first, last]) => day(one) >= first && day(one) <= last)) };
};

const answers = JSON.parse(readFileSync(0, "utf8")).map(([path, spans]) => {
  try {
    return read(path, spans);
  } catch (error) {
    return { error: String(error) };
  }
});
console.log(JSON.stringify(answers));
