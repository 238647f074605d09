/* Comfort only: every page works without this file. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // Tables and pictures wider than the screen must be reachable by keyboard to be scrolled.
  for (const box of document.querySelectorAll(".table-wrap, .chart-picture, .timeline-wrap")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  document.querySelector(".form-errors")?.focus();
});

// A form is sent once, however often the button is pressed; coming back by "Back" frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method === "post" && !form.target) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", (event) => {
  const more = document.querySelector(".more[open]");
  if (more && !more.contains(event.target)) more.open = false;
});
document.addEventListener("keydown", (event) => {
  const more = document.querySelector(".more[open]");
  if (event.key === "Escape" && more) {
    more.open = false;
    more.querySelector("summary").focus();
  }
});

// "Copy" beside a text of the page; without this file the text is selected by hand.
document.addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const words = button.querySelector("span");
    const before = words.textContent;
    words.setAttribute("role", "status");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      } catch {
        return document.getElementById(button.dataset.copy).select();
      }
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; }, 2000);
    });
  }
});
