// Several runs' curves in one chart each: loss, smoothed as chosen (at first the mean
// of the last 50 batches), and what is measured along the training.
import { get } from "./api.js";
import { Panel, line } from "./chart.js";
import { frame, wholePowers } from "./learning.js";
import { states } from "./states.js";
import { valueAt } from "./series.js";

const every = 3000; // ms
const points = 1500;
const runs = JSON.parse(document.getElementById("compare-data").textContent);
const smooth = document.getElementById("smooth");
const measures = [["late", "late_error", "late error", {}], ["clarity", "clarity_y", "clarity", { min: 0, max: 1 }], ["angle", "angle", "angle (degrees)", { min: 0, max: 90 }]];

const pairs = (batches, values, keep) => {
  const out = [];
  for (const [i, batch] of batches.entries()) if (keep(values[i])) out.push(batch, values[i]);
  return Float64Array.from(out);
};
const positive = (x) => x > 0;
const known = (x) => x !== null;

// table is about fifty batches, and each run's value there or at the last one before.
function table(caption, curveOf) {
  return () => {
    const curves = runs.map(curveOf);
    const most = Math.max(0, ...curves.map((curve) => curve.at(-2) ?? 0));
    const step = Math.max(1, Math.ceil(most / 50));
    const rows = [];
    for (let batch = step; batch <= most; batch += step) rows.push([batch, ...curves.map((curve) => valueAt(curve, batch))]);
    return { caption, columns: ["batch", ...runs.map((run) => run.name)], rows };
  };
}

const chart = (id, name, curveOf, y, more) => {
  const panel = new Panel(document.getElementById(`panel-${id}`), { name: `runs-${id}`, rows: table(name, curveOf) });
  panel.chart.set({
    ...frame(y, more),
    grid: { left: 64, right: 24, top: 40, bottom: 48 },
    legend: { top: 0, left: 64, type: "scroll", textStyle: { color: "var(--ink)" }, itemWidth: 28, itemStyle: { opacity: 0 }, data: runs.map((run) => run.name) },
    series: runs.map((run) => line(run.name, `var(--${run.colour})`, {
      symbol: "circle", endLabel: { show: false }, lineStyle: { color: `var(--${run.colour})`, width: 2, type: run.dash },
    })),
  });
  return panel;
};

// load takes a run's curves as they are now.
async function load(run) {
  const [curve, measured] = await Promise.all([
    get(`/api/runs/${run.id}/curve?over=${smooth.value}&points=${points}`), get(`/api/runs/${run.id}/measures`)]);
  run.loss = pairs(curve.batch, curve.loss, positive);
  for (const [id, field] of measures) run[id] = pairs(measured.batch, measured[field], known);
}

function draw(panels) {
  for (const [id, panel] of Object.entries(panels)) {
    panel.section.hidden = id !== "loss" && !runs.some((run) => run[id].length);
    panel.chart.update(runs.map((run) => ({ data: run[id], showSymbol: run[id].length === 2 }))); // one point makes no line
    panel.refresh();
  }
}

// follow keeps the curves of runs that train up to date.
function follow(panels) {
  if (runs.some((run) => run.active)) setTimeout(refresh, every, panels);
}

async function refresh(panels) {
  const active = runs.filter((run) => run.active);
  if (document.visibilityState === "visible") {
    try {
      for (const run of active) {
        await load(run);
        run.active = Boolean(states[(await get(`/api/runs/${run.id}`)).state]?.active);
      }
      draw(panels);
    } catch {
      // the lab may be starting again: ask once more later
    }
  }
  follow(panels);
}

if (runs.length) {
  for (const run of runs) for (const id of ["loss", "late", "clarity", "angle"]) run[id] = new Float64Array();
  const panels = { loss: chart("losses", "Loss", (run) => run.loss, "loss (sum over a context)", wholePowers) };
  for (const [id, , name, more] of measures) panels[id] = chart(id, name, (run) => run[id], name, more);
  const all = async () => {
    await Promise.allSettled(runs.map(load));
    draw(panels);
  };
  smooth.addEventListener("change", all);
  await all();
  follow(panels);
}
