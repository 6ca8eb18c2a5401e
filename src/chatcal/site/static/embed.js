// Shows the next three sessions that are not over, on the reader's clock.
"use strict";
(() => {
const language = document.documentElement.lang;
const { hour12 } = Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
/** Say when it is; with the year where that is so far ahead that it could be taken for this year. */
const format = moment => moment.toLocaleString(language === "en" ? "en-GB" : language,
  { weekday: "short", day: "numeric", month: "short", year: moment - Date.now() > 300 * 864e5 ? "numeric" : undefined,
    hour: "numeric", minute: "2-digit", hourCycle: hour12 ? "h12" : "h23", timeZoneName: "short" });
const rows = [...document.querySelectorAll("li:not(.none)")], none = document.querySelector(".none");
for (const time of document.querySelectorAll("time")) {
  // Where there is a date alone, the day holds on the chapter's clock.
  if (time.dateTime.includes("T")) time.textContent = format(new Date(time.dateTime));
}
function show() {
  // A date ends when it is over everywhere on earth.
  const end = ({ dataset }) => new Date(dataset.end.includes("T") ? dataset.end : `${dataset.end}T12:00Z`);
  const coming = rows.filter(row => end(row.querySelector("time")) > new Date());
  for (const row of rows) row.hidden = !coming.slice(0, 3).includes(row);
  // Where more is coming than the page brings along, it does not say that nothing is.
  if (none) none.hidden = coming.length > 0;
}
show();
setInterval(show, 60_000);
document.addEventListener("visibilitychange", show);
})();
