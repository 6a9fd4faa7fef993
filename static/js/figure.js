// One figure of one model: asks the lab to compute it and shows its panels.
import { get } from "./api.js";
import { Panel, fillTable, available } from "./chart.js";
import { count, duration, number } from "./format.js";

const start = JSON.parse(document.getElementById("figure-data").textContent);
const $ = (id) => document.getElementById(id);
const address = `/api/models/${start.model}/figures/${start.figure}`;

function webgl() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl"));
  } catch {
    return false;
  }
}

function working(on) {
  clearInterval(working.timer);
  $("working").hidden = !on;
  if (!on) return;
  const began = performance.now();
  $("working-text").textContent = "Computing …";
  working.timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1000;
    if (seconds >= 2) $("working-text").textContent = `Computing for ${duration(seconds)}; the lab plays the model and analyses what it does.`;
  }, 1000);
}

// readings are the figure's numbers with what is needed to judge them.
function readings(list) {
  $("numbers-section").hidden = !list?.length;
  if (!list?.length) return;
  const compared = list.some((r) => r.checkpoint !== undefined);
  const columns = ["", "measured here", "n"];
  if (compared) columns.push("published checkpoint");
  const text = (v) => (Number.isInteger(v) ? count(v) : number(v));
  const spread = (v) => (v >= 1e-3 && v < 10 ? Number(v.toPrecision(2)).toString() : number(v));
  fillTable($("numbers"), {
    columns,
    rows: list.map((r) => {
      const value = text(r.value) + (r.sd !== undefined && r.sd !== null ? ` ± ${spread(r.sd)}` : "") + (r.unit ? ` ${r.unit}` : "");
      const row = [r.label || r.name, value, r.n || ""];
      if (compared) row.push(r.checkpoint === undefined ? "–" : text(r.checkpoint));
      return row;
    }),
    note: compared ? "Published checkpoint: " + (list.find((r) => r.origin)?.origin || "measured from it with other contexts") + ". The paper itself prints almost no numbers." : "",
  });
}

function show(figure) {
  readings(figure.readings);
  const box = $("panels");
  box.replaceChildren();
  for (const panel of figure.panels) box.append(build(panel));
  for (const [panel, section] of figure.panels.map((p, i) => [p, box.children[i]])) if (!panel.why) draw(panel, section);
  for (const note of figure.notes || []) {
    const p = document.createElement("p");
    p.className = "help";
    p.textContent = note;
    box.after(p);
  }
  for (const [name, value] of Object.entries(figure.params || {})) {
    const input = $("param-" + name);
    if (input && !input.value) input.placeholder = String(value);
  }
}

function build(panel) {
  const section = $("panel-template").content.firstElementChild.cloneNode(true);
  const id = "panel-" + panel.id;
  section.id = id;
  section.setAttribute("aria-labelledby", id + "-title");
  const title = section.querySelector("h3");
  title.id = id + "-title";
  title.textContent = panel.title;
  const see = section.querySelector(".see");
  see.textContent = panel.why || panel.see;
  if (panel.n) see.append(Object.assign(document.createElement("span"), { className: "n", textContent: panel.n }));
  section.querySelector(".chart").id = "chart-" + panel.id;
  const table = section.querySelector(".table-view");
  table.id = "table-" + panel.id;
  table.setAttribute("aria-label", panel.title + ", as a table");
  if (panel.why) section.querySelector(".chart").remove();
  return section;
}

function draw(panel, section) {
  const deep = JSON.stringify(panel.option).includes('"grid3D"');
  const option = deep && panel.flat && !webgl() ? panel.flat : panel.option;
  const p = new Panel(section, { name: `${start.model}-${start.figure}-${panel.id}`, rows: () => panel.table, flat: !deep });
  if (available()) p.chart.set(option);
}

function fail(error) {
  $("failure").hidden = false;
  $("failure-text").textContent = error.message;
  for (const { field, message } of error.fields || []) {
    const place = $("error-param-" + field);
    if (!place) continue;
    place.textContent = message;
    $("param-" + field).setAttribute("aria-invalid", "true");
    place.closest(".field").classList.add("wrong");
  }
}

async function compute() {
  $("failure").hidden = true;
  working(true);
  try {
    const figure = await get(address + start.query);
    working(false);
    show(figure);
  } catch (error) {
    working(false);
    fail(error);
  }
}

// An address with empty parameters says nothing that the bare one does not.
$("parameters")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(event.target)].filter(([, v]) => v.trim() !== "")).toString();
  location.assign(location.pathname + (query ? "?" + query : ""));
});

if ($("panels")) {
  $("retry").addEventListener("click", compute);
  compute();
}
