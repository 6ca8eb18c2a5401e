// What Nextcloud's calendar-js makes of feeds: `node read.mjs FEED...`, the answer as JSON.
import { readFileSync } from "node:fs";
import { DateTimeValue, getParserManager } from "@nextcloud/calendar-js";

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@nextcloud/calendar-js/package.json", import.meta.url)),
);
const ever = [2000, 2040].map(year => DateTimeValue.fromJSDate(new Date(Date.UTC(year, 0, 1)), true));

const moment = value =>
  value.isDate
    ? [value.year, value.month, value.day].map(number => String(number).padStart(2, "0")).join("")
    : value.jsDate.toISOString().replace(/[-:]|\.000/g, "");

// As its calendar does: a process for each object of the file, then what of it lies between two moments.
const sessions = path => {
  const parser = getParserManager().getParserForFileType("text/calendar", { extractGlobalProperties: true });
  parser.parse(readFileSync(path, "utf8"));
  return [...parser.getItemIterator()].flatMap(item =>
    [...item.getVObjectIterator()].flatMap(object =>
      object.recurrenceManager.getAllOccurrencesBetween(...ever).map(event => ({
        uid: event.uid,
        start: moment(event.startDate),
        end: moment(event.endDate),
        summary: event.title,
        description: event.description,
        status: event.status,
      })),
    ),
  );
};

console.log(JSON.stringify({ version, feeds: process.argv.slice(2).map(sessions) }));
