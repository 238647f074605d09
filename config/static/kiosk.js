// A shared tablet forgets who stands before it: a minute without a touch, and it goes back to the start.
(() => {
  const line = document.querySelector("[data-end]");
  if (!line) return;
  const idle = Number(line.dataset.idle) * 1000, warn = 15000, beat = 20000;
  let last = Date.now(), told = Date.now();
  const stay = () => {
    last = Date.now();
    line.textContent = "";
    if (!line.dataset.stay || last - told < beat) return;
    told = last;
    fetch(line.dataset.stay, { method: "POST", headers: { "X-Autosave": "stay" }, cache: "no-store" })
      .then((answer) => { if (answer.status === 410) location.replace(line.dataset.end); })
      .catch(() => {});
  };
  for (const name of ["input", "pointerdown", "keydown", "scroll", "touchstart"]) {
    addEventListener(name, stay, { passive: true, capture: true });
  }
  setInterval(() => {
    const left = idle - (Date.now() - last);
    if (left <= 0) location.replace(line.dataset.end);
    else if (left <= warn) {
      const seconds = Math.ceil(left / 1000);
      // Said every five seconds: a screen reader would else speak without end.
      if (seconds % 5 === 0 || !line.textContent) line.textContent = line.dataset.soon.replace("{n}", seconds);
    }
  }, 500);
  // A page that comes back out of the browser's memory is somebody else's.
  addEventListener("pageshow", (event) => { if (event.persisted) location.replace(line.dataset.end); });
})();
