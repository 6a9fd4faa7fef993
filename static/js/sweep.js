// A sweep: its chart, and how far its networks are while they train.
import { get } from "./api.js";
import { Panel, available } from "./chart.js";
import { count, duration, number } from "./format.js";

const every = 2000; // ms
const $ = (id) => document.getElementById(id);
let shown = JSON.parse($("sweep-data").textContent);

const section = $("panel-results");
const panel = new Panel(section, { name: `${shown.name}-${shown.view.y}`, rows: () => shown.panel.table });

// learned is what a network's cell says: nothing before it is done.
const learned = (point) => (point.state === "done" ? (point.learned ? "yes" : "no") : "");

function draw() {
  section.querySelector(".see").textContent = shown.panel.see;
  if (available()) panel.chart.set(shown.panel.option);
  panel.refresh();
}

function states() {
  const { by, points } = shown.count;
  const done = by.done ?? 0;
  const failed = by.failed ?? 0;
  $("state").textContent = shown.state;
  $("state").dataset.state = shown.state;
  $("progress").value = (100 * done) / points;
  $("done").textContent = count(done);
  $("failed").textContent = count(failed);
  if (shown.learned) $("learned").textContent = count(shown.count.learned);
  $("eta").textContent = done + failed < points ? duration(shown.seconds_left) : "–";
  const running = shown.state === "running";
  $("pause").hidden = !running;
  $("resume").hidden = running || done + failed === points;
  $("send").hidden = $("resume").hidden || !shown.workers;
  $("cores").textContent = count(shown.workers);
  $("retry").hidden = running || !failed;
  $("delete").hidden = running;
}

// rows brings the table up to date, row by row.
function rows() {
  for (const point of shown.points) {
    const row = $(`point-${point.point}`);
    if (!row) continue;
    const part = (name) => row.querySelector(`[data-part="${name}"]`);
    part("state").textContent = point.state;
    part("state").dataset.state = point.state;
    part("batch").textContent = part("batch").textContent.replace(/^\S+/, count(point.batch));
    part("value").textContent = number(point.value);
    part("learned").textContent = learned(point);
    part("model").hidden = shown.shipped || point.state !== "done";
  }
}

async function refresh() {
  if (document.visibilityState === "visible") {
    try {
      shown = await get(`/api/sweeps/${shown.name}${location.search}`);
      draw();
      states();
      rows();
    } catch {
      // the lab may be starting again: ask once more later
    }
  }
  follow();
}

// follow asks again as long as the sweep is being done, by whichever engine: what is
// missing may come from elsewhere.
function follow() {
  if (shown.state !== "finished") setTimeout(refresh, every);
}

// toPoint leads from a dot to its network's row.
function toPoint({ value }) {
  const point = Array.isArray(value) && shown.points.find((p) => p.value === value[1]);
  if (point) location.hash = `point-${point.point}`;
}

draw();
if (available()) panel.chart.echarts?.on("click", toPoint);
for (const select of document.querySelectorAll("#view-form select, #view-form input")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
follow();
