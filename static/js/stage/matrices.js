// The context of now, its inverse, and the weights, as matrices; and how each signal
// correlates with each source.
import { correlation } from "../weights.js";
import { element } from "./parts.js";

const judged = 1000; // samples of the correlations

export default {
  id: "matrices",
  title: "Matrices",
  start: (panel) => new Matrices(panel),
};

class Matrices {
  constructor({ body, legend }) {
    legend.textContent = "x = A s; the outputs are the sources where the weights are A⁻¹";
    const list = [["a", "Context A"], ["inverse", "Inverse A⁻¹"], ["w", "Weights now"], ["r", "r of outputs with sources"]];
    body.append(element("div", { class: "matrices" }, ...list.map(([id, title]) => {
      this[id] = element("table", { class: "matrix", id: `matrix-${id}` });
      return element("div", {}, element("h3", {}, title), this[id]);
    })));
  }

  tell({ n, rings: { s, y, w }, history, now }) {
    const context = history.contextAt(now);
    if (!context) return;
    fill(this.a, context.a, n);
    fill(this.inverse, context.inverse, n);
    fill(this.w, Array.from({ length: n * n }, (_, c) => w?.at(now - 1, c)), n);
    const from = Math.max(s.first, now - judged);
    fill(this.r, Array.from({ length: n * n }, (_, c) => correlation(y, Math.floor(c / n), s, c % n, from, now)), n);
  }
}

function fill(table, values, n) {
  const body = document.createElement("tbody");
  for (let i = 0; i < n; i++) {
    const row = body.insertRow();
    for (let j = 0; j < n; j++) row.insertCell().textContent = Number.isFinite(values[i * n + j]) ? values[i * n + j].toFixed(2).replace("-", "−") : "–";
  }
  table.replaceChildren(body);
}
