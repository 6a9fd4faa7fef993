// What the live page shows: rings of the signals and the drawings made of them.
import { Ring } from "./ring.js";
import { Stage } from "./plot.js";
import { Space } from "./space.js";
import { enough, points } from "./plane.js";
import { RunningError } from "./error.js";
import { EffectiveWeights, correlation } from "./weights.js";
import { diverging, sequential } from "./palette.js";
import { number, count } from "./format.js";

const $ = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const judged = 500; // samples of the correlations

export class LiveView {
  constructor({ dim }, span) {
    this.n = dim;
    this.span = span;
    this.stages = Object.fromEntries(["traces", "error", "heat", "weights"].map((id) => [id, new Stage($(id))]));
    this.space = new Space($("space"), $("readout"));
    this.space.moved = () => this.drawSoon();
    this.maps = { diverging: diverging(), sequential: sequential() };
    document.addEventListener("lab:theme", () => {
      this.maps = { diverging: diverging(), sequential: sequential() };
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe($("traces"));
    this.open({});
  }

  // open makes the rings for the signals of a session, by their widths.
  open(widths) {
    this.widths = widths;
    this.rings = Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, new Ring(width)]));
    this.rings.error = new Ring(1);
    this.running = new RunningError();
    this.fitted = !widths.w;
    if (this.fitted) {
      this.rings.w = new Ring(this.n * this.n);
      this.effective = new EffectiveWeights(this.n);
    }
    this.deep = this.n === 2 && Boolean(widths.z || widths.z_H);
    if (this.deep) this.rings.pc1 = new Ring(1);
    $("view-space").hidden = !this.deep;
    this.mapped = widths.p ? "p" : widths.m ? "m" : "l";
    this.words();
    this.clear();
  }

  clear() {
    for (const ring of Object.values(this.rings)) ring.clear();
    this.effective?.clear();
    this.contexts = [];
    this.frozen = [];
    this.before = null; // the stretch before the last change, see population
    this.silenced = []; // samples at which what is silenced changed
    this.clamps = "{}";
    this.scale = 1;
    this.running.clear();
    this.told = 0;
    this.drawSoon();
  }

  words() {
    const keys = (list) => list.map(([name, text, dotted]) => `<span class="key ${name}${dotted ? " dotted" : ""}"><span>${text}</span></span>`).join("");
    $("legend-traces").innerHTML = keys([...["source1", "source2", "source3", "feedback"].slice(0, this.n).map((name, i) => [name, `source ${i + 1}`]), ["ink", "outputs"], ["stimulus", "stimuli"]]);
    $("view-heat").textContent = { p: "Gain of every unit", m: "Modulation of every unit", l: "Feedback signals" }[this.mapped];
    $("legend-space").innerHTML = keys([["feedback", "now"], ["error", "now, frozen"], ["stimulus", "before the last change"]]);
    $("legend-weights").innerHTML = keys([["ink", this.fitted ? "weights, fitted to the last 100 samples or so" : "weights"], ["muted", "inverse of the context", true]]);
  }

  state(message) {
    const last = this.contexts.at(-1);
    if (!last || String(last.a) !== String(message.context.a)) {
      const from = message.sample;
      if (last) last.to = from;
      this.contexts.push({ from, to: Infinity, a: message.context.a, inverse: message.context.inverse });
      if (this.contexts.length > 200) this.contexts.shift();
    }
    const open = this.frozen.at(-1);
    if (message.frozen && open?.to !== Infinity) this.frozen.push({ from: message.sample, to: Infinity });
    if (!message.frozen && open?.to === Infinity) open.to = message.sample;
    const clamps = JSON.stringify(message.clamps);
    if (clamps !== this.clamps) this.silenced.push(message.sample);
    this.clamps = clamps;
    this.drawSoon();
  }

  // push takes one signal's frame; signals of the same samples come together.
  push(signal, { first, rows, data }) {
    this.rings[signal]?.push(first, rows, data);
    this.batch = this.batch?.first === first ? this.batch : { first };
    this.batch[signal] = data;
    const { s, x, y } = this.batch;
    if (signal === "y" || signal === "s" || signal === "x") {
      if (s && x && y) this.derive(first, rows, s, x, y);
    }
    this.drawSoon();
  }

  // derive computes the smoothed error and, where need be, the effective weights.
  derive(first, rows, s, x, y) {
    this.rings.error.push(first, rows, this.running.push(rows, this.n, s, y));
    if (this.fitted) this.rings.w.push(first, rows, this.effective.push(rows, x, y));
  }

  drawSoon() {
    if (this.waiting) return;
    this.waiting = true;
    const paint = () => {
      this.waiting = false;
      this.draw();
    };
    if (still.matches) setTimeout(paint, 500);
    else requestAnimationFrame(paint);
  }

  draw() {
    const { s, x, y } = this.rings;
    const to = s ? Math.min(s.next, x.next, y.next) : 0; // what has come of all three
    const from = to - this.span;
    this.traces(from, to);
    this.error(from, to);
    this.heat(from, to);
    this.weights(from, to);
    if (this.deep) this.population(to);
    if (performance.now() - this.told > 500) this.tell();
  }

  colour(i) {
    const { source1, source2, source3, feedback } = this.stages.traces.colours;
    return [source1, source2, source3, feedback][i % 4];
  }

  traces(from, to) {
    const stage = this.stages.traces;
    const { s, x, y } = this.rings;
    stage.begin(this.n + 1, from, to);
    stage.marks(this.contexts, this.frozen);
    stage.row(0, -1.2, 1.2, "stimuli", [-1, 0, 1]);
    for (let i = 0; x && i < this.n; i++) stage.line(x, i, { colour: stage.colours.stimulus, width: i ? 1 : 2, alpha: i ? 1 : 0.7, label: `x${i + 1}` });
    stage.names();
    for (let i = 0; i < this.n; i++) {
      stage.row(i + 1, -1.2, 1.2, `output ${i + 1}`, [-1, 0, 1]);
      if (!s) continue;
      stage.line(s, i, { colour: this.colour(i), width: 5, alpha: 0.45 });
      stage.line(y, i, { colour: stage.colours.ink, width: 1.25, label: `y${i + 1}` });
      stage.names();
    }
    stage.time();
  }

  error(from, to) {
    const stage = this.stages.error;
    stage.begin(1, from, to);
    stage.marks(this.contexts, this.frozen);
    stage.row(0, -2.5, 0.5, "‖s − y‖", [[-2, "0.01"], [-1, "0.1"], [0, "1"]]);
    stage.line(this.rings.error, 0, { colour: stage.colours.error, map: (v) => Math.log10(Math.max(v, 1e-3)) });
    stage.time();
  }

  heat(from, to) {
    const stage = this.stages.heat;
    const ring = this.rings[this.mapped];
    stage.begin(1, from, to);
    const gains = this.mapped === "p";
    const most = ring ? this.range(ring, from, to) : 1;
    const low = gains ? 0 : -most, high = gains ? 1 : most;
    stage.row(0, 0, ring?.columns ?? 1, this.mapped === "l" ? "signal" : "unit", ring ? [[0, "1"], [ring.columns, String(ring.columns)]] : []);
    if (ring) stage.heat(ring, gains ? this.maps.sequential : this.maps.diverging, low, high);
    stage.marks([...this.contexts, ...this.frozen], []);
    stage.time();
    $("legend-heat").textContent = gains ? "white: gain 0 · purple: gain 1" : `teal: −${number(most)} · purple: ${number(most)}`;
  }

  // range is a scale that grows at once and shrinks slowly.
  range(ring, from, to) {
    let most = 0.1;
    for (let t = Math.max(from, ring.first); t < Math.min(to, ring.next); t += 7) {
      for (let c = 0; c < ring.columns; c++) most = Math.max(most, Math.abs(ring.at(t, c)) || 0);
    }
    this.scale = Math.max(most, 0.98 * this.scale);
    return this.scale;
  }

  weights(from, to) {
    const stage = this.stages.weights;
    const w = this.rings.w;
    stage.begin(1, from, to);
    stage.marks(this.contexts, this.frozen);
    const shown = this.contexts.filter((k) => k.to > from && k.from < to);
    const reach = Math.min(12, Math.max(2, ...shown.flatMap((k) => k.inverse.map(Math.abs))) * 1.25);
    const tick = reach > 8 ? 5 : reach > 3 ? 2 : 1;
    stage.row(0, -reach, reach, "weight", [-2, -1, 0, 1, 2].map((i) => i * tick).filter((v) => Math.abs(v) < reach));
    for (const k of shown) {
      for (const [c, v] of k.inverse.entries()) stage.level(v, k.from, k.to, this.colour(c));
    }
    for (let c = 0; w && c < w.columns; c++) stage.line(w, c, { colour: this.colour(c), label: `w${Math.floor(c / this.n) + 1}${(c % this.n) + 1}` });
    stage.names();
    stage.time();
  }

  // population draws the plane now and the one before the last change, which turns by
  // itself as long as samples come.
  population(to) {
    const { stimulus, feedback, error } = this.space.colours;
    const ends = [...this.contexts, ...this.frozen].flatMap((k) => [k.from, k.to]);
    const cuts = [...new Set([...ends, ...this.silenced])].filter((t) => t < to).sort((a, b) => a - b);
    const colour = (from) => (this.frozen.some((k) => k.from <= from && from < k.to) ? error : feedback);
    const change = cuts.at(-1) ?? 0;
    const last = cuts.findLastIndex((t, i) => i + 1 < cuts.length && cuts[i + 1] - t >= enough);
    if (last < 0) this.before = null;
    else if (this.before?.from !== cuts[last]) {
      const ended = { from: cuts[last], to: cuts[last + 1] };
      this.before = { ...ended, points: points(this.rings, ended) }; // rings forget
    }
    if (to !== this.drawn && !still.matches && !this.space.held) this.space.azimuth += 0.006;
    this.drawn = to;
    const now = { points: points(this.rings, { from: change, to }), colour: colour(change) };
    const apart = this.space.draw(this.before && { ...this.before, colour: stimulus }, now);
    $("space-angle").textContent = Number.isNaN(apart) ? "" : `The planes are ${apart.toFixed(0)}° apart.`;
  }

  // tell writes the numbers of now into the table and the matrices.
  tell() {
    this.told = performance.now();
    const { s, x, y, w, error } = this.rings;
    if (!s?.next) return;
    const to = s.next, from = Math.max(s.first, to - judged);
    let sum = 0, n = 0;
    for (let t = from; t < to; t++, n++) sum += error.at(t, 0) || 0;
    const rows = [["sample", count(to)], ["error now", number(error.at(to - 1, 0))], [`mean error, last ${n} samples`, number(sum / n)]];
    for (let i = 0; i < this.n; i++) {
      const r = Array.from({ length: this.n }, (_, j) => correlation(y, i, s, j, from, to).toFixed(3).replace("-", "−"));
      rows.push([`r of output ${i + 1} with sources 1 to ${this.n}`, r.join(", ")]);
    }
    for (let i = 0; i < this.n; i++) {
      const r = Array.from({ length: this.n }, (_, j) => correlation(x, i, s, j, from, to).toFixed(3).replace("-", "−"));
      rows.push([`r of stimulus ${i + 1} with sources 1 to ${this.n}`, r.join(", ")]);
    }
    $("now-table").replaceChildren(...rows.map(([label, value]) => {
      const row = document.createElement("tr");
      row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: label }), Object.assign(document.createElement("td"), { textContent: value }));
      return row;
    }));
    const now = this.contexts.at(-1);
    if (now) {
      matrix($("matrix-a"), now.a, this.n);
      matrix($("matrix-inverse"), now.inverse, this.n);
    }
    matrix($("matrix-w"), Array.from({ length: this.n * this.n }, (_, c) => w.at(to - 1, c)), this.n);
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
