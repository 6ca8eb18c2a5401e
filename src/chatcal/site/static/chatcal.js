// What script adds to the pages: the reader's clock, the week, the month, filters, subscribing, single sessions.
"use strict";
(() => {
document.documentElement.classList.add("js");
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
for (const one of $$(".js[hidden]")) one.hidden = false;
for (const one of $$(".plain")) one.hidden = true;

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ---- Subscribing

function subscribing(block) {
  const field = $("input", block), said = $(".said", block);
  if (!/^https?:/.test(field.value)) {
    // The calendar does not say where it is published: it is here.
    const address = new URL(block.dataset.feed, location.href).href, encode = encodeURIComponent;
    const webcal = address.replace(/^https?:/, "webcal:");
    const asked = `url=${encode(address)}&name=${encode(block.dataset.title)}`;
    const links = {
      webcal,
      google: `https://calendar.google.com/calendar/r?cid=${encode(webcal)}`,
      outlook: `https://outlook.live.com/calendar/0/addfromweb?${asked}`,
      office: `https://outlook.office.com/calendar/0/addfromweb?${asked}`,
    };
    field.value = address;
    for (const link of $$("[data-link]", block)) link.href = links[link.dataset.link];
  }
  field.addEventListener("focus", () => field.select());
  $(".copy", block).addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      copied = document.execCommand("copy");
    }
    said.textContent = copied
      ? "Copied. Paste it where your calendar says “Subscribe”, “From URL” or “Add by link”."
      : "This browser does not let pages copy. The address is selected: press Ctrl+C or ⌘C.";
  });
}

// ---- Time

// Browsers keep the names that some cities no longer go by.
const renamed = { "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh", "Europe/Kiev": "Europe/Kyiv" };
const modern = zone => renamed[zone] || zone;
const deviceZone = modern(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
const twelveHours = Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
const DAY = 86400000;

function isZone(name) {
  try {
    return Boolean(name && Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

const clocks = new Map();
/** The day (`2026-11-25`) and the minute of that day which the clock of a zone shows at an instant. */
function wall(instant, zone) {
  if (!clocks.has(zone)) {
    clocks.set(zone, Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric",
      month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }));
  }
  const part = Object.fromEntries(clocks.get(zone).formatToParts(instant).map(one => [one.type, one.value]));
  return { day: `${part.year.padStart(4, "0")}-${part.month}-${part.day}`, minute: 60 * (part.hour % 24) + +part.minute };
}

const at = day => Date.parse(`${day}T00:00Z`);
const later = (day, days) => new Date(at(day) + days * DAY).toISOString().slice(0, 10);
const inWords = (day, form) => Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...form }).format(at(day));
// Cut to three letters as on the pages: the browser's own short form of September has four.
const shortDay = day => inWords(day, { weekday: "long" }).slice(0, 3) + ` ${+day.slice(8)} ` + inWords(day, { month: "long" }).slice(0, 3);

function clock(minute) {
  const hour = Math.floor(minute / 60), rest = String(minute % 60).padStart(2, "0");
  return twelveHours ? `${hour % 12 || 12}:${rest} ${hour < 12 ? "am" : "pm"}` : `${String(hour).padStart(2, "0")}:${rest}`;
}

// ---- Sessions

const listed = $$("#days .session").map(item => {
  const time = $("time", item);
  return session({ item, time, id: item.id, tag: $(".what", item).firstElementChild.textContent, start: time.dateTime,
    // The chapter is said only where the id does not begin with it, and end with the day.
    chapter: item.dataset.chapter || item.id.slice(0, -11),
    end: time.dataset.end, said: time.textContent, off: item.classList.contains("off"),
    vague: Boolean($(".badge.unconfirmed, .badge.unknown", item)), text: item.textContent.toLowerCase() });
});

function session(one) {
  one.timed = one.start.includes("T");
  one.from = Date.parse(one.start);
  // Without a clock time a session is over when its last day has ended everywhere on earth.
  one.to = Date.parse(one.end);
  one.over = one.timed ? one.to : one.to + DAY / 2;
  return one;
}

