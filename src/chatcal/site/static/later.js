// The items of sessions that a page did not bring along, like those that it did; loaded with these sessions.
"use strict";
(() => {
function badges(json, off, { make, say, words, locale, shortDay, cityOf }) {
  const badge = (kind, said = say(kind)) => [" ", make("span", { class: `badge ${kind}` }, said)];
  const made = off ? badge("cancelled") : [];
  if (json.reason) made.push(" ", make("bdi", { class: "why" }, ...linked(json.reason, make)));
  if (json.moved_from) {
    const { day: planned, time } = json.moved_from, day = shortDay(planned);
    const due = /^\d/.test(time) ? say("day and clock", { day, clock: time }) : time === "all day" ? day
      : time === "unknown" ? say("day alone", { day }) : say("day and part", { day, part: say(`part ${time}`) });
    const placed = json.timezone && !["all day", "unknown"].includes(time) ? say("in", { when: due, city: cityOf(json.timezone) }) : due;
    made.push(...badge("moved"), " ", make("bdi", { class: "why" }, say("from", { when: placed })));
  }
  if (json.status === "unconfirmed") made.push(...badge("unconfirmed"));
  if (json.held_every) {
    const [number, unit] = json.held_every.split(" "), often = `other ${unit}`;
    const interval = (+number).toLocaleString(locale, { style: "unit", unit: unit.slice(0, -1), unitDisplay: "long" });
    const rhythm = number === "2" && often in words ? say(often) : say("every", { interval });
    made.push(...badge("unknown", rhythm), " ", make("bdi", { class: "why" }, say("which")));
  }
  if (!/^(\d|all)/.test(json.time)) made.push(...badge("unknown"));
  return made;
}

const web = address => /^(https?:\/\/|mailto:)/.test(address || "");

/** The parts of a text, its web addresses as links, without what ends the sentence. */
function linked(text, make) {
  return text.split(/(https?:\/\/[^\s"<>\\^`|]*[\w/&~*=#%+$@)-])/i).flatMap((part, number) => {
    if (number % 2 === 0) return part;
    const href = part.split("(").length < part.split(")").length ? part.replace(/\)+$/, "") : part;
    return [make("a", { href }, href), part.slice(href.length)];
  });
}

function itemOf(tools) {
  const { one, make, say, words, shortDay, cityOf, page, overview } = tools, { json, of, off } = one;
  const dir = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(of.language) ? "rtl" : "ltr";
  const lang = of.language === document.documentElement.lang ? {} : { lang: of.language, dir };
  const bdi = (text, more = {}) => make("bdi", more, ...linked(text, make));
  const what = make("p", { class: "what" }), more = make("p", { class: "more" });
  const tag = make("bdi", {}, one.tag), subject = [json.title, json.topic].filter(Boolean).join(": ");
  what.append(overview ? make("a", { href: page(one) }, tag) : make("b", {}, tag));
  if (subject) what.append(" ", bdi(subject, { class: "topic", ...lang }));
  else if (overview && of.hashtag) what.append(" ", make("bdi", {}, of.name));
  what.append(...badges(json, off, tools));
  const add = (...parts) => more.append(make("span", {}, ...parts), " ");
  const link = (href, text, its = {}) => web(href) && more.append(make("a", { href, ...its }, make("bdi", {}, text)), " ");
  if (json.local_start && one.timed) {
    const [day, clock] = json.local_start.split("T");
    const when = say("day and clock", { day: shortDay(day), clock: clock.slice(0, 5) });
    more.append(make("span", { class: "own" }, say("in", { when, city: cityOf(json.timezone) })), " ");
  }
  if (json.hosts) {
    const [before, after] = words.hosts.split("{names}");
    add(before, ...json.hosts.flatMap((name, number) => number ? [", ", bdi(name)] : [bdi(name)]), after);
  }
  if (json.place && !off) {
    const href = `https://www.openstreetmap.org/search?query=${encodeURIComponent(json.geo || json.place)}`;
    const name = { class: "place" };
    const [before, after] = words.at.split("{place}");
    const place = json.place.includes("://") ? bdi(json.place, name) : make("a", { ...name, href }, make("bdi", {}, json.place));
    add(before, place, after);
  }
  // The page tells what the chapter says of itself elsewhere.
  const note = of.note ? (json.note || "").slice(0, -of.note.length) : json.note || "";
  for (const line of note.split("\n").filter(Boolean)) add(bdi(line));
  for (const [name, href] of Object.entries(json.links || {})) if (of.links?.[name] !== href) link(href, name);
  link(json.transcript, say("transcript"));
  if (!off) link(json.join, say("join"), { "data-join": "" });
  return make("li", { class: off ? "session off" : "session", id: one.id, "data-name": json.summary },
    make("time", { class: "when", datetime: one.start }), what, more);
}

function vagueTime({ json: { time, timezone, start, end }, say, later, shortDay, cityOf }) {
  const last = later(end, -1);
  if (time === "unknown") return say("no time");
  if (time === "all day") return last === start ? say("all day") : say("all days", { day: shortDay(last) });
  return timezone ? say("in", { when: say(time), city: cityOf(timezone) }) : say(time);
}

addEventListener("vague", ({ detail }) => {
  detail.said = vagueTime(detail);
});
addEventListener("later", ({ detail }) => {
  detail.item = itemOf(detail);
});
})();
