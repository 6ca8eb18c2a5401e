// One session as a file for a calendar; the pages' script loads this when somebody asks for the first.
"use strict";
(() => {
const escaped = text => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
const stamp = text => text.replace(/[-:]|\.\d+/g, "").replace(/T(\d{4})Z/, "T$100Z");

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

function oneEvent({ id, start, end, timed, vague, name, about, where, address }) {
  const moment = (key, text) => timed ? `${key}:${stamp(text)}` : `${key};VALUE=DATE:${stamp(text)}`;
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//chatcal//one session//EN", "BEGIN:VEVENT",
    `UID:${id}@${document.body.dataset.domain}`, `DTSTAMP:${stamp(new Date().toISOString())}`,
    moment("DTSTART", start), moment("DTEND", end), `SUMMARY:${escaped(name)}`, `DESCRIPTION:${escaped(about)}`,
    ...where ? [`LOCATION:${escaped(where)}`] : [], `URL:${address}`, `STATUS:${vague ? "TENTATIVE" : "CONFIRMED"}`,
    "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", ""].map(folded).join("\r\n");
}

addEventListener("single", ({ detail }) => {
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([oneEvent(detail)], { type: "text/calendar;charset=utf-8" }));
  file.download = `${detail.id}.ics`;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 60000);
});
})();