/** Give a session its place on a clock: first and last day, and the minutes of them. */
function place(one, zone) {
  if (one.timed) {
    const from = wall(one.from, zone), to = wall(one.to, zone);
    Object.assign(one, { day: from.day, minute: from.minute, lastDay: to.day, lastMinute: to.minute });
    const long = one.to - one.from >= DAY;
    one.hours = clock(from.minute) + (long ? ` to ${shortDay(to.day)} ` : "–") + clock(to.minute);
  } else {
    // The last minute of a day without a clock lies behind all that have one.
    Object.assign(one, { day: one.start, minute: 1440, lastDay: later(one.end, -1), lastMinute: 1440, hours: one.said });
  }
  return one;
}

const inOrder = (one, other) => one.day < other.day ? -1 : one.day > other.day ? 1 : one.minute - other.minute;

// ---- State, which lives in the address

const asked = new URLSearchParams(location.search);
const state = Object.fromEntries(["tz", "region", "language", "q", "month"].map(key => [key, asked.get(key) || ""]));
if (!isZone(state.tz)) state.tz = "";
if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(state.month)) state.month = "";
let zone = state.tz || deviceZone;
// Pages of this site, which go on with the zone that was picked.
const inner = $$("a[href$='/']:not([href*=':'])");
// Where the site was unpacked from a preview, nobody finds the page of a folder.
const index = location.protocol === "file:" ? "index.html" : "";
for (const link of inner) link.pathname += index;

