// The table of runs, kept up to date while the page is looked at.
import { get } from "./api.js";
import { number, count, duration } from "./format.js";
import { states } from "./states.js";

const every = 2000; // ms
const rows = [...document.querySelectorAll("[data-run]")];

function show(row, run) {
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  row.dataset.state = run.state;
  part("state").dataset.state = run.state;
  part("state").textContent = run.state;
  part("progress").value = (100 * run.batch) / run.batches;
  part("batch").textContent = `${count(run.batch)} of ${count(run.batches)}`;
  part("loss").textContent = number(run.loss);
  part("eta").textContent = run.eta_seconds === null ? "–" : duration(run.eta_seconds);
}

async function refresh() {
  if (document.visibilityState === "visible") {
    try {
      const runs = new Map((await get("/api/runs")).map((run) => [run.id, run]));
      for (const row of rows) if (runs.has(row.dataset.run)) show(row, runs.get(row.dataset.run));
      if (![...runs.values()].some((run) => states[run.state].active)) return;
    } catch {
      // the lab may be starting again: ask once more later
    }
  }
  setTimeout(refresh, every);
}

if (rows.some((row) => states[row.dataset.state].active)) setTimeout(refresh, every);
