// Keeps each answer as it is given. Without JavaScript, Next and Back keep the whole page.
(() => {
  "use strict";
  const form = document.getElementById("page");
  if (!form) return;
  const status = document.getElementById("status");
  const under = new Map(); // one request per question: a later answer replaces an earlier one still on its way
  const say = (text) => { status.textContent = text; };

  const keep = async (field) => {
    under.get(field.name)?.abort();
    const way = new AbortController();
    under.set(field.name, way);
    say(form.dataset.saving);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "X-Autosave": "1" },
        // All controls of the name: boxes are a list, and the hidden empty one says that the last was unticked.
        body: new URLSearchParams(new FormData(form).getAll(field.name).map((value) => [field.name, value])),
        credentials: "omit",
        keepalive: field.value.length < 15000,
        signal: way.signal,
      });
      if (answer.status === 409 || answer.status === 410) return location.reload();
      if (answer.status === 400) return say((await answer.json()).message);
      if (!answer.ok) throw new Error();
      under.delete(field.name);
      field.removeAttribute("aria-invalid");
      const question = field.closest(".question-open");
      question?.querySelector(".open")?.remove();
      question?.classList.remove("question-open");
      say(form.dataset.saved);
      document.getElementById("kept").hidden = false;
    } catch (error) {
      if (error.name !== "AbortError") say(form.dataset.notSaved);
    }
  };

  // "None of these" and "I can't judge this" stand alone: choosing one lets go of the others, and the other way round.
  const settle = (chosen) => {
    const controls = [...(chosen.closest("fieldset")?.querySelectorAll("input:not([type=hidden])") ?? [])];
    if (!controls.some((one) => "alone" in one.dataset)) return;
    const empty = chosen.type === "text" ? !chosen.value : !chosen.checked;
    if (empty) return;
    for (const other of controls) {
      if (other === chosen || !("alone" in chosen.dataset || "alone" in other.dataset)) continue;
      other.checked = false;
      if (other.type === "text") other.value = "";
    }
  };
  form.addEventListener("change", (event) => { settle(event.target); keep(event.target); });
  // What the form sends is newer than any autosave on its way.
  form.addEventListener("submit", () => under.forEach((way) => way.abort()));

  const box = form.querySelector("textarea");
  if (box) {
    const count = form.querySelector("[data-count]");
    const show = () => { count.textContent = `${[...box.value].length} / ${box.dataset.limit}`; };
    let pause;
    box.addEventListener("input", () => {
      show();
      clearTimeout(pause);
      pause = setTimeout(keep, 1500, box);
    });
    form.addEventListener("submit", () => clearTimeout(pause));
    show();
  }
  document.getElementById("error")?.focus();
  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.lang[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
})();
