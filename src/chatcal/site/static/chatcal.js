// What the pages do once script runs: times on the reader's clock, the week, the month, filters, subscribing.
"use strict";
(() => {
const page = document.documentElement, body = document.body;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
page.classList.add("js");
for (const one of $$("#subscribe .js[hidden]")) one.hidden = false;
for (const one of $$("#subscribe .plain")) one.hidden = true;

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ---- Subscribing -------------------------------------------------------------------------------------------------

const block = $("#subscribe");
if (block) {
  const field = $("#address"), said = $(".said");
  if (!/^https?:/.test(field.value)) {
    // The calendar does not say where it is published: here.
    const address = new URL(block.dataset.feed, location.href).href;
    const webcal = address.replace(/^https?:/, "webcal:"), encode = encodeURIComponent;
    const asked = `url=${encode(address)}&name=${encode(block.dataset.title)}`;
    field.value = address;
    const links = {
      webcal,
      google: `https://calendar.google.com/calendar/r?cid=${encode(webcal)}`,
      outlook: `https://outlook.live.com/calendar/0/addfromweb?${asked}`,
      office: `https://outlook.office.com/calendar/0/addfromweb?${asked}`,
    };
    for (const link of $$("[data-link]", block)) link.href = links[link.dataset.link];
  }
  field.addEventListener("focus", () => field.select());
  $(".copy").addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) {
        said.textContent = "Your browser did not let us copy. The address is selected: press Ctrl+C, or ⌘C.";
        return;
      }
    }
    said.textContent = "Copied. In your calendar, look for “Subscribe”, “From URL” or “Add by link”, and paste it there.";
  });
}
})();
