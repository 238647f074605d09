// Keeps each answer as it is given, through a dead network too. Without JavaScript, Next and Back keep the whole page.
//
// What the server has not confirmed waits in this browser: encrypted with a key that the link gives, until it is sent.
// Of a visit by code only while the tab is open; on a shared tablet never.
(() => {
  "use strict";
  const form = document.getElementById("page");
  const send = document.getElementById("send");
  const status = document.getElementById("status");
  const token = /^\/s\/([^/]+)\//.exec(location.pathname)?.[1];
  const OLD = 60 * 24 * 3600 * 1000, PREFIX = "answers.";
  const say = (text) => { if (status && status.textContent !== text) status.textContent = text; };

  // -- the box in the browser ---------------------------------------------------------------------------------------
  let shelf = null;
  try {
    if (token && globalThis.crypto?.subtle) shelf = token.includes(".") ? sessionStorage : localStorage;
  } catch { /* storage is forbidden here: answers wait in the page alone */ }
  const bytes = (text) => new TextEncoder().encode(text);
  const digest = (purpose) => crypto.subtle.digest("SHA-256", bytes(`${purpose}/${token}`));
  const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const back = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const box = shelf && (async () => ({
    name: PREFIX + base64((await digest("place")).slice(0, 12)),
    key: await crypto.subtle.importKey("raw", await digest("key"), "AES-GCM", false, ["encrypt", "decrypt"]),
  }))();
  let waiting = {}; // address → names of the controls → {pairs, refused}
  const entries = () => Object.entries(waiting).flatMap(([where, found]) =>
    Object.entries(found).map(([names, entry]) => ({ where, names, entry })));
  const fresh = () => entries().filter(({ entry }) => !entry.refused);
  const later = (work) => { later.last = (later.last ?? Promise.resolve()).then(work).catch(() => {}); return later.last; };

  const persist = () => box && later(async () => {
    const { name, key } = await box;
    if (!entries().length) return shelf.removeItem(name);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes(JSON.stringify(waiting)));
    let sealedText = "";
    for (const byte of new Uint8Array(sealed)) sealedText += String.fromCharCode(byte);
    shelf.setItem(name, `${Date.now()} ${base64(iv)} ${btoa(sealedText)}`);
  });
  const recall = async () => {
    if (!box) return;
    try {
      for (const name of Object.keys(shelf)) {
        if (name.startsWith(PREFIX) && Date.now() - Number(shelf.getItem(name).split(" ")[0]) > OLD) shelf.removeItem(name);
      }
      const { name, key } = await box;
      const [, iv, sealed] = (shelf.getItem(name) ?? "").split(" ");
      if (!sealed) return;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: back(iv) }, key, back(sealed));
      const found = JSON.parse(new TextDecoder().decode(plain));
      for (const [where, group] of Object.entries(found)) waiting[where] = { ...group, ...waiting[where] };
      for (const { entry } of entries()) entry.refused = false;
    } catch { /* damaged, or not ours: what the server has is shown */ }
  };
  const forget = () => { waiting = {}; return persist(); };

  // -- sending ------------------------------------------------------------------------------------------------------
  const here = form && new URL(form.action).pathname;
  const address = (where) => (where === here ? form.action : where);
  const post = (url, pairs, mark, keepalive) => fetch(url, {
    method: "POST",
    headers: { "X-Autosave": mark },
    body: new URLSearchParams(pairs),
    // A shared tablet knows its visitor by a cookie; a personal link needs none.
    credentials: token ? "omit" : "same-origin",
    keepalive,
  });
  let pause = 0, timer, wish, going = false, gaps = false;

  const marks = (names, on) => {
    if (!form) return;
    for (const name of names.split(" ")) {
      const control = form.elements.namedItem(name);
      const question = (control?.closest ? control : control?.[0])?.closest(".question");
      const ask = question?.querySelector(".ask");
      if (!ask) continue;
      ask.querySelector(".unsent")?.remove();
      if (on) {
        const tag = document.createElement("span");
        tag.className = "open unsent";
        tag.textContent = form.dataset.unsent;
        ask.append(" ", tag);
      }
    }
  };
  const settled = (names) => {
    marks(names, false);
    for (const name of names.split(" ")) {
      const control = form?.elements.namedItem(name);
      const first = control?.closest ? control : control?.[0];
      first?.removeAttribute?.("aria-invalid");
      const question = first?.closest(".question-open");
      question?.querySelector(".open")?.remove();
      question?.classList.remove("question-open");
    }
  };
  const retry = () => {
    gaps = true;
    for (const { where, names } of fresh()) if (where === here) marks(names, true);
    say(send ? send.dataset.waits : shelf ? form?.dataset.kept : form?.dataset.open);
    clearTimeout(timer);
    pause = Math.min(30000, (pause || 1000) * 2);
    timer = setTimeout(carryOn, pause);
  };

  let under = null;
  const flush = () => (under ??= run().finally(() => { under = null; }));
  // True: nothing waits any more but what the server refused.
  const run = async () => {
    let alone = false;
    while (fresh().length) {
      const first = fresh()[0];
      const batch = alone ? [first] : fresh().filter(({ where }) => where === first.where);
      if (form && !gaps) say(form.dataset.saving);
      let answer;
      try {
        const pairs = batch.flatMap(({ entry }) => entry.pairs);
        answer = await post(address(first.where), pairs, "1", new URLSearchParams(pairs).toString().length < 50000);
      } catch { retry(); return false; }
      if (answer.status === 409 || answer.status === 410) { await forget(); location.reload(); return false; }
      if (answer.status === 400 || answer.status === 413) {
        if (batch.length > 1) { alone = true; continue; }
        first.entry.refused = true;
        say((await answer.json().catch(() => ({}))).message ?? "");
        persist();
        continue;
      }
      if (!answer.ok && answer.status !== 404) { retry(); return false; }
      for (const { where, names, entry } of batch) {
        if (waiting[where]?.[names] !== entry) continue; // answered anew meanwhile
        delete waiting[where][names];
        if (!Object.keys(waiting[where]).length) delete waiting[where];
        if (where === here) settled(names);
      }
      persist();
      pause = 0;
      if (form && !fresh().length && !entries().length) {
        say(form.dataset.saved);
        document.getElementById("kept").hidden = false;
      }
    }
    gaps = false;
    return true;
  };
  const carryOn = async () => {
    clearTimeout(timer);
    if (send && wish) return deliver();
    const had = fresh().length;
    if (!await flush()) return;
    if (wish) go();
    else if (had && !form) location.reload();
  };
  addEventListener("online", carryOn);
  addEventListener("pageshow", (event) => { if (event.persisted) carryOn(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (fresh().length || wish)) carryOn(); });

  // -- a page of questions ------------------------------------------------------------------------------------------
  const keep = (field) => {
    if (!field.name) return;
    const together = field.closest("[data-together]");
    const names = together
      ? [...new Set([...together.querySelectorAll("input, select")].map((one) => one.name))]
      : [field.name];
    // All controls of the name: boxes are a list, and the hidden empty one says that the last was unticked.
    const pairs = [...new FormData(form)].filter(([name]) => names.includes(name));
    (waiting[here] ??= {})[names.join(" ")] = { pairs };
    persist();
    return flush();
  };
  // "None of these" and "I can't judge this" stand alone: choosing one lets go of the others, and the other way round.
  const settle = (chosen) => {
    const controls = [...(chosen.closest("fieldset")?.querySelectorAll("input:not([type=hidden]), select") ?? [])];
    if (!controls.some((one) => "alone" in one.dataset)) return;
    const typed = (one) => one.type === "text" || one.tagName === "SELECT";
    if (typed(chosen) ? !chosen.value : !chosen.checked) return;
    for (const other of controls) {
      if (other === chosen || !("alone" in chosen.dataset || "alone" in other.dataset)) continue;
      if (typed(other)) other.value = "";
      else other.checked = false;
    }
  };
  const go = () => {
    const button = wish;
    going = true;
    wish = null;
    form.requestSubmit(button?.form === form ? button : undefined);
  };
  const restore = () => {
    for (const [names, { pairs }] of Object.entries(waiting[here] ?? {})) {
      for (const name of names.split(" ")) {
        const values = pairs.filter(([known]) => known === name).map(([, value]) => value);
        for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)) {
          if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
          else if (values.length) control.value = values.at(-1);
        }
      }
      marks(names, true);
    }
  };
  const boxes = [...(form?.querySelectorAll("textarea") ?? [])];
  const typing = new Map();
  const count = (area) => {
    const line = area.closest(".question").querySelector("[data-count]");
    line.textContent = `${[...area.value].length} / ${area.dataset.limit}`;
  };
  if (form) {
    form.addEventListener("change", (event) => {
      settle(event.target);
      clearTimeout(typing.get(event.target));
      typing.delete(event.target);
      keep(event.target);
    });
    for (const area of boxes) {
      area.addEventListener("input", () => {
        count(area);
        clearTimeout(typing.get(area));
        typing.set(area, setTimeout(() => { typing.delete(area); keep(area); }, 1000));
      });
      count(area);
    }
    // What a page posts was confirmed before, or is confirmed now: a network that dies just then takes nothing along.
    form.addEventListener("submit", (event) => {
      if (going) return;
      for (const [area, pending] of typing) { clearTimeout(pending); keep(area); }
      typing.clear();
      if (!fresh().length && navigator.onLine) return;
      event.preventDefault();
      wish = event.submitter ?? form.querySelector(".button-primary");
      if (!navigator.onLine && !fresh().length) return retry();
      flush().then((done) => { if (done && wish) go(); });
    });
  }

  // -- the summary --------------------------------------------------------------------------------------------------
  let delivering = false;
  const deliver = async () => {
    if (delivering) return;
    delivering = true;
    say(send.dataset.saving);
    try {
      const answer = await post(send.action, [["go", "send"]], "send", false);
      if (answer.status >= 500 || answer.status === 429) throw new Error();
      const told = answer.ok ? await answer.json() : {};
      await forget();
      if (told.url) location.assign(told.url);
      else location.reload();
    } catch {
      delivering = false;
      retry();
    }
  };
  send?.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    wish = event.submitter;
    deliver();
  });

  document.getElementById("error")?.focus();
  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.lang[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  if (document.querySelector("[data-forget]")) { if (box) forget(); return; }
  recall().then(() => {
    if (form) { restore(); boxes.forEach(count); }
    if (fresh().length) carryOn();
  });
})();
