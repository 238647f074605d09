// The coming pages, fetched ahead: without a network they are shown from here, as the server would show them.
//
// The rules of who is asked what are surveys/answering/pages.py's; the server applies them again to all that arrives.
(() => {
  "use strict";
  const page = globalThis.answering, { root, told } = page;
  if (!root) return;
  const sheet = document.querySelector(".sheet"), shell = document.querySelector("[data-shell]");
  let all = null, at = location.pathname; // the interview; the address of what is shown
  const words = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), all.words[name]);
  const make = (tag, name, text = "") => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };
  const escaped = (text) => make("i", "", text).innerHTML;

  // -- which pages and questions ------------------------------------------------------------------------------------
  const ticked = (known) => known["s.used"]?.filter((unit) => unit !== "none");
  const added = (known) => (ticked(known) ?? []).filter((unit) => !all.asked.includes(Number(unit)));
  const rated = (known) => {
    const asked = all.asked.map(String), used = ticked(known);
    return new Set(used ? [...asked.filter((unit) => used.includes(unit)), ...added(known)].slice(0, all.most) : asked);
  };
  const of = (blank, unit) => {
    const name = all.names[unit] ?? "", { id, name: anybody } = all.any;
    const { html, ...rest } = blank;
    const put = (text, its) => text.replaceAll(`p.${id}.`, `p.${unit}.`).replaceAll(anybody, () => its);
    const its = JSON.stringify(name).slice(1, -1);
    return { ...JSON.parse(put(JSON.stringify(rest), its)), html: put(html, escaped(name)), provider: Number(unit), number: null };
  };
  // Whom he adds comes after those he is asked about, and is numbered last: no other page's address moves.
  const every = (known) => {
    const found = [], more = added(known);
    let run = [], number = all.next;
    for (const one of [...all.pages, null]) {
      if (one?.provider === all.any.id) { run.push(one); continue; }
      for (const unit of more) for (const blank of run) found.push(of(blank, unit));
      run = [];
      if (one) found.push(one);
    }
    return found.map((one) => (one.number === null ? { ...one, number: number++ } : one));
  };
  const whole = (field, text) => /^\s*\d+\s*$/.test(text) && Number(text) >= field.low && Number(text) <= field.high;
  // Numbers; null: "I can't judge this"; undefined: open.
  const value = (field, known) => {
    const given = known[field.name];
    if (field.kind === "comment") return given ? [] : undefined;
    if (given?.[0] === "none") return null;
    if (field.halves.length) {
      const [expected, found] = field.halves.map((half) => known[half]?.[0]);
      return expected && found ? [10 * Number(expected) + Number(found)] : undefined;
    }
    if (!given?.length || (field.kind === "number" && !whole(field, given.at(-1)))) return undefined;
    return given.map(Number);
  };
  const isOpen = (field, known) => field.required && value(field, known) === undefined;
  const complete = (one, known) => (one.screener ? Boolean(known["s.used"]) : !one.fields.some((field) => isOpen(field, known)));
  const holds = (rule, given) => {
    if (typeof rule === "boolean") return rule;
    if (rule.all) return rule.all.every((part) => holds(part, given));
    if (rule.any) return rule.any.some((part) => holds(part, given));
    const values = given(rule.item);
    return Boolean(values) && (rule.answered === true || values.some((one) => rule.in.includes(one)));
  };
  const shown = (known) => {
    const units = rated(known), values = new Map(), found = [];
    for (const one of every(known)) {
      if (one.provider !== null && !units.has(String(one.provider))) continue;
      const given = (code) => values.get(`${one.provider} ${code}`) ?? values.get(`null ${code}`);
      const fields = one.fields.filter((field) => holds(field.rule ?? true, given));
      for (const field of fields) {
        const its = field.kind !== "comment" && value(field, known);
        if (its) values.set(`${one.provider} ${field.code}`, its);
      }
      if (fields.length || one.screener) found.push({ ...one, fields });
    }
    const alike = (one, other) => other && one.group === other.group && one.provider === null;
    found.forEach((one, index) => { one.part = alike(one, found[index - 1]) ? found[index - 1].part + 1 : 1; });
    found.reduceRight((next, one) => { one.parts = alike(one, next) ? next.parts : one.part; return one; }, null);
    return found;
  };

  // -- showing ------------------------------------------------------------------------------------------------------
  const banner = (main) => {
    const away = make("div", "notice away");
    away.id = "away";
    main.querySelector("h1").before(away);
    waits(page.fresh().length);
  };
  const waits = (n) => {
    const away = document.getElementById("away");
    if (!away) return;
    if (!n && !page.isAway()) return away.remove();
    const lines = [make("strong", "", n ? words("waits_n", { n }) : ""), make("span", "", words(page.onDevice() ? "away" : "away_tab"))];
    if (!page.knows()) lines.push(make("span", "", words("seen_later")));
    away.replaceChildren(...lines.filter((one) => one.textContent));
  };
  const lead = (title) => { document.title = `${title} · Trivium`; };
  const into = (html, title) => {
    sheet.innerHTML = html;
    lead(title);
    page.isLocal(true);
    banner(sheet.querySelector("main"));
    page.bind();
  };
  const bars = (list, known, here, ready = false) => {
    const bar = sheet.querySelector(".bar");
    bar?.replaceChildren(...list.map((one) => make("i", [(ready || complete(one, known)) && "done", one.number === here && "here"].filter(Boolean).join(" "))));
  };
  // The boxes of those he added stand before "None of these".
  const services = (known) => {
    const none = sheet.querySelector('#services input[value="none"]').closest(".choice");
    const list = document.getElementById("add");
    for (const unit of added(known)) {
      const box = none.cloneNode(true);
      box.className = "choice";
      box.firstElementChild.value = unit;
      delete box.firstElementChild.dataset.alone;
      box.lastElementChild.textContent = all.names[unit] ?? "";
      none.before(box);
      list?.querySelector(`option[value="${CSS.escape(unit)}"]`)?.remove();
    }
    if (list?.options.length === 1) for (const gone of sheet.querySelectorAll(".more, .find, .add, #found, #add-help")) gone.remove();
  };
  const marked = (one, known) => {
    const open = one.fields.filter((field) => isOpen(field, known)).map((field) => document.getElementById(`q-${field.name}`));
    if (one.screener && !complete(one, known)) open.push(document.getElementById("services"));
    for (const question of open) {
      question.classList.add("question-open");
      question.querySelector(".ask").append(" ", make("span", "open", words("open_mark")));
    }
    const note = make("div", "notice");
    note.id = "open";
    note.setAttribute("role", "status");
    note.append(make("strong", "", words("still_open", { n: open.length })), document.createElement("br"), words("still_open_note"));
    document.getElementById("page").before(note);
    return note;
  };
  const show = (number, mark = false) => {
    const known = page.answers(), list = shown(known), index = list.findIndex((one) => one.number === number), one = list[index];
    if (!one) return after(number);
    const left = list.flatMap(({ fields }) => fields), missing = left.some((field) => isOpen(field, known));
    const seconds = left.filter((field) => value(field, known) === undefined).reduce((sum, field) => sum + field.seconds, 0);
    const minutes = missing ? words("left", { n: Math.max(1, Math.ceil(seconds / 60)) }) : words("all_answered");
    const place = words("page_of", { n: index + 1, pages: list.length });
    into(one.html, `${one.title} · ${place}`);
    sheet.querySelector(".place").textContent = `${place} · ${minutes}`;
    bars(list, known, number);
    const title = sheet.querySelector("h1"), names = new Set(one.fields.map((field) => `q-${field.name}`));
    title.querySelector(".part")?.remove();
    if (one.provider === null && one.parts > 1) title.append(make("span", "part", `${one.part}/${one.parts}`));
    for (const question of sheet.querySelectorAll(".question")) if (question.id !== "services" && !names.has(question.id)) question.remove();
    if (one.screener) services(known);
    page.fill(known);
    for (const { names: its } of page.entries()) page.marks(its, true);
    const open = mark && !complete(one, known), alone = list.length === 1;
    const button = sheet.querySelector(".actions .button-primary");
    button.value = open ? "skip" : alone ? "send" : "next";
    button.textContent = words(open ? "go_on" : alone ? "send" : index + 1 === list.length ? "review" : "next");
    arrive(`${number}/`, open ? marked(one, known) : title);
    return true;
  };
  const order = (number, known) => {
    const numbers = every(known).map((one) => one.number);
    return (one) => numbers.indexOf(one.number) - numbers.indexOf(number);
  };
  const after = (number) => {
    const known = page.answers(), place = order(number, known), next = shown(known).find((one) => place(one) > 0);
    return next ? show(next.number) : check();
  };
  const before = (number) => {
    const known = page.answers(), place = order(number, known), last = shown(known).filter((one) => place(one) < 0).at(-1);
    return last ? show(last.number) : start();
  };
  const start = () => {
    into(all.start, document.title);
    lead(sheet.querySelector(".survey").textContent);
    const known = page.answers(), list = shown(known), fields = list.flatMap((one) => one.fields);
    const asked = fields.filter((field) => field.kind !== "comment"), any = Object.keys(known).length > 0;
    const open = list.find((one) => one.fields.some((field) => isOpen(field, known)));
    const seconds = fields.reduce((sum, field) => sum + field.seconds, 0), way = sheet.querySelector(".actions a");
    sheet.querySelector(".facts dd").textContent = words("about_minutes", { n: Math.max(1, Math.ceil(seconds / 60)) });
    document.getElementById("questions").textContent = words("questions_n", { n: asked.length, pages: list.length });
    way.href = root + (any ? (open ? `${open.number}/` : "check/") : `${list[0].number}/`);
    way.textContent = words(any ? "resume" : "begin");
    sheet.querySelector(".notice-good")?.remove();
    const done = asked.filter((field) => value(field, known) !== undefined).length;
    if (any) document.getElementById("status").before(make("p", "notice notice-good", words("resume_note", { done, n: asked.length })));
    return arrive("", sheet.querySelector("h1"));
  };
  const link = (text, where) => {
    const made = make("a", "", text);
    made.href = root + where;
    return made;
  };
  const row = (one, known, ready) => {
    const item = make("li", ""), line = make("div", "row"), asked = one.fields.filter((field) => field.kind !== "comment");
    const title = one.parts > 1 ? `${one.row} (${one.part}/${one.parts})` : one.row;
    const done = asked.filter((field) => value(field, known) !== undefined).length;
    const used = [...rated(known)].map((unit) => all.names[unit]).join(" · ") || words("services_none_used");
    const mark = make("span", complete(one, known) || (one.screener && ready) ? "mark mark-done" : "mark"), grow = make("span", "grow", `${title} `);
    grow.append(make("span", "soft", one.screener ? used : asked.length ? words("answered_of", { done, n: asked.length }) : ""));
    const change = link(words("change"), `${one.number}/`);
    change.append(make("span", "unseen", `: ${title}`));
    mark.setAttribute("aria-hidden", "true");
    line.append(mark, grow, change);
    item.append(line);
    const open = one.fields.filter((field) => isOpen(field, known));
    if (open.length) {
      const list = make("ul", "missing");
      for (const field of open) {
        const entry = make("li", "");
        entry.append(link(field.text, `${one.number}/#q-${field.name}`));
        list.append(entry);
      }
      item.append(list);
    }
    for (const field of one.fields) {
      if (field.kind !== "comment" || !known[field.name]) continue;
      const quote = make("blockquote", "");
      quote.append(make("span", "soft", words("your_comment")), document.createElement("br"), known[field.name][0]);
      item.append(quote);
    }
    return item;
  };
  const check = () => {
    const known = page.answers(), list = shown(known);
    const open = list.flatMap((one) => one.fields.filter((field) => isOpen(field, known)).map(() => one.number));
    into(all.check, words("check"));
    const title = sheet.querySelector("h1");
    title.textContent = open.length ? words("check_open", { n: open.length }) : words("check");
    lead(title.textContent);
    sheet.querySelector(".lead").textContent = words(open.length ? "check_open_lead" : "check_lead");
    sheet.querySelector(".rows").replaceChildren(...list.map((one) => row(one, known, !open.length)));
    bars(list, known, null, !open.length);
    sheet.querySelector(".actions a").href = `${root}${list.at(-1)?.number ?? 1}/`;
    if (open.length) {
      const way = link(words("answer_open"), `${open[0]}/?open`);
      way.className = "button button-primary";
      sheet.querySelector(".actions button").replaceWith(way);
    }
    return arrive("check/", title);
  };
  const arrive = (where, target) => {
    const url = root + where;
    if (location.pathname !== url) history.pushState(null, "", url);
    at = url;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (target.id === "open") target.scrollIntoView({ block: "center" });
    else scrollTo(0, 0);
    return true;
  };
  const open = (url) => {
    const rest = url.pathname.slice(root.length), number = /^(\d+)\/$/.exec(rest)?.[1];
    if (number) show(Number(number), url.searchParams.has("open"));
    else if (rest === "check/") check();
    else if (rest === "") start();
    else return false;
    if (url.hash) document.getElementById(decodeURIComponent(url.hash.slice(1)))?.scrollIntoView();
    return true;
  };

  // -- going on -----------------------------------------------------------------------------------------------------
  const refuse = (text, control) => {
    document.getElementById("error")?.remove();
    const note = make("div", "notice notice-bad", text);
    note.id = "error";
    note.setAttribute("role", "alert");
    document.getElementById("page").before(note);
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} error`.trim());
    control?.focus();
    return true;
  };
  const wrong = (one, known) => {
    const used = ticked(known) ?? [], most = Math.max(all.most, all.asked.length);
    if (one.screener && used.length > most) return refuse(words("too_many_services", { most }), document.getElementById("add"));
    for (const field of one.fields) {
      const text = known[field.name]?.at(-1) ?? "";
      const bad = field.kind === "comment" ? [...text].length > field.limit : field.kind === "number" && text && text !== "none" && !whole(field, text);
      if (bad) return refuse(field.wrong, document.querySelector(`[name="${CSS.escape(field.name)}"]:not([type=hidden])`));
    }
    return false;
  };
  // True: done without the network. A change of language needs it.
  const walk = (button) => {
    if (button.name === "lang") return false;
    const known = page.answers(), number = Number(/(\d+)\/$/.exec(at)?.[1]);
    const one = shown(known).find((found) => found.number === number);
    if (!one || button.value === "find") return true;
    if (button.value === "back") return before(number);
    if (wrong(one, known)) return true;
    if (button.value === "add") return show(number);
    if (button.value !== "skip" && !complete(one, known)) return show(number, true);
    const sent = button.value === "send";
    after(number);
    if (sent) page.deliver(sheet.querySelector("#send button"));
    return true;
  };
  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("a[href]");
    if (!all || !way || !sheet.contains(way) || !page.isAway() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(way.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(root)) return;
    event.preventDefault();
    if (url.searchParams.has("lang") || !open(url)) page.say(words("needs_network"));
  });
  document.addEventListener("submit", (event) => {
    if (!all || !page.isAway() || ["page", "send"].includes(event.target.id)) return;
    event.preventDefault();
    page.say(words("needs_network"));
  });
  addEventListener("popstate", () => {
    if (!all || location.pathname === at) return;
    if (page.isAway() || page.fresh().length) open(new URL(location));
    else location.reload();
  });

  // -- what is here -------------------------------------------------------------------------------------------------
  const have = (found) => {
    all = found;
    page.ahead = { walk, waits, open };
  };
  const load = async () => {
    const kept = await page.find("pages.");
    if (kept && (shell || (kept.version === told.version && page.knows()))) return have(kept);
    if (shell) return null;
    const asked = new URLSearchParams(location.search).get("lang");
    const answer = await fetch(`${root}ahead/${asked ? `?lang=${encodeURIComponent(asked)}` : ""}`, { credentials: "omit", cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return kept && kept.version === told.version ? have(kept) : null;
    const { answers, ...pages } = await answer.json();
    page.learn(answers);
    page.store(pages);
    return have(pages);
  };
  const wait = () => {
    for (const one of shell.querySelectorAll("[lang]")) one.hidden = !navigator.language.toLowerCase().startsWith(one.lang.slice(0, 2));
    if (![...shell.children].some((one) => !one.hidden)) shell.firstElementChild.hidden = false;
    const again = () => fetch(location.href, { credentials: "omit", cache: "no-store" }).then((answer) => {
      if (answer.status < 500) location.reload();
    }).catch(() => {});
    addEventListener("online", again);
    setInterval(again, 10000);
  };
  page.ready.then(async (stays) => {
    if (!stays || !(told.version || shell)) return;
    if (!shell && document.readyState !== "complete") await new Promise((done) => { addEventListener("load", done, { once: true }); });
    await load();
    if (!shell) {
      navigator.serviceWorker?.register(told.worker).catch(() => {});
      return;
    }
    if (!all) return wait();
    document.documentElement.lang = all.language;
    document.documentElement.dir = all.direction;
    page.keep.until = all.until;
    page.retry();
    if (!open(new URL(location))) wait();
    page.retry();
  });
})();
