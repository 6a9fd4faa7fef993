// The numbers of now, in a table and in matrices.
import { count, number } from "../format.js";
import { correlation } from "../weights.js";
import { element } from "./parts.js";

const judged = 500; // samples of the correlations

export default {
  id: "now",
  title: "Now",
  column: "below",
  start: (panel) => new Now(panel),
};

class Now {
  constructor({ section, foot }) {
    this.table = element("tbody", { id: "now-table" });
    const matrices = [["a", "Context A"], ["inverse", "Inverse A⁻¹"], ["w", "Weights now"]].map(([id, title]) => {
      this[id] = element("table", { class: "matrix", id: `matrix-${id}` });
      return element("div", {}, element("h3", {}, title), this[id]);
    });
    section.classList.add("live-now");
    foot.replaceWith(
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Values now" }, element("table", { class: "numbers" }, this.table)),
      element("div", { class: "matrices" }, ...matrices),
    );
  }

  tell({ n, rings: { s, x, y, w, error }, contexts }) {
    const to = s.next, from = Math.max(s.first, to - judged);
    let sum = 0;
    for (let t = from; t < to; t++) sum += error.at(t, 0) || 0;
    const rows = [["sample", count(to)], ["error now", number(error.at(to - 1, 0))], [`mean error, last ${to - from} samples`, number(sum / (to - from))]];
    for (const [name, ring] of [["output", y], ["stimulus", x]]) {
      for (let i = 0; i < n; i++) {
        const r = Array.from({ length: n }, (_, j) => correlation(ring, i, s, j, from, to).toFixed(3).replace("-", "−"));
        rows.push([`r of ${name} ${i + 1} with sources 1 to ${n}`, r.join(", ")]);
      }
    }
    this.table.replaceChildren(...rows.map(([label, value]) => element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, value))));
    const now = contexts.at(-1);
    if (now) {
      matrix(this.a, now.a, n);
      matrix(this.inverse, now.inverse, n);
    }
    matrix(this.w, Array.from({ length: n * n }, (_, c) => w.at(to - 1, c)), n);
  }
}

function matrix(table, values, n) {
  const body = document.createElement("tbody");
  for (let i = 0; i < n; i++) {
    const row = body.insertRow();
    for (let j = 0; j < n; j++) row.insertCell().textContent = Number.isFinite(values[i * n + j]) ? values[i * n + j].toFixed(2).replace("-", "−") : "–";
  }
  table.replaceChildren(body);
}
