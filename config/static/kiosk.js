// A shared tablet forgets who stands before it: a minute without a touch, and it goes back to the start.
(() => {
  const line = document.querySelector("[data-end]");
  if (!line) return;
  const idle = Number(line.dataset.idle) * 1000, warn = 15000, beat = 20000, again = 5000;
  let last = Date.now(), told = Date.now(), over = false;
  // What was shown goes at once, even where the network is gone and no other page can come.
  const leave = () => {
    over = true;
    const { end, away } = line.dataset, sheet = document.querySelector(".sheet");
    sheet.replaceChildren();
    const go = () => fetch(end, { cache: "no-store" }).then(() => location.replace(end), () => {
      sheet.textContent = away;
      setTimeout(go, again);
    });
    go();
  };
  const stay = () => {
    if (over) return;
    last = Date.now();
    line.textContent = "";
    if (!line.dataset.stay || last - told < beat) return;
    told = last;
    fetch(line.dataset.stay, { method: "POST", headers: { "X-Autosave": "stay" }, cache: "no-store" })
      .then((answer) => { if (answer.status === 410) leave(); })
      .catch(() => {});
  };
  for (const name of ["input", "pointerdown", "keydown", "scroll", "touchstart"]) {
    addEventListener(name, stay, { passive: true, capture: true });
  }
  setInterval(() => {
    if (over) return;
    const left = idle - (Date.now() - last);
    if (left <= 0) leave();
    else if (left <= warn) {
      const seconds = Math.ceil(left / 1000);
      // Said every five seconds: a screen reader would else speak without end.
      if (seconds % 5 === 0 || !line.textContent) line.textContent = line.dataset.soon.replace("{n}", seconds);
    }
  }, 500);
  // A page that comes back out of the browser's memory is somebody else's.
  addEventListener("pageshow", (event) => { if (event.persisted) leave(); });
})();
