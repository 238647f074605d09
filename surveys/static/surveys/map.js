// The matrix of the service map: arrow keys go from box to box, and leaving with unsaved ticks is asked about.
const form = document.getElementById("matrix");
if (form) {
  const table = form.querySelector("table"), hint = form.querySelector(".map-keys");
  hint.hidden = false;
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    const step = steps[event.key], cell = event.target.closest("td");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const across = getComputedStyle(table).direction === "rtl" ? -step[1] : step[1];
    let row = cell.parentElement.rowIndex, column = cell.cellIndex;
    for (;;) {
      row += step[0]; column += across;
      const next = table.rows[row]?.cells[column];
      if (!next || next.tagName !== "TD") return;
      const box = next.querySelector("input");
      if (box) { box.focus(); return; }
    }
  });
  let changed = false, sent = false;
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => { if (changed && !sent) event.preventDefault(); });
}
