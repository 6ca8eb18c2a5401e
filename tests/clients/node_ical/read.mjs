// What node-ical makes of feeds: `node read.mjs FEED...`, the answer as JSON.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const { version } = JSON.parse(readFileSync(new URL("node_modules/node-ical/package.json", import.meta.url)));

// It gives a day as midnight on the machine's own clock, and says that it means a day.
const moment = value =>
  value.dateOnly
    ? [value.getFullYear(), value.getMonth() + 1, value.getDate()].map(number => String(number).padStart(2, "0")).join("")
    : value.toISOString().replace(/[-:]|\.000/g, "");

const sessions = path =>
  Object.values(ical.sync.parseFile(path))
    .filter(({ type }) => type === "VEVENT")
    .map(event => ({
      uid: event.uid,
      start: moment(event.start),
      end: moment(event.end),
      summary: event.summary,
      description: event.description,
      status: event.status ?? null,
    }));

console.log(JSON.stringify({ version, feeds: process.argv.slice(2).map(sessions) }));
