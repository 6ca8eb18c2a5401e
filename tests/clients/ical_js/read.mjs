// What ical.js makes of feeds: `node read.mjs FEED...`, the answer as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const { version } = JSON.parse(readFileSync(new URL("node_modules/ical.js/package.json", import.meta.url)));

// Days as they are; instants through the machine's own clock, as a page shows them.
const moment = time =>
  time.isDate ? time.toString().replaceAll("-", "") : time.toJSDate().toISOString().replace(/[-:]|\.000/g, "");

const sessions = path =>
  new ICAL.Component(ICAL.parse(readFileSync(path, "utf8"))).getAllSubcomponents("vevent").map(component => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      start: moment(event.startDate),
      end: moment(event.endDate),
      summary: event.summary,
      description: event.description,
      status: component.getFirstPropertyValue("status"),
    };
  });

console.log(JSON.stringify({ version, feeds: process.argv.slice(2).map(sessions) }));
