// Searches the past sessions.
"use strict";
(() => {
const field = document.querySelector("#search"), said = document.querySelector("#matches");
if (!field) return;
const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const rows = [...document.querySelectorAll(".year .session")].map(row => [row, plain(row.textContent)]);
function search() {
  const parts = plain(field.value).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const [row, text] of rows) {
    row.hidden = !parts.every(part => text.includes(part));
    count += !row.hidden;
  }
  for (const year of document.querySelectorAll(".year")) year.hidden = !year.querySelector(".session:not([hidden])");
  for (const link of document.querySelectorAll(".years a")) link.parentElement.hidden = document.querySelector(link.hash).hidden;
  said.textContent = !parts.length ? "" : !count ? said.dataset.none
    : said.dataset.some.replace("{count}", count).replace("{all}", rows.length);
}
field.form.addEventListener("submit", event => event.preventDefault());
field.addEventListener("input", search);
search();
})();
