// Units and people: search as one types, suggestions for fields, branches of a large tree. All of it works without.
const later = (what, wait) => {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => what(...given), wait); };
};

for (const form of document.querySelectorAll("form[data-live]")) {
  let running;
  const look = async () => {
    running?.abort();
    running = new AbortController();
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const address = `${form.getAttribute("action") || location.pathname}?${asked}`;
    try {
      const answer = await fetch(address, { signal: running.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of form.dataset.live.split(" ")) {
        const fresh = page.getElementById(part), old = document.getElementById(part);
        if (fresh && old) old.replaceWith(fresh);
      }
      history.replaceState(null, "", address);
    } catch (problem) {
      if (problem.name !== "AbortError") form.submit();
    }
  };
  const soon = later(look, 180);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
}

let lists = 0;
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `suggestions-${++lists}`;
  input.after(list);
  input.setAttribute("list", list.id);
  input.addEventListener("input", later(async () => {
    if (!input.value.trim()) return list.replaceChildren();
    const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: input.value })}`).catch(() => null);
    if (!answer?.ok) return;
    const { values } = await answer.json();
    list.replaceChildren(...values.map((value) => new Option(value, value)));
  }, 180));
}

document.addEventListener("toggle", async (event) => {
  const branch = event.target;
  if (!branch.open || !branch.dataset?.load) return;
  const address = branch.dataset.load;
  delete branch.dataset.load;
  const place = branch.querySelector(".branches");
  place.setAttribute("aria-busy", "true");
  const answer = await fetch(address).catch(() => null);
  place.removeAttribute("aria-busy");
  if (answer?.ok) place.innerHTML = await answer.text();
  else branch.dataset.load = address;
}, true);