function remember() {
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${String(query) && `?${query}`}${location.hash}`);
  for (const link of inner) {
    link.search = state.tz ? `?tz=${encodeURIComponent(state.tz)}` : "";
  }
}

// ---- The list

const list = $("#days"), overview = $(".week");
const SOON = 14;
let all = false;

function showDays(sessions) {
  const now = Date.now(), today = wall(now, zone).day, days = new Map();
  for (const one of sessions.filter(one => one.over > now).sort(inOrder)) {
    if (!days.has(one.day)) days.set(one.day, []);
    days.get(one.day).push(one);
    one.time.textContent = one.hours;
    const running = one.timed && one.from <= now && !one.off;
    if (running && !$(".badge.now", one.item)) $(".what", one.item).append(" ", make("span", { class: "badge now" }, "on now"));
  }
  const sections = [...days].map(([day, ones]) => {
    const soon = { [today]: "Today, ", [later(today, 1)]: "Tomorrow, " }[day] || "";
    const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" };
    const title = make("h3", {}, `${soon}${inWords(day, { weekday: "long" })} `,
      make("span", {}, inWords(day, { day: "numeric", month: "long", ...year })));
    return { day, made: make("section", { class: "day" }, title, make("ol", {}, ...ones.map(one => one.item))) };
  });
  const soon = all || !overview ? sections : sections.filter(one => one.day < later(today, SOON));
  list.replaceChildren(...soon.map(one => one.made));
  if (soon.length < sections.length) {
    const more = make("button", { type: "button" }, "Show later sessions");
    more.addEventListener("click", () => {
      all = true;
      refresh();
      const next = list.children[soon.length];
      next.tabIndex = -1;
      next.focus();
    });
    list.append(make("p", { class: "further" }, more));
  }
  if (!sections.length) list.append(make("p", {}, "No session is coming here in the next five weeks."));
}

// ---- The week

const page = one => `${document.body.dataset.root}${one.chapter}/${index}${state.tz ? `?tz=${encodeURIComponent(state.tz)}` : ""}`;

function showWeek(figure, sessions) {
  const now = wall(Date.now(), zone), first = now.day;
  const days = [...Array(7).keys()].map(number => later(first, number)).map(day => {
    const held = sessions.filter(one => one.day <= day && day <= one.lastDay && !(one.lastDay === day && !one.lastMinute));
    const lines = held.sort(inOrder).map(one => {
      const from = one.day === day && one.timed ? one.minute : 0, to = one.lastDay === day ? one.lastMinute : 1440;
      const when = !one.timed ? one.said : one.day === day ? clock(one.minute) : `to ${one.lastDay === day ? "" : shortDay(one.lastDay).slice(0, 4)}${clock(one.lastMinute)}`;
      const bar = make("i"), label = make("span", {}, make("b", {}, one.tag), ` ${when}`);
      bar.style.left = `${from / 14.4}%`;
      bar.style.width = `${Math.max(to - from, 20) / 14.4}%`;
      // A label stands behind its bar; before it where the day is nearly over; and in it where it fills the day.
      if (to > 900 && from >= 600) label.style.right = `${100 - from / 14.4}%`;
      else label.style.left = `${(to > 900 ? from : to) / 14.4}%`;
      if (to > 900 && from < 600) label.className = "in";
      const kind = [one.timed ? "" : "day-long", one.vague ? "vague" : "", one.off ? "off" : ""].join(" ");
      return make("li", { class: kind }, make("a", { href: page(one) }, bar, label));
    });
    const track = make("ul", {}, ...lines);
    if (day === first) {
      const line = make("li", { class: "now", "aria-hidden": "true" });
      line.style.left = `${now.minute / 14.4}%`;
      track.append(line);
    }
    return make("li", {}, make("strong", {}, shortDay(day)), lines.length || day === first ? track : make("p", { class: "none" }, "no chat"));
  });
  const hours = make("p", { "aria-hidden": "true", class: "hours" }, ...[0, 3, 6, 9, 12, 15, 18, 21].map(hour =>
    make("span", {}, clock(60 * hour).replace(":00 ", " "))));
  figure.replaceChildren(figure.firstElementChild, hours, make("ol", {}, ...days));
}

// ---- The month

let known = null;
/** All sessions of the feeds' window, fetched when somebody asks for a month that the page does not hold. */
async function everything() {
  if (!known) {
    const answer = await fetch(`${document.body.dataset.root}sessions.json`);
    if (!answer.ok) throw new Error(answer.statusText);
    const { first, last, chapters, sessions } = await answer.json();
    const tags = new Map(chapters.map(one => [one.slug, `#${one.hashtag}`]));
    known = { first: first.slice(0, 7), last: last.slice(0, 7), sessions: sessions.map(one => session({
      id: one.uid.split("@")[0], chapter: one.chapter, tag: tags.get(one.chapter), start: one.start, end: one.end,
      said: one.time, off: one.status === "cancelled", vague: one.status !== "confirmed", text: one.summary.toLowerCase() })) };
  }
  return known;
}

