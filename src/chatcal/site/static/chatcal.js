// What script adds to the pages: the reader's clock, the week, the month, filters, subscribing, single sessions.
"use strict";
(() => {
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
if ($("#moved")) {
  location.replace($("#moved").href + location.search + location.hash);
  return;
}
if (window.top !== window.self) {
  // Only what is in embed/ is made to be shown within other pages.
  const link = document.createElement("a");
  Object.assign(link, { href: location.href, target: "_top", textContent: document.title });
  document.body.replaceChildren(link);
  return;
}
document.documentElement.classList.add("js");
for (const one of $$(".js[hidden]")) one.hidden = false;
for (const one of $$(".plain")) one.hidden = true;

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// All that script says stands in the page, in the language of the page.
const words = Object.fromEntries($$("p", $("#words").content).map(one => [one.dataset.word, one.textContent]));
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

// ---- Time

// Browsers keep the names that some cities no longer go by.
const renamed = { "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh", "Europe/Kiev": "Europe/Kyiv" };
const modern = zone => renamed[zone] || zone;
const deviceZone = modern(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
const { hour12 } = Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const DAY = 864e5;

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
const language = document.documentElement.lang, locale = language === "en" ? "en-GB" : language;
// To make a formatter takes far longer than to use it.
const formats = new Map();
/** A day in words; the parts are those of Intl, such as "weekday" or "day month year". */
function inWords(day, parts, length = "long") {
  const key = parts + length;
  if (!formats.has(key)) {
    const form = Object.fromEntries(parts.split(" ").map(part => [part, ["day", "year"].includes(part) ? "numeric" : length]));
    formats.set(key, Intl.DateTimeFormat(locale, { timeZone: "UTC", ...form }));
  }
  return formats.get(key).format(at(day));
}
// In English cut to three letters as on the pages: the browser's own short form of September has four.
const shortDay = day => language !== "en" ? inWords(day, "weekday day month", "short")
  : inWords(day, "weekday").slice(0, 3) + ` ${+day.slice(8)} ` + inWords(day, "month").slice(0, 3);
const wholeDay = day => inWords(day, "day month year");

// Told no more than `hour12`, browsers of before 2024 say that noon is 0:00 pm.
const hours = Intl.DateTimeFormat(locale, { timeZone: "UTC", hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hourCycle: hour12 ? "h12" : "h23" });
const clock = minute => hours.format(minute * 6e4);

// ---- Sessions

// As people type: without accents, in small letters.
const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const list = $("#days"), overview = $(".week");
const cards = $$(".chapters > li").map(item =>
  ({ item, ...item.dataset, text: plain($$("h3, p:not(.doubt)", item).map(one => one.textContent).join(" ")) }));
const listed = $$("#days .session").map(item => {
  const time = $("time", item);
  return session({ item, id: item.id, tag: $(".what", item).firstElementChild.textContent, start: time.dateTime,
    // The chapter is said only where the id does not begin with it, and end with the day.
    chapter: item.dataset.chapter || item.id.slice(0, -11),
    end: time.dataset.end, said: time.textContent, off: item.classList.contains("off"),
    vague: $(".badge.unconfirmed, .badge.unknown", item), text: plain(item.textContent) });
});

function session(one) {
  one.timed = one.start.includes("T");
  one.vague &&= !one.off;
  one.from = Date.parse(one.start);
  // Without a clock time a session is over when its last day has ended everywhere on earth.
  one.to = Date.parse(one.end);
  one.over = one.timed ? one.to : one.to + DAY / 2;
  return one;
}

/** Give a session its place on a clock: first and last day, and the minutes of them. */
function place(one, zone) {
  if (one.zone === zone) return one;
  one.zone = zone;
  if (one.timed) {
    const from = wall(one.from, zone), to = wall(one.to, zone);
    Object.assign(one, { day: from.day, minute: from.minute, lastDay: to.day, lastMinute: to.minute });
    const start = clock(from.minute), end = clock(to.minute);
    one.hours = one.to - one.from >= DAY ? say("long", { start, day: shortDay(to.day), end }) : `${start}–${end}`;
  } else {
    // The last minute of a day without a clock lies behind all that have one.
    Object.assign(one, { day: one.start, minute: 1440, lastDay: later(one.end, -1), lastMinute: 1440, hours: one.said });
  }
  return one;
}

const cityOf = zone => words[zone] || zone.split("/").pop().replaceAll("_", " ");

const scripts = {};
/** Load one of this site's scripts, once, when it is first needed. */
function loadScript(name) {
  scripts[name] ||= new Promise((done, fail) => {
    const script = make("script", { src: $("script[src*='chatcal.js']").src.replace("chatcal.js", name) });
    script.addEventListener("load", done);
    script.addEventListener("error", () => {
      delete scripts[name];
      fail(new Error(name));
    });
    document.head.append(script);
  });
  return scripts[name];
}

/** Let a script that was loaded later add to what it is told. */
function ask(script, detail) {
  dispatchEvent(new CustomEvent(script, { detail }));
  return detail;
}

/** The item of a session that the page did not bring along; what makes it was loaded with the session. */
const itemOf = one => ask("later", { one, make, say, words, locale, shortDay, cityOf, page, overview }).item;

// What the page brings along of what is coming is all there is up to this day.
const sure = list?.dataset.until || "9999";
let whole = null, loading = null, failed = false;
/** Fetch all sessions that the calendar knows, and show them; once, however often it is asked. */
function everything() {
  loading ||= load().catch(() => {
    failed = true;
  }).then(() => refresh());
  return loading;
}

async function load() {
  const [answer] = await Promise.all([fetch(list.dataset.sessions), loadScript("later.js")]);
  if (!answer.ok) throw new Error(answer.statusText);
  const { first, last, chapters, sessions } = await answer.json();
  const bySlug = new Map(chapters.map(one => [one.slug, one])), there = new Set(listed.map(one => one.id)), found = [];
  for (const [number, json] of sessions.entries()) {
    // Whoever types meanwhile does not wait for all of them.
    if (number % 200 === 0) await new Promise(done => setTimeout(done));
    const id = json.uid.split("@")[0], of = bySlug.get(json.chapter);
    if (there.has(id) || overview && !cards.some(card => card.slug === of.slug)) continue;
    const label = of.hashtag ? `#${of.hashtag}` : of.name;
    const said = [json.summary, label, ...json.hosts || [], json.note, words[json.status]];
    found.push(place(session({ json, of, id, tag: label, chapter: of.slug, start: json.start, end: json.end,
      said: json.start.includes("T") ? "" : ask("vague", { json, say, later, shortDay, cityOf }).said, off: json.status === "cancelled",
      vague: ["unconfirmed", "weeks-unknown", "time-unknown"].includes(json.status), text: plain(said.join(" ")) }), zone));
  }
  listed.push(...found);
  whole = { first: first.slice(0, 7), last: last.slice(0, 7) };
}

const isRunning = one => one.timed && one.from <= Date.now() && !one.off;
const inOrder = (one, other) => one.day < other.day ? -1 : one.day > other.day ? 1 : one.minute - other.minute;

// ---- State, which lives in the address

const asked = new URLSearchParams(location.search);
const state = Object.fromEntries(["tz", "region", "language", "q", "month", "chat", "calendar"].map(key => [key, asked.get(key) || ""]));
try {
  wall(0, state.tz);
} catch {
  state.tz = "";
}
if (!/^[12]\d{3}-(0[1-9]|1[0-2])$/.test(state.month)) state.month = "";
let zone = state.tz || deviceZone;
// Pages of this site, which go on with the zone that was picked.
const inner = $$("a[href$='/']:not([href*=':'])");
// Where the site was unpacked from a preview, nobody finds the page of a folder.
const index = location.protocol === "file:" ? "index.html" : "";
for (const link of inner) link.pathname += index;

function remember() {
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${String(query) && `?${query}`}${location.hash}`);
  const search = state.tz ? `?tz=${encodeURIComponent(state.tz)}` : "";
  for (const link of inner) {
    if (link.search !== search) link.search = search;
  }
}

const page = one => `${document.body.dataset.root}${one.chapter}/${index}${state.tz ? `?tz=${encodeURIComponent(state.tz)}` : ""}#${one.id}`;

/** Add a part to a box; says how many elements that are. */
function add(box, part) {
  box.append(part);
  return part.getElementsByTagName("*").length + 1;
}

/** Draw the content of a box anew, part by part, if it is other than before; what had the focus has it afterwards. */
function* put(box, sign, build) {
  if (box.sign === sign) return;
  // What was left in the middle is other than all.
  box.sign = "";
  const was = document.activeElement, within = box.contains(was);
  box.replaceChildren();
  yield* build();
  box.sign = sign;
  if (!within) return;
  const again = was.isConnected ? was : $$("a, button", box).find(one => one.textContent === was.textContent && one.href === was.href);
  again?.focus({ preventScroll: true });
}

// ---- The list

const SOON = 14, STEP = 20;
let horizon = "";

function* showDays(sessions) {
  const now = Date.now(), today = wall(now, zone).day;
  const coming = sessions.filter(one => one.over > now).sort(inOrder);
  const soon = later(today, SOON), usual = !overview ? coming[STEP - 1]?.day || "9999" : whole || soon < sure ? soon : sure;
  // The next one is always shown, however far it is.
  const last = [usual, horizon, coming[0]?.day || ""].sort().pop();
  const shown = coming.filter(one => one.day <= last);
  if (!coming.length && sure !== "9999") everything();
  const days = new Map();
  for (const one of shown) {
    if (!days.has(one.day)) days.set(one.day, []);
    days.get(one.day).push(one);
  }
  const rest = coming.length > shown.length || !whole && sure !== "9999";
  const sign = JSON.stringify([today, zone, rest, failed, Boolean(whole), shown.map(one => [one.id, isRunning(one)])]);
  yield* put(list, sign, function* () {
    for (const [day, ones] of days) {
      const weekday = inWords(day, "weekday"), name = { [today]: "today", [later(today, 1)]: "tomorrow" }[day];
      const title = make("h3", {}, `${name ? say(name, { weekday }) : weekday} `,
        make("span", {}, inWords(day, day.slice(0, 4) === today.slice(0, 4) ? "day month" : "day month year")));
      const items = make("ol");
      yield add(list, make("section", { class: "day" }, title, items));
      for (const one of ones) yield add(items, shownItem(one));
    }
    if (!coming.length) {
      const said = rest && !failed ? say("loading") : say(whole || !rest ? "none" : "lost", { day: wholeDay(rest ? sure : list.dataset.last) });
      yield add(list, make("p", {}, said));
    } else if (rest) {
      const more = make("button", { type: "button" }, say("more"));
      more.addEventListener("click", () => showMore(coming, shown.length));
      const part = failed ? [make("p", {}, say("partly"))] : [];
      yield add(list, make("p", { class: "further" }, ...part, more));
    }
  });
}

function shownItem(one) {
  if (!one.item || !one.ready) {
    one.item ||= itemOf(one);
    one.ready = true;
    if (!one.off) offerOne(one);
  }
  $("time", one.item).textContent = one.hours;
  if (one.button) one.button.textContent = say("single", { day: shortDay(one.day) });
  $(".badge.now", one.item)?.remove();
  if (isRunning(one)) $(".what", one.item).append(" ", make("span", { class: "badge now" }, say("now")));
  return one.item;
}

async function showMore(coming, count) {
  if (coming.length < count + STEP && !whole) {
    await retry();
    const now = Date.now(), { matches } = filtered();
    coming = listed.filter(one => matches(one) && place(one, zone).over > now).sort(inOrder);
  }
  horizon = coming[Math.min(count + STEP, coming.length) - 1]?.day || "";
  refresh();
  // Where none came and the button is gone, the last day takes the focus.
  const next = coming[count] || document.activeElement === document.body && coming[coming.length - 1];
  if (!next) return;
  const day = next.item.closest(".day");
  day.tabIndex = -1;
  day.focus();
}

/** Load again what could not be loaded before, because somebody asks for it. */
function retry() {
  if (failed) loading = null;
  failed = false;
  return everything();
}

// ---- Now and next

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

function* showNow(box) {
  const now = Date.now(), today = wall(now, zone).day;
  const coming = listed.filter(one => one.over > now && one.lastDay >= today).sort(inOrder);
  const shown = coming.filter(one => one.day <= today).slice(0, 5);
  // Nothing of today is passed over for what comes next.
  if (shown.length < 5) {
    const next = coming.find(one => one.day > today && !one.off);
    if (next) shown.push(next);
    // All that the page brings along may be cancelled.
    else if (sure !== "9999") everything();
  }
  box.hidden = !shown.length;
  const items = $("ol", box);
  yield* put(items, JSON.stringify([today, zone, shown.map(one => [one.id, isRunning(one)])]), function* () {
    for (const one of shown) yield add(items, nowItem(one, today));
  });
}

function nowItem(one, today) {
  const days = Math.round((at(one.day) - at(today)) / DAY);
  // Without its year, a day that lies far ahead could be one of this year.
  const day = isRunning(one) ? make("span", { class: "badge now" }, say("now")) : make("b", {}, days > 300 ? inWords(one.day, "weekday day month year", "short")
    : days < 0 || days > 1 ? shortDay(one.day) : relative.format(days, "day"));
  const item = one.item || itemOf(one), topic = $(".what > bdi:not(.why)", item);
  return make("li", {}, make("span", {}, day, ` ${one.hours}`), " ", make("span", {}, make("a", { href: page(one) }, make("bdi", {}, one.tag)),
    ...topic ? [" ", topic.cloneNode(true)] : [], ...[...$$(".badge:not(.now)", item)].flatMap(badge => [" ", badge.cloneNode(true)]),
    ...$$(".place, a[data-join]", item).flatMap(link => [" ", link.cloneNode(true)])));
}

// ---- The week

function* showWeek(figure, sessions) {
  const now = wall(Date.now(), zone), first = now.day;
  if (later(first, 6) > sure) everything();
  const week = [...Array(7).keys()].map(number => later(first, number));
  const held = sessions.filter(one => one.over > Date.now() && one.day <= week[6] && one.lastDay >= first).sort(inOrder);
  if (!$(".hours", figure)) {
    figure.append(make("p", { "aria-hidden": "true", class: "hours" }, ...[0, 3, 6, 9, 12, 15, 18, 21].map(hour =>
      make("span", {}, clock(60 * hour).replace(/\D00(?=\s)/, "")))), make("ol"));
  }
  const days = $("ol", figure), all = sessions.length === listed.length;
  yield* put(days, JSON.stringify([first, zone, all, Boolean(whole), held.map(one => one.id)]), function* () {
    for (const day of week) yield add(days, weekDay(day, first, held, all));
  });
  const line = $(".now", figure);
  line.style.insetInlineStart = `${now.minute / 14.4}%`;
}

/** Say whether a session takes up some of a day. */
const isOn = (one, day) => one.day <= day && day <= one.lastDay && !(one.lastDay === day && !one.lastMinute);

/** Say when a session begins; on its later days, when it ends. */
function clockOn(one, day) {
  if (one.day === day) return clock(one.minute);
  return say("until", { when: `${one.lastDay === day ? "" : `${inWords(one.lastDay, "weekday", "short")} `}${clock(one.lastMinute)}` });
}

function weekDay(day, first, sessions, all) {
  const held = sessions.filter(one => isOn(one, day));
  const lines = held.map(one => {
    // To be seen, a bar is as wide as 20 minutes at least.
    const from = one.day === day && one.timed ? Math.min(one.minute, 1420) : 0;
    const to = Math.max(one.lastDay === day ? one.lastMinute : 1440, from + 20);
    const when = one.timed ? clockOn(one, day) : one.said;
    const bar = make("i"), label = make("span", {}, make("bdi", {}, one.tag), make("em", {}, ` ${when}${one.off ? ` ${say("cancelled")}` : ""}`));
    bar.style.insetInlineStart = `${from / 14.4}%`;
    bar.style.width = `${(to - from) / 14.4}%`;
    // A label stands behind its bar; before it where there is more room; and in it where it fills the day.
    const side = from + to > 1440 && from >= 600 ? "End" : "Start";
    const edge = side === "End" ? 100 - from / 14.4 : (to > 900 ? from : to) / 14.4;
    label.style[`insetInline${side}`] = `${edge}%`;
    label.style.maxWidth = `${100 - edge}%`;
    if (to > 900 && from < 600) label.className = "in";
    const kind = [one.timed ? "" : "day-long", one.vague ? "vague" : "", one.off ? "off" : ""].join(" ");
    return make("li", { class: kind }, make("a", { href: page(one) }, bar, label));
  });
  const track = make("ul", {}, ...lines, ...day === first ? [make("li", { class: "now", "aria-hidden": "true" })] : []);
  // Of a day on which the filters show nothing, and of one behind the end of the calendar, nothing is said.
  const free = make("p", { class: "none" }, all && day <= list.dataset.last && (whole || day <= sure) ? say("free") : "");
  return make("li", {}, make("strong", {}, shortDay(day)), lines.length || day === first ? track : free);
}

// ---- The month

let near = false;

function* showMonth(box, sessions) {
  const today = wall(Date.now(), zone).day, asked = state.month || today.slice(0, 7);
  // In place of a month that the calendar does not reach, the nearest that it does.
  const month = whole ? [whole.first, asked, whole.last].sort()[1] : asked;
  const first = `${month}-01`, next = later(first, 31).slice(0, 7), before = later(first, -1).slice(0, 7);
  const asks = near || asked !== today.slice(0, 7);
  if (asks) everything();
  const held = sessions.filter(one => one.day.slice(0, 7) === month || goesOn(one, first)).sort(inOrder);
  const note = asks && !whole ? say(failed ? "partly" : "loading") : held.some(one => one.vague) ? say("doubtful") : "";
  yield* put(box, JSON.stringify([month, today, zone, note, Boolean(whole), held.map(one => one.id)]), function* () {
    const title = inWords(first, "month year"), begin = box.dataset.first | 0, week = [0, 1, 2, 3, 4, 5, 6], rows = make("tbody");
    const days = week.map(number => make("th", { scope: "col" }, inWords(later("2024-01-01", begin + number), "weekday", "short")));
    yield add(box, make("p", { class: "turn" }, turn(box, before, 0, today), turn(box, next, 1, today)));
    yield add(box, make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      make("table", {}, make("caption", {}, title), make("thead", {}, make("tr", {}, ...days)), rows)));
    for (let day = later(first, -((new Date(at(first)).getUTCDay() + 13 - begin) % 7)); day.slice(0, 7) <= month; day = later(day, 7)) {
      yield add(rows, make("tr", {}, ...week.map(number => monthDay(later(day, number), month, today, held))));
    }
    yield add(box, make("p", { role: "status" }, note));
  });
  // On a narrow screen the month begins with today. Elsewhere nobody waits until it is known where today stands.
  const scroll = $(".scroll", box);
  if (!scroll.sign && matchMedia("(max-width: 44rem)").matches) scroll.scrollLeft = $(".today", box)?.offsetLeft || 0;
  scroll.sign = true;
}

/** Say whether a session of a day or longer, which may have begun before, takes up some of a day. */
const goesOn = (one, day) => one.to - one.from >= DAY && isOn(one, day);

function monthDay(day, month, today, sessions) {
  if (day.slice(0, 7) !== month) return make("td");
  const held = sessions.filter(one => one.day === day || goesOn(one, day)).map(one => make("li", { class: one.off ? "off" : "" },
    make("a", { href: page(one) }, one.timed ? `${clockOn(one, day)} ` : "", make("bdi", {}, one.tag),
      one.vague ? "\u00a0?" : "", one.off ? ` ${say("cancelled")}` : "")));
  return make("td", day === today ? { class: "today", "aria-current": "date" } : day < today ? { class: "past" } : {},
    make("time", { datetime: day }, String(+day.slice(8))), ...held.length ? [make("ul", {}, ...held)] : []);
}

function turn(box, to, number, today) {
  const button = make("button", { type: "button" }, inWords(`${to}-01`, "month year"));
  button.disabled = to < whole?.first || to > whole?.last;
  button.addEventListener("click", async () => {
    state.month = to === today.slice(0, 7) ? "" : to;
    remember();
    await retry();
    refresh();
    const again = $$("button", box)[number];
    (again.disabled ? $(".scroll", box) : again).focus();
  });
  return button;
}

// ---- Filters

/** What the filters let pass: chapters, and a test of sessions. */
function filtered() {
  if (!overview) return { matches: () => true, chapters: [] };
  const wanted = plain(state.q).split(/\s+/).filter(Boolean);
  const bySlug = new Map(cards.map(card => [card.slug, card]));
  const says = text => wanted.every(word => text.includes(word));
  const fits = card => (!state.region || card.region === state.region) && (!state.language || card.language === state.language);
  const matches = one => {
    const card = bySlug.get(one.chapter);
    return card && fits(card) && says(`${card.text} ${one.text}`);
  };
  const heard = new Set(listed.filter(matches).map(one => one.chapter));
  return { matches, chapters: cards.filter(card => fits(card) && (says(card.text) || heard.has(card.slug))) };
}

function* showCards(chapters) {
  for (const { item } of cards.filter(card => card.item.hidden === chapters.includes(card))) {
    item.hidden = !item.hidden;
    yield item.hidden ? 1 : 10;
  }
}

function* showFound(found, chapters) {
  const slugs = chapters.map(card => card.slug).sort().join(" ");
  // A screen reader reads it out whenever it is written, so it is written once.
  const said = slugs ? "found" : whole ? "unlike" : failed ? "partly" : "loading";
  yield* put(found, slugs || said, function* () {
    if (chapters.length === cards.length) return;
    const one = chapters.length === 1 ? $("a", chapters[0].item) : $(`[data-members="${slugs}"] a`);
    found.append(say(said, { found: chapters.length, all: cards.length }));
    if (one && slugs) found.append(` ${say("exactly")} `, one.cloneNode(true));
  });
}

// ---- Subscribing: which chat, and which calendar

const block = $("#subscribe"), field = $("#address");
let base = "", choices = [];

function linksTo(address, title) {
  const encode = encodeURIComponent, webcal = address.replace(/^https?:/, "webcal:");
  const asked = `url=${encode(address)}&name=${encode([...title].slice(0, 80).join(""))}`;
  return {
    webcal,
    google: `https://calendar.google.com/calendar/r?cid=${encode(webcal)}`,
    outlook: `https://outlook.live.com/calendar/0/addfromweb?${asked}`,
    office: `https://outlook.office.com/calendar/0/addfromweb?${asked}`,
  };
}

async function copy(words) {
  let copied = true;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    copied = document.execCommand("copy");
  }
  $(".said", block).textContent = say(copied ? words : "copy");
}

/** Offer the calendar of a choice in place of the page's own. */
function choose(choice) {
  state.chat = choice === choices[0] ? "" : choice.name;
  for (const radio of $$(".chips input")) radio.checked = radio.value === choice.name;
  for (const title of $$(".chosen", block)) title.textContent = choice.title;
  field.value = new URL(`${choice.name}.ics`, base).href;
  const links = linksTo(field.value, choice.title);
  for (const link of $$("[data-link]", block)) {
    link.href = links[link.dataset.link];
    // What comes next stands on this page: it stays open.
    if (!link.href.startsWith("webcal")) Object.assign(link, { target: "_blank", rel: "noopener" });
  }
  $(".doubts", block).replaceChildren(...choice.doubts.map(one => one.cloneNode(true)));
  $(".said", block).textContent = "";
  remember();
}

function showAnswer(item) {
  for (const each of $$("[data-program]", block)) $(".go", each).classList.toggle("chosen-one", each === item);
  $(".answer", block).replaceChildren(make("h4", {}, ...$(".go", item).cloneNode(true).childNodes), ...$(".how", item).cloneNode(true).childNodes);
}

/** The programs, those of this device first; those that take no link copy the address. */
function pickCalendar() {
  const agent = navigator.userAgent;
  // An iPad says that it is a Mac.
  const touched = navigator.maxTouchPoints > 1 ? /iPhone|iPad|Mac/ : /iPhone|iPad/;
  const device = touched.test(agent) ? "ios" : ["Android", "Mac", "Windows", "Linux"].find(name => agent.includes(name))?.toLowerCase() || "linux";
  const items = $$("[data-program]", block), fits = item => item.dataset.for.split(" ").includes(device);
  items.sort((one, other) => fits(other) - fits(one));
  for (const item of items) {
    const name = $("b.go", item);
    if (name) name.replaceWith(make("button", { type: "button", class: "go" }, ...name.childNodes));
    $(".go", item).addEventListener("click", () => {
      state.calendar = item.dataset.program;
      remember();
      showAnswer(item);
      if (name) copy("paste");
    });
  }
  $(".programs", block).replaceChildren(...items);
  const asked = items.find(item => item.dataset.program === state.calendar);
  if (!asked) state.calendar = "";
  showAnswer(asked || items[0]);
}

function pickChat() {
  const box = $("#chat");
  const choice = item => {
    const tag = $("a", item).textContent;
    return { name: $(".choose", item).dataset.feed, tag, text: plain(item.textContent), doubts: $$(".doubt", item),
      title: $("h3", item)?.textContent || tag };
  };
  choices = [{ name: block.dataset.feed.split("/").pop().replace(".ics", ""), title: block.dataset.title,
    tag: say("all", { count: cards.length }), text: "", doubts: [] }];
  if (box) {
    choices.push(...$$("#collections li").map(choice), ...cards.map(({ item }) => choice(item)));
    const chips = choices.map(one => {
      const radio = make("input", { type: "radio", name: "chat", value: one.name });
      radio.addEventListener("change", () => {
        choose(one);
        $(".calendar", block).scrollIntoView({ block: "nearest" });
      });
      one.chip = make("label", {}, radio, make("span", {}, make("bdi", {}, one.tag)));
      return one.chip;
    });
    $(".chips", box).append(...chips);
    const find = $("input", box);
    find.addEventListener("input", () => {
      // Without the one that is chosen, the keyboard would find no way to the others.
      for (const one of choices) one.chip.hidden = !$(":checked", one.chip) && !one.text.includes(plain(find.value.trim()));
    });
    if (choices.length < 9) $(".find", box).hidden = true;
  }
  for (const link of $$(".choose")) {
    const one = choices.find(each => each.name === link.dataset.feed);
    if (!one) continue;
    link.href = `?chat=${one.name}#subscribe`;
    link.addEventListener("click", event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(one);
      location.hash = "#subscribe";
      const next = $("#calendar");
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
      next.scrollIntoView();
    });
  }
}

function subscribing() {
  base = /^https?:/.test(field.value) ? field.value : new URL(block.dataset.feed, location.href).href;
  pickChat();
  pickCalendar();
  choose(choices.find(one => one.name === state.chat) || choices[0]);
  field.addEventListener("focus", () => field.select());
  $(".copy", block).addEventListener("click", () => copy("copied"));
}

// ---- Just this one

function offerOne(one) {
  one.button = make("button", { type: "button", "aria-description": one.item.dataset.name });
  one.button.addEventListener("click", async () => {
    await loadScript("single.js");
    const join = $("a[data-join]", one.item)?.href, where = $(".place", one.item)?.textContent || join, own = $(".own", one.item)?.textContent, address = new URL(page(one), location.href);
    address.search = address.hash = "";
    const about = [own, join && say("place", { address: join }), say("fixed", { address })].filter(Boolean).join("\n");
    const { id, start, end, timed, vague } = one;
    ask("single", { id, start, end, timed, vague, about, where, address, name: one.item.dataset.name });
  });
  $(".more", one.item).append(one.button);
}

// ---- The session that the address names

/** Say when it is on the clock of now, if it does not stand in the list. */
function showAsked() {
  const one = listed.find(each => each.item?.closest("#asked"));
  if (one) shownItem(one).parentElement.previousSibling.textContent = inWords(one.day, "weekday day month year");
}

async function openAsked() {
  const day = /-(\d{4}-\d\d-\d\d)$/.exec(location.hash)?.[1];
  $("#asked")?.remove();
  if (!day) return;
  const id = decodeURIComponent(location.hash.slice(1));
  if (document.getElementById(id)) {
    document.getElementById(id).scrollIntoView();
    return;
  }
  const find = () => listed.find(one => one.id === id);
  if (!find()) await retry();
  const one = find();
  if (one) {
    horizon = [horizon, place(one, zone).day].sort().pop();
    refresh();
  }
  let target = document.getElementById(id);
  if (!target) {
    // Of two that begin alike, the longer name comes later.
    const card = cards.filter(each => id.startsWith(`${each.slug}-`) || id.startsWith(`${each.root}-`)).pop();
    if (!one && card) {
      // What is on record of long past sessions stands on the pages of their chapters.
      location.replace(page({ id, chapter: card.slug }));
      return;
    }
    target = make("div", { id: "asked" });
    // It may only have been left out by the filters.
    if (!one || one.over <= Date.now()) target.append(make("p", {}, say(one ? "over" : failed ? "partly" : "gone", { day: wholeDay(day) })));
    if (one) target.append(make("p"), make("ol", {}, shownItem(one)));
    list.before(target);
    showAsked();
  }
  target.classList.add("asked");
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}

// ---- All together

// So many elements take a slow device less than 50 milliseconds.
const SLICE = 100;

function* draw() {
  for (const one of listed) place(one, zone);
  showAsked();
  const { matches, chapters } = filtered(), sessions = listed.filter(matches);
  // To find what is to be drawn takes as long as to draw a slice.
  yield SLICE;
  yield* showNow($("#now"));
  if (overview) {
    yield* showFound($(".found"), chapters);
    yield* showWeek(overview, sessions);
  }
  yield* showDays(sessions);
  if (!overview) return;
  yield* showCards(chapters);
  yield* showMonth($(".month"), sessions);
}

let drawing = null;
/** Show everything anew: at once, or about so many elements in each frame, so that whoever types does not wait. */
function refresh(size = Infinity) {
  const mine = drawing = draw();
  const goOn = () => {
    for (let room = size; room > 0;) {
      const { done, value } = mine.next();
      if (done) return;
      room -= value;
    }
    requestAnimationFrame(() => mine === drawing && goOn());
  };
  goOn();
}

function pickZone(picker) {
  const names = (Intl.supportedValuesOf?.("timeZone") || []).map(modern);
  const zones = new Set([...names, "UTC"].sort());
  zones.delete(deviceZone);
  zones.delete(state.tz);
  picker.append(new Option(say("device", { zone: deviceZone }), ""), ...state.tz ? [new Option(state.tz)] : []);
  picker.value = state.tz;
  setTimeout(() => picker.append(...[...zones].map(name => new Option(name))));
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
  for (const name of ["region", "language", "q"]) state[name] = form?.elements[name]?.value || "";
  if (!form) return;
  const listen = () => {
    for (const name of names) state[name] = form.elements[name].value.trim();
    $("#asked")?.remove();
    remember();
    refresh(SLICE);
  };
  let typing = 0;
  form.addEventListener("input", event => {
    clearTimeout(typing);
    drawing = null;
    typing = setTimeout(listen, event.target.name === "q" ? 120 : 0);
  });
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
  said.textContent = say("stale", { day: wholeDay(wall(built, zone).day), ago: relative.format(Math.ceil(-days), "day") });
}

if (block) subscribing();
for (const one of $$("dd[data-language], [name=language] option:not([value=''])")) {
  try {
    one.textContent = new Intl.DisplayNames([locale], { type: "language" }).of(one.dataset.language || one.value);
  } catch {
    // A language that the browser does not know keeps its tag.
  }
}
const stale = $("#stale");
if (stale) age(stale);
if (list) {
  if (overview) filtering($(".filters"));
  pickZone($("#zone"));
  remember();
  refresh(1500);
  openAsked();
  addEventListener("hashchange", openAsked);
  if (overview) {
    new IntersectionObserver((seen, observer) => {
      if (!seen.some(one => one.isIntersecting)) return;
      observer.disconnect();
      near = true;
      refresh();
    }, { rootMargin: "400px" }).observe($(".month"));
  }
  // A page that was left open goes with the time.
  let day = wall(Date.now(), zone).day;
  const goOn = () => {
    if (document.hidden) return;
    refresh();
    if (stale && day !== wall(Date.now(), zone).day) age(stale);
    day = wall(Date.now(), zone).day;
  };
  const wait = () => setTimeout(() => {
    goOn();
    wait();
  }, 6e4 - Date.now() % 6e4);
  wait();
  for (const event of ["visibilitychange", "pageshow"]) addEventListener(event, goOn);
  // What could not be loaded may be there now.
  addEventListener("online", () => failed && retry());
}
})();
