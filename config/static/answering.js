// Keeps each answer as it is given, through a dead network too. Without JavaScript, Next and Back keep the whole page.
//
// What the server has not confirmed waits in this browser: encrypted with a key that the link gives, until it is sent.
// On a link that somebody else may hold only while the tab is open; on a shared tablet never. Which pages come next
// without a network, answering_ahead.js knows.
(() => {
  "use strict";
  const root = /^\/s\/[^/]+\//.exec(location.pathname)?.[0];
  const token = root?.split("/")[2];
  const told = document.body.dataset;
  const MONTHS = 60 * 24 * 3600 * 1000, SLOW = 15000, HURRY = 3000;
  let form, send, sheetIsLocal = false;
  const say = (text) => {
    const status = document.getElementById("status");
    if (status && status.textContent !== text) status.textContent = text;
  };
  const later = (work) => { later.last = (later.last ?? Promise.resolve()).then(work).catch(() => {}); return later.last; };

  // -- boxes in the browser: "answers." unsent ones, "pages." the questions, "seen." what this tab saw of the draft ----
  const PREFIXES = ["answers.", "pages.", "seen."];
  const stores = [];
  try {
    if (token && globalThis.crypto?.subtle) stores.push(sessionStorage, localStorage);
  } catch { /* storage is forbidden here: answers wait in the page alone */ }
  const keep = { where: told.keep ?? "tab", until: Number(told.until) || Date.now() + MONTHS };
  const shelf = () => (keep.where === "device" ? stores[1] : stores[0]);
  const bytes = (text) => new TextEncoder().encode(text);
  const digest = (purpose) => crypto.subtle.digest("SHA-256", bytes(`${purpose}/${token}`));
  const base64 = (buffer) => {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const back = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const box = stores.length ? (async () => ({
    name: base64((await digest("place")).slice(0, 12)),
    key: await crypto.subtle.importKey("raw", await digest("key"), "AES-GCM", false, ["encrypt", "decrypt"]),
  }))() : null;
  const put = async (store, prefix, value) => {
    const { name, key } = await box, iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes(JSON.stringify(value)));
    store.setItem(prefix + name, `${keep.until} ${base64(iv)} ${base64(sealed)}`);
  };
  const get = async (store, prefix) => {
    const { name, key } = await box;
    const [, iv, sealed] = (store.getItem(prefix + name) ?? "").split(" ");
    if (!sealed) return null;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: back(iv) }, key, back(sealed)).catch(() => null);
    return plain && JSON.parse(new TextDecoder().decode(plain));
  };
  const find = async (prefix) => {
    for (const store of stores) {
      const found = await get(store, prefix);
      if (found && !told.keep) keep.where = store === stores[1] ? "device" : "tab";
      if (found) return found;
    }
    return null;
  };
  const tidy = () => {
    for (const store of stores) {
      for (const name of Object.keys(store)) {
        if (PREFIXES.some((one) => name.startsWith(one)) && !(Number(store.getItem(name).split(" ")[0]) > Date.now())) store.removeItem(name);
      }
    }
  };

  // -- what is known ------------------------------------------------------------------------------------------------
  let waiting = {}; // names of the controls → {pairs, at, text, refused}
  const mine = new Set(); // what this tab answers for
  let seen = {}; // name → values: what the server holds, as far as this tab knows
  let knows = false; // whether this tab has seen the draft before
  const tried = new Map(); // name of a comment → what was sent and not confirmed
  const entries = () => Object.entries(waiting).map(([names, entry]) => ({ names, entry }));
  const fresh = () => entries().filter(({ entry }) => !entry.refused);
  const into = (known, names, pairs) => {
    for (const name of names.split(" ")) {
      const values = pairs.filter(([one, value]) => one === name && value !== "").map(([, value]) => value);
      if (values.length) known[name] = values.includes("none") && name !== "s.used" ? ["none"] : values;
      else delete known[name];
    }
    if (known["s.add"]) known["s.used"] = [...new Set([...(known["s.used"] ?? []), ...known["s.add"]])];
    delete known["s.add"];
    return known;
  };
  const answers = () => entries().reduce((known, { names, entry }) => into(known, names, entry.pairs), { ...seen });

  const persist = () => box && later(async () => {
    const { name } = await box, there = (await find("answers.")) ?? {}, all = { ...waiting };
    // What another tab waits to send stays; of one question the later answer does.
    for (const [names, entry] of Object.entries(there)) {
      if (!mine.has(names) || entry.at > (waiting[names]?.at ?? Infinity)) all[names] = entry;
    }
    if (Object.keys(all).length) await put(shelf(), "answers.", all);
    else for (const store of stores) store.removeItem("answers." + name);
  });
  const remember = () => box && later(() => put(stores[0], "seen.", { seen }));
  const recall = async () => {
    if (!box) return;
    try {
      tidy();
      const [found, before] = await Promise.all([find("answers."), get(stores[0], "seen.")]);
      waiting = { ...found, ...waiting };
      for (const names of Object.keys(waiting)) mine.add(names);
      knows = Boolean(before);
      seen = { ...before?.seen, ...seen };
      for (const { entry } of entries()) entry.refused = false;
    } catch { /* damaged, or not ours: what the server has is shown */ }
  };
  const forget = () => {
    waiting = {};
    seen = {};
    tried.clear();
    return box && later(async () => {
      const { name } = await box;
      for (const store of stores) for (const prefix of PREFIXES) store.removeItem(prefix + name);
    });
  };

  // -- sending ------------------------------------------------------------------------------------------------------
  const post = (url, pairs, mark, keepalive) => fetch(url, {
    method: "POST",
    headers: { "X-Autosave": mark },
    body: new URLSearchParams(pairs),
    // A shared tablet knows its visitor by a cookie; a personal link needs none.
    credentials: token ? "omit" : "same-origin",
    keepalive,
    signal: AbortSignal.timeout?.(SLOW),
  });
  let pause = 0, timer, wish, going = false, gaps = false;

  const questions = (names) => names.split(" ").flatMap((name) => {
    const control = form?.elements.namedItem(name);
    const first = control?.closest ? control : control?.[0];
    return first ? [[first, first.closest(".question")]] : [];
  });
  const marks = (names, on) => {
    for (const [, question] of questions(names)) {
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
    for (const [first, question] of questions(names)) {
      first.removeAttribute?.("aria-invalid");
      if (!question?.classList.contains("question-open")) continue;
      question.querySelector(".open")?.remove();
      question.classList.remove("question-open");
    }
  };
  const retry = () => {
    gaps = true;
    for (const { names } of fresh()) marks(names, true);
    const waits = send?.dataset.waits ?? (box ? form?.dataset.kept : form?.dataset.open);
    if (waits) say(waits);
    page.ahead?.waits(fresh().length);
    clearTimeout(timer);
    pause = Math.min(30000, (pause || 1000) * 2);
    timer = setTimeout(carryOn, pause);
  };
  // The server kept what another window had written there, too.
  const puttogether = (names, pairs, kept) => {
    for (const [name, text] of Object.entries(kept)) {
      if (!names.split(" ").includes(name)) continue;
      seen[name] = [text];
      const area = form?.elements.namedItem(name), sent = pairs.find(([one]) => one === name)?.[1] ?? "";
      if (!area?.closest) continue;
      area.value = text + (area.value.startsWith(sent) ? area.value.slice(sent.length) : `\n\n${area.value}`);
      count(area);
    }
  };

  let under = null;
  const flush = () => (under ??= run().finally(() => { under = null; }));
  // True: nothing waits any more but what the server refused.
  const run = async () => {
    let alone = false;
    while (fresh().length) {
      // Whose service was used decides what else there is.
      const first = fresh().find(({ names }) => names.includes("s.used")) ?? fresh()[0];
      const batch = alone ? [first] : fresh();
      if (form && !gaps) say(form.dataset.saving);
      let answer;
      const pairs = batch.flatMap(({ entry }) => entry.pairs);
      const texts = batch.filter(({ entry }) => entry.text).flatMap(({ entry }) => entry.pairs);
      // What each text began with: the server puts it together with what another window wrote meanwhile.
      const began = texts.flatMap(([name]) => [...(seen[name] ?? [""]), ...(tried.get(name) ?? [])].map((text) => [`was.${name}`, text]));
      for (const [name, text] of texts) tried.set(name, [...(tried.get(name) ?? []).slice(-3), text]);
      try {
        const all = root ? [...pairs, ...began] : pairs;
        answer = await post(root ? `${root}answers/` : form.action, all, "1", new URLSearchParams(all).toString().length < 50000);
      } catch { retry(); return false; }
      if (answer.status === 409 || answer.status === 410) { await forget(); location.reload(); return false; }
      if (answer.status === 400 || answer.status === 413) {
        if (batch.length > 1) { alone = true; continue; }
        batch[0].entry.refused = true;
        say((await answer.json().catch(() => ({}))).message ?? "");
        persist();
        continue;
      }
      if (!answer.ok) { retry(); return false; }
      const put = answer.status === 200 ? await answer.json().catch(() => ({})) : {};
      for (const { names, entry } of batch) {
        for (const name of names.split(" ")) tried.delete(name);
        into(seen, names, entry.pairs);
        puttogether(names, entry.pairs, put.kept ?? {});
        if (waiting[names] !== entry) continue; // answered anew meanwhile
        delete waiting[names];
        settled(names);
      }
      persist();
      remember();
      pause = 0;
      if (!fresh().length) gaps = false;
      if (!entries().length) {
        page.ahead?.waits(0);
        if (form) {
          say(put.message ?? form.dataset.saved);
          document.getElementById("kept").hidden = false;
        }
      }
    }
    gaps = false;
    return true;
  };
  const carryOn = async () => {
    clearTimeout(timer);
    if (!form && !send && !fresh().length) return;
    const had = fresh().length;
    if (!await flush()) return;
    if (send && wish) deliver();
    else if (form && wish) go();
    else if (had && !form && !sheetIsLocal) location.reload();
  };
  addEventListener("online", carryOn);
  addEventListener("pageshow", (event) => { if (event.persisted) carryOn(); });
  // Sent, declined or thrown away in another tab: this one shows it no longer.
  addEventListener("storage", async (event) => {
    if (box && event.key === "pages." + (await box).name && event.newValue === null && (form || send)) location.reload();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (fresh().length || wish)) carryOn(); });

  // -- a page of questions ------------------------------------------------------------------------------------------
  const keepControl = (field) => {
    if (!field.name || "local" in field.dataset) return;
    // A question's controls go together: "I can't judge this" beside two halves, a list beside boxes.
    const together = [...(field.closest("fieldset")?.querySelectorAll("input, select") ?? [field])];
    const names = [...new Set(together.filter((one) => !("local" in one.dataset)).map((one) => one.name))];
    // All controls of the name: boxes are a list, and the hidden empty one says that the last was unticked.
    const pairs = [...new FormData(form)].filter(([name]) => names.includes(name));
    waiting[names.join(" ")] = { pairs, at: Date.now(), text: field.type === "textarea" };
    mine.add(names.join(" "));
    persist();
    return flush();
  };
  // "None of these" and "I can't judge this" stand alone: choosing one lets go of the others, and the other way round.
  const settle = (chosen) => {
    if ("local" in chosen.dataset) return;
    const controls = [...(chosen.closest("fieldset")?.querySelectorAll("input:not([type=hidden]), select") ?? [])].filter((one) => !("local" in one.dataset));
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
    // All is confirmed: a page that this browser made says only where to go, and undoes nothing.
    if (sheetIsLocal) for (const one of form.elements) if (one.type !== "submit") one.disabled = true;
    form.requestSubmit(button?.form === form ? button : undefined);
    setTimeout(() => { going = false; }, SLOW);
  };
  const fill = (known) => {
    for (const control of form.querySelectorAll("[name]:not([type=hidden]):not(button)")) {
      if ("local" in control.dataset) continue;
      const values = known[control.name] ?? [];
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.tagName !== "SELECT") control.value = values.filter((value) => value !== "none").at(-1) ?? "";
    }
    form.querySelectorAll("textarea").forEach(count);
  };
  const restore = () => {
    for (const { names, entry } of entries()) {
      const known = into({}, names, entry.pairs);
      for (const name of names.split(" ")) {
        for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)) {
          if (control.type === "radio" || control.type === "checkbox") control.checked = known[name]?.includes(control.value) ?? false;
          else if (name in known || control.tagName === "TEXTAREA") control.value = known[name]?.at(-1) ?? "";
        }
      }
      marks(names, true);
    }
  };
  // What the server shows as answered.
  const harvest = () => {
    const names = new Set([...form.querySelectorAll("input:not([type=hidden]), textarea")].filter((one) => one.name && !("local" in one.dataset)).map((one) => one.name));
    for (const name of names) {
      const values = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)]
        .filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.defaultChecked : one.defaultValue))
        .map((one) => (one.type === "radio" || one.type === "checkbox" ? one.value : one.defaultValue));
      if (values.length) seen[name] = values;
      else delete seen[name];
    }
    remember();
  };
  const typing = new Map();
  const count = (area) => {
    const line = area.closest(".question").querySelector("[data-count]");
    line.textContent = `${[...area.value].length} / ${area.dataset.limit}`;
  };
  const typed = () => {
    for (const [area, pending] of typing) { clearTimeout(pending); keepControl(area); }
    typing.clear();
  };
  // The list of departments shrinks to those whose name has every word.
  const search = () => {
    const find = document.getElementById("find"), list = document.getElementById("add");
    if (!find || !list) return;
    const all = [...list.options], line = document.getElementById("found");
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    find.addEventListener("input", () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), chosen = list.value;
      const hits = all.filter((one) => one.value && words.every((word) => one.text.toLowerCase().includes(word)));
      list.replaceChildren(all[0], ...hits);
      list.value = words.length && hits.length === 1 ? hits[0].value : hits.some((one) => one.value === chosen) ? chosen : "";
      line.textContent = !words.length ? "" : hits.length ? find.dataset.some.replace("{n}", hits.length) : find.dataset.none;
    });
  };
  const bind = () => {
    form = document.getElementById("page");
    send = document.getElementById("send");
    wish = null; // of the page before
    if (form) {
      form.addEventListener("change", (event) => {
        settle(event.target);
        clearTimeout(typing.get(event.target));
        typing.delete(event.target);
        keepControl(event.target);
      });
      for (const area of form.querySelectorAll("textarea")) {
        area.addEventListener("input", () => {
          count(area);
          clearTimeout(typing.get(area));
          typing.set(area, setTimeout(() => { typing.delete(area); keepControl(area); }, 1000));
        });
        count(area);
      }
      search();
      form.addEventListener("submit", submitted);
    }
    send?.addEventListener("submit", (event) => {
      if (!event.submitter) return;
      event.preventDefault();
      wish = event.submitter;
      deliver();
    });
  };
  // What a page posts was confirmed before, or is confirmed now: a network that dies just then takes nothing along.
  const submitted = (event) => {
    if (going) return;
    typed();
    const button = event.submitter ?? form.querySelector(".button-primary");
    if (!fresh().length && navigator.onLine && !sheetIsLocal) return;
    event.preventDefault();
    if (sheetIsLocal && button.name !== "lang") {
      page.ahead.walk(button);
      if (!delivering && page.isAway()) retry();
      else flush();
      return;
    }
    wish = button;
    const walk = () => {
      if (page.ahead?.walk(button)) wish = wish === button ? null : wish;
      if (!delivering) retry();
    };
    if (!navigator.onLine) return walk();
    const slow = new Promise((done) => { setTimeout(() => done(false), page.ahead ? HURRY : 86400000); });
    Promise.race([flush(), slow]).then((done) => {
      if (wish !== button) return;
      if (done) go();
      else walk();
    });
  };

  // -- the summary --------------------------------------------------------------------------------------------------
  let delivering = false;
  const deliver = async () => {
    if (delivering) return;
    delivering = true;
    say(send.dataset.saving);
    try {
      if (!await flush()) throw new Error();
      const answer = await post(`${root ?? ""}${root ? "check/" : send.action}`, [["go", "send"]], "send", false);
      if (answer.status >= 500 || answer.status === 429) throw new Error();
      const { url } = answer.ok ? await answer.json() : {};
      // Nothing is thrown away that was not taken: what is still open, the summary tells.
      if (!url?.includes("/check/")) await forget();
      if (url && !(url === location.pathname)) location.assign(url);
      else location.reload();
    } catch {
      delivering = false;
      retry();
    }
  };

  // For answering_ahead.js, which sets ``page.ahead`` when it can show pages by itself.
  const page = {
    root, told, keep, find, answers, bind, fill, entries, fresh, marks, say, retry,
    ahead: null,
    onDevice: () => Boolean(box) && keep.where === "device",
    store: (content) => box && later(() => put(shelf(), "pages.", content)),
    learn: (found) => { seen = found; knows = true; remember(); },
    knows: () => knows,
    isAway: () => gaps || !navigator.onLine,
    isLocal: (now = sheetIsLocal) => (sheetIsLocal = now),
    deliver: (button) => { wish = button; deliver(); },
  };
  globalThis.answering = page;
  document.getElementById("error")?.focus();
  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.lang[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  bind();
  if (form) harvest();
  if (document.querySelector("[data-forget]")) { page.ready = Promise.resolve(false); forget(); return; }
  page.ready = recall().then(() => {
    if (form) { restore(); form.querySelectorAll("textarea").forEach(count); }
    if (fresh().length) carryOn();
    return true;
  });
})();