async function showMonth(box, sessions, matches) {
  const today = wall(Date.now(), zone).day, month = state.month || today.slice(0, 7);
  const first = `${month}-01`, next = later(first, 31).slice(0, 7), before = later(first, -1).slice(0, 7);
  const isHere = month === today.slice(0, 7) && later(`${next}-01`, -1) <= list.dataset.until;
  let note = sessions.some(one => one.vague) ? "A ? stands for what is unconfirmed, may not be held, or has no clock time." : "";
  if (known || !isHere) {
    try {
      sessions = (await everything()).sessions.filter(matches).map(one => place(one, zone));
    } catch {
      note = "Only the coming weeks are shown: the rest could not be loaded.";
    }
  }
  const title = inWords(first, { month: "long", year: "numeric" });
  const rows = [];
  for (let week = later(first, -((new Date(at(first)).getUTCDay() + 6) % 7)); week.slice(0, 7) <= month; week = later(week, 7)) {
    rows.push(make("tr", {}, ...[0, 1, 2, 3, 4, 5, 6].map(number => {
      const day = later(week, number);
      if (day.slice(0, 7) !== month) return make("td");
      const held = sessions.filter(one => one.day === day).sort(inOrder).map(one =>
        make("li", { class: one.off ? "off" : "" }, make("a", { href: page(one) }, `${one.timed ? `${clock(one.minute)} ` : ""}${one.tag}${one.vague ? "\u00a0?" : ""}`)));
      return make("td", day === today ? { class: "today", "aria-current": "date" } : day < today ? { class: "past" } : {},
        make("time", { datetime: day }, String(+day.slice(8))), ...held.length ? [make("ul", {}, ...held)] : []);
    })));
  }
  const days = [0, 1, 2, 3, 4, 5, 6].map(number => make("th", { scope: "col" }, inWords(later("2024-01-01", number), { weekday: "short" })));
  const turn = (to, number) => {
    const button = make("button", { type: "button" }, inWords(`${to}-01`, { month: "long", year: "numeric" }));
    button.disabled = Boolean(known && (to < known.first || to > known.last));
    button.addEventListener("click", async () => {
      state.month = to === today.slice(0, 7) ? "" : to;
      remember();
      await refresh();
      const again = $$("button", box)[number];
      (again.disabled ? $(".scroll", box) : again).focus();
    });
    return button;
  };
  box.replaceChildren(
    make("p", { class: "turn" }, turn(before, 0), turn(next, 1)),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      make("table", {}, make("caption", {}, title), make("thead", {}, make("tr", {}, ...days)), make("tbody", {}, ...rows))),
    make("p", { role: "status" }, note));
  // On a narrow screen the month begins with today.
  $(".scroll", box).scrollLeft = $(".today", box)?.offsetLeft || 0;
}

// ---- Filters

const cards = $$(".chapters > li").map(item => ({ item, ...item.dataset, text: item.textContent.toLowerCase() }));

/** What the filters let pass: chapters, and a test of sessions. */
function filtered(sessions) {
  const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const bySlug = new Map(cards.map(card => [card.slug, card]));
  const says = text => wanted.every(word => text.includes(word));
  const fits = card => (!state.region || card.region === state.region) && (!state.language || card.language === state.language);
  const matches = one => {
    const card = bySlug.get(one.chapter);
    return Boolean(card) && fits(card) && says(`${card.text} ${one.text}`);
  };
  const heard = new Set(sessions.filter(matches).map(one => one.chapter));
  return { matches, chapters: cards.filter(card => fits(card) && (says(card.text) || heard.has(card.slug))) };
}

function showFound(chapters) {
  const found = $(".found");
  found.replaceChildren();
  for (const card of cards) card.item.hidden = !chapters.includes(card);
  if (chapters.length === cards.length) return;
  const slugs = chapters.map(card => card.slug).sort().join(" ");
  const one = chapters.length === 1 ? $("a", chapters[0].item) : $(`[data-members="${slugs}"] a`);
  found.append(chapters.length ? `${chapters.length} of ${cards.length} chapters.` : "No chapter is like that.");
  if (one && chapters.length) found.append(" The calendar of exactly these: ", one.cloneNode(true));
}

// ---- Just this one

const escaped = text => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** Fold a line of a calendar at 75 octets (RFC 5545 section 3.1), between characters. */
function folded(line) {
  let out = "", width = 0;
  for (const sign of line) {
    const octets = new TextEncoder().encode(sign).length;
    if (width + octets > 75) {
      out += "\r\n ";
      width = 1;
    }
    out += sign;
    width += octets;
  }
  return out;
}

