// A computed figure: its numbers with what is needed to judge them, and its panels.
import { Panel, fillTable, available } from "./chart.js";
import { count, number } from "./format.js";

const $ = (id) => document.getElementById(id);

function webgl() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl"));
  } catch {
    return false;
  }
}

// usual is how nearly all numbers come about.
const usual = "tested only";

// readings are the figure's numbers with what is needed to judge them.
function readings({ readings: list, training }) {
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
      const n = [r.n, r.how !== usual && r.how].filter(Boolean).join("; ");
      const value = text(r.value) + (r.sd !== undefined && r.sd !== null ? ` ± ${spread(r.sd)}` : "") + (r.unit ? ` ${r.unit}` : "");
      const row = [r.label || r.name, value, n];
      if (compared) row.push(r.checkpoint === undefined ? "–" : text(r.checkpoint));
      return row;
    }),
    note: training +
      (compared ? ` Published checkpoint: ${list.find((r) => r.origin)?.origin || "measured from it with other contexts"}. The paper itself prints almost no numbers.` : ""),
  });
}

// showFigure fills the page with a computed figure: its numbers and its panels, for which
// the page may have places already.
export function showFigure(figure) {
  readings(figure);
  const box = $("panels");
  showPanels(figure, figure.panels.map((p) => p.id), box);
  for (const note of figure.notes || []) {
    const p = document.createElement("p");
    p.className = "help";
    p.textContent = note;
    box.after(p);
  }
}

// showPanels fills a box with some panels of a figure; a prefix keeps their ids apart
// from those of another box.
export function showPanels(figure, ids, box, prefix = "") {
  const panels = figure.panels.filter((p) => ids.includes(p.id));
  const places = new Map([...box.querySelectorAll(":scope > :not([data-filled])")].map((section) => [section.id, section]));
  box.replaceChildren(...panels.map((panel) => fill(places.get(`${prefix}panel-${panel.id}`) ?? empty(), panel, prefix)));
  for (const [i, panel] of panels.entries()) {
    if (!panel.why) draw(panel, box.children[i], `${figure.model}-${figure.figure}`);
  }
}

const empty = () => $("panel-template").content.firstElementChild.cloneNode(true);

// fill puts a panel's words into a section; its chart is drawn when it is in the page.
function fill(section, panel, prefix) {
  section.dataset.filled = "";
  const id = `${prefix}panel-${panel.id}`;
  section.id = id;
  section.setAttribute("aria-labelledby", `${id}-title`);
  const title = section.querySelector("h3");
  title.id = `${id}-title`;
  title.textContent = panel.title;
  const see = section.querySelector(".see");
  see.textContent = panel.why || panel.see;
  if (panel.n) see.append(Object.assign(document.createElement("span"), { className: "n", textContent: panel.n }));
  if (panel.why) {
    for (const part of section.querySelectorAll(".chart, .table-view, [data-tools]")) part.remove();
    return section;
  }
  section.querySelector(".chart").id = `${prefix}chart-${panel.id}`;
  const table = section.querySelector(".table-view");
  table.id = `${prefix}table-${panel.id}`;
  table.setAttribute("aria-label", `${panel.title}, as a table`);
  return section;
}

function draw(panel, section, name) {
  const deep = JSON.stringify(panel.option).includes('"grid3D"');
  const option = deep && panel.flat && !webgl() ? panel.flat : panel.option;
  const p = new Panel(section, { name: `${name}-${panel.id}`, rows: () => panel.table, flat: !deep });
  if (available()) p.chart.set(option);
}
