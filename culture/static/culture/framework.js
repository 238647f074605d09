/* Find as you type on the framework page; without it the same form asks the server. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("[data-find-field]");
  if (!field || new URLSearchParams(location.search).get("q")) return;
  const lines = [...document.querySelectorAll("[data-find]")];
  const groups = [...document.querySelectorAll("[data-find-group]")];
  const jumps = [...document.querySelectorAll("[data-find-jump]")];
  const told = document.querySelector("[data-find-told]");
  const none = document.querySelector("[data-find-none]");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const filter = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const line of lines) {
      line.hidden = !words.every((word) => line.dataset.find.includes(word));
      if (!line.hidden) count += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-find]:not([hidden])");
    for (const jump of jumps) jump.hidden = document.getElementById(jump.dataset.findJump).hidden;
    none.hidden = count > 0;
    told.textContent = words.length ? told.dataset.words.replace("0", count) : "";
  };
  field.addEventListener("input", filter);
  field.form.addEventListener("submit", (event) => event.preventDefault());
  filter();
});