function oneEvent(one) {
  const stamp = text => text.replace(/[-:]|\.\d+/g, "").replace(/T(\d{4})Z/, "T$100Z");
  const join = $("a[data-join]", one.item)?.href, own = $(".own", one.item)?.textContent;
  const address = new URL(page(one), location.href);
  address.search = "";
  const moment = (name, text) => one.timed ? `${name}:${stamp(text)}` : `${name};VALUE=DATE:${stamp(text)}`;
  const about = [own, join && `Join: ${join}`, `This copy does not change. To follow the chat: ${address}`];
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//chatcal//one session//EN", "BEGIN:VEVENT",
    `UID:${one.id}@${document.body.dataset.domain}`, `DTSTAMP:${stamp(new Date().toISOString())}`,
    moment("DTSTART", one.start), moment("DTEND", one.end), `SUMMARY:${escaped(one.item.dataset.name)}`,
    `DESCRIPTION:${escaped(about.filter(Boolean).join("\n"))}`, ...join ? [`LOCATION:${escaped(join)}`] : [],
    `URL:${address}`, ...one.off ? [] : [`STATUS:${one.vague ? "TENTATIVE" : "CONFIRMED"}`], "TRANSP:TRANSPARENT",
    "END:VEVENT", "END:VCALENDAR", ""].map(folded).join("\r\n");
}

function offerOne(one) {
  const button = make("button", { type: "button", "aria-label": `Just this one: ${one.item.dataset.name}, ${one.start.slice(0, 10)}` }, "Just this one");
  button.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([oneEvent(one)], { type: "text/calendar;charset=utf-8" }));
    make("a", { href: address, download: `${one.id}.ics` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  });
  $(".more", one.item).append(button);
}

// ---- All together

async function refresh() {
  for (const one of listed) place(one, zone);
  const { matches, chapters } = overview ? filtered(listed) : { matches: () => true, chapters: [] };
  const sessions = listed.filter(matches);
  showDays([...sessions]);
  if (!overview) return;
  showFound(chapters);
  showWeek($(".week"), sessions.filter(one => one.over > Date.now()));
  await showMonth($(".month"), sessions, matches);
}

function pickZone(picker) {
  const names = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone").map(modern) : [];
  const zones = new Set([...names, "UTC", deviceZone, zone].sort());
  zones.delete(deviceZone);
  const option = (name, text) => make("option", { value: name }, text);
  picker.append(option("", `${deviceZone} (this device)`), ...[...zones].map(name => option(name, name)));
  picker.value = state.tz;
  picker.addEventListener("change", () => {
    state.tz = picker.value;
    zone = state.tz || deviceZone;
    remember();
    refresh();
  });
}

function filtering(form) {
  const names = ["region", "language", "q"].filter(name => form?.elements[name]);
  for (const name of names) form.elements[name].value = state[name];
  // What the page does not offer cannot be asked for.
  for (const name of ["region", "language", "q"]) state[name] = names.includes(name) ? form.elements[name].value : "";
  if (!form) return;
  const listen = () => {
    for (const name of names) state[name] = form.elements[name].value.trim();
    remember();
    refresh();
  };
  form.addEventListener("input", listen);
  form.addEventListener("reset", () => setTimeout(listen));
  form.addEventListener("submit", event => event.preventDefault());
}

// ---- Whether the site is still built

/** Say so where the site was not built for three days: what changed since is neither here nor in the calendars. */
async function age(said) {
  let built = NaN;
  try {
    built = Date.parse((await (await fetch(said.dataset.status, { cache: "no-cache" })).json()).built);
  } catch {
    // Where nothing tells, nothing is known to be wrong.
  }
  const days = (Date.now() - built) / DAY;
  if (!(days > 3)) return;
  const day = inWords(wall(built, zone).day, { day: "numeric", month: "long", year: "numeric" });
  said.textContent = `Last brought up to date on ${day}, ${Math.floor(days)} days ago. What changed since is not here, nor in the calendars: ask the chapter before you rely on it.`;
}

for (const block of $$("#subscribe")) subscribing(block);
for (const said of $$("#stale")) age(said);
for (const one of $$("dd[data-language], [name=language] option:not([value=''])")) {
  try {
    one.textContent = new Intl.DisplayNames(["en"], { type: "language" }).of(one.dataset.language || one.value);
  } catch {
    // A language that the browser does not know keeps its tag.
  }
}
if (list) {
  if (overview) filtering($(".filters"));
  pickZone($("#zone"));
  for (const one of listed) offerOne(one);
  refresh();
}
remember();
})();
