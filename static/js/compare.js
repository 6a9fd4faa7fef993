// Several runs' loss curves in one chart.
import { get } from "./api.js";
import { Panel } from "./chart.js";
import { frame, mean, wholePowers } from "./learning.js";
import { Series, valueAt } from "./series.js";
import { states } from "./states.js";

const every = 3000; // ms
const runs = JSON.parse(document.getElementById("compare-data").textContent);
for (const run of runs) run.series = new Series();

// table is about fifty batches that every run's curve has, and its running mean there.
function table() {
  const most = Math.max(0, ...runs.map((run) => run.series.last));
  const every = Math.max(1, ...runs.map((run) => run.series.every));
  const step = every * Math.max(1, Math.ceil(most / 50 / every));
  const curves = runs.map((run) => run.series.smooth("loss"));
  const rows = [];
  for (let batch = step; batch <= most; batch += step) {
    rows.push([batch, ...curves.map((curve) => valueAt(curve, batch))]);
  }
  return { caption: "Mean loss of the last 50 batches", columns: ["batch", ...runs.map((run) => run.name)], rows };
}

async function load(run) {
  run.series.load(await get(`/api/runs/${run.id}/metrics?points=${run.series.most}`));
}

// follow keeps the curves of runs that train up to date.
function follow(panel) {
  if (runs.some((run) => run.active)) setTimeout(refresh, every, panel);
}

async function refresh(panel) {
  const active = runs.filter((run) => run.active);
  if (document.visibilityState === "visible") {
    try {
      const now = new Map((await get("/api/runs")).map((run) => [run.id, run.state]));
      for (const run of active) {
        await load(run);
        run.active = Boolean(states[now.get(run.id)]?.active);
      }
      draw(panel);
    } catch {
      // the lab may be starting again: ask once more later
    }
  }
  follow(panel);
}

function draw(panel) {
  panel.chart.update(runs.map((run) => ({ data: run.series.smooth("loss") })));
  panel.refresh();
}

if (runs.length) {
  const panel = new Panel(document.getElementById("panel-losses"), { name: "runs", rows: table });
  panel.chart.set({
    ...frame("loss (sum over a context)", wholePowers),
    grid: { left: 64, right: 24, top: 40, bottom: 48 },
    legend: { top: 0, left: 64, type: "scroll", textStyle: { color: "var(--ink)" }, itemWidth: 16, icon: "roundRect", itemHeight: 3 },
    series: runs.map((run) => mean(run.name, `var(--${run.colour})`)),
  });
  await Promise.allSettled(runs.map(load));
  draw(panel);
  follow(panel);
}
