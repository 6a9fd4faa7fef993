// What a network in training does in three contexts: outputs, weights or modulation,
// feedback. One snapshot is a head and the frames that follow it.
import { Panel, axis, line } from "./chart.js";
import { heatOption } from "./heat.js";

const colours = ["var(--source1)", "var(--source2)", "var(--source3)", "var(--feedback)"];
const colour = (i) => colours[i % colours.length];
const most = 1500; // points of a line

// column takes column c of the samples from..to as [sample, value, …].
function column({ data, rows, columns }, c, from, to) {
  const step = Math.max(1, Math.floor((to - from) / most));
  const out = new Float32Array(2 * Math.ceil((Math.min(to, rows) - from) / step));
  for (let t = from, i = 0; t < Math.min(to, rows); t += step) {
    out[i++] = t;
    out[i++] = data[t * columns + c];
  }
  return out;
}

function changes(contexts, from, to) {
  return {
    silent: true, symbol: "none", label: { show: false }, lineStyle: { color: "var(--muted)", type: "dashed", width: 1 },
    data: contexts.slice(1).filter((c) => c.from > from && c.from < to).map((c) => ({ xAxis: c.from })),
  };
}

export class Activity {
  constructor(name, windowSelect) {
    this.select = windowSelect;
    this.box = document.getElementById("activity-panels");
    const panel = (id) => new Panel(document.getElementById(`panel-${id}`), { name: `${name}-${id}`, rows: () => this.rows(id) });
    this.panels = { outputs: panel("outputs"), modulation: panel("modulation"), feedback: panel("feedback") };
    windowSelect.addEventListener("change", () => this.draw());
    document.addEventListener("lab:theme", () => this.draw());
  }

  // head begins a snapshot; add gives its frames by signal; it is drawn when whole.
  head(message) {
    this.coming = { ...message, frames: {} };
  }

  add(signal, frame) {
    if (!this.coming) return false;
    this.coming.frames[signal] = frame;
    if (!this.coming.signals.every((s) => this.coming.frames[s])) return false;
    this.snapshot = this.coming;
    this.box.hidden = false;
    this.coming = null;
    this.draw();
    return true;
  }

  range() {
    const { samples, contexts } = this.snapshot;
    const change = contexts[1]?.from ?? 0;
    switch (this.select.value) {
      case "switch": return [Math.max(0, change - 150), Math.min(samples, change + 350)];
      case "late": return [Math.max(0, samples - 300), samples];
    }
    return [0, samples];
  }

  draw() {
    if (!this.snapshot) return;
    const [from, to] = this.range();
    const { frames } = this.snapshot;
    this.panels.outputs.chart.set(this.outputs(frames, from, to));
    if (frames.w) this.panels.modulation.chart.set(this.weights(frames.w, from, to));
    else if (frames.p) this.panels.modulation.chart.set(this.heat(frames.p, true));
    else if (frames.m) this.panels.modulation.chart.set(this.heat(frames.m, false));
    else this.panels.modulation.section.hidden = true;
    if (frames.l) this.panels.feedback.chart.set(this.lines(frames.l, "l", "feedback signal", from, to));
    for (const panel of Object.values(this.panels)) panel.refresh();
  }

  outputs({ s, y }, from, to) {
    const n = s.columns;
    const top = 16, bottom = 48, gap = 16;
    const height = (320 - top - bottom - gap * (n - 1)) / n;
    const grids = [], xs = [], ys = [], series = [];
    for (let i = 0; i < n; i++) {
      grids.push({ left: 64, right: 72, top: top + i * (height + gap), height });
      const last = i === n - 1;
      xs.push(axis(last ? "time (samples)" : "", { gridIndex: i, min: from, max: to, scale: false, axisLabel: { show: last, color: "var(--muted)" }, axisTick: { show: last } }));
      ys.push(axis(`signal ${i + 1}`, { gridIndex: i, min: -1.5, max: 1.5, interval: 1.5, scale: false, nameGap: 40, axisLabel: { color: "var(--muted)", formatter: (v) => (v === 0 ? "0" : v > 0 ? "1.5" : "−1.5") } }));
      const where = { xAxisIndex: i, yAxisIndex: i };
      series.push(line(`s${i + 1}`, colour(i), { ...where, data: column(s, i, from, to), lineStyle: { color: colour(i), width: 4, opacity: 0.4 }, endLabel: { show: true, formatter: "{a}", color: colour(i), lineHeight: 16 }, markLine: changes(this.snapshot.contexts, from, to) }));
      series.push(line(`y${i + 1}`, "var(--ink)", { ...where, data: column(y, i, from, to), lineStyle: { color: "var(--ink)", width: 1 }, endLabel: { show: true, formatter: "{a}", color: "var(--ink)", lineHeight: 16 } }));
    }
    return { grid: grids, xAxis: xs, yAxis: ys, series };
  }

  weights(w, from, to) {
    const n = Math.round(Math.sqrt(w.columns));
    const { contexts } = this.snapshot;
    const option = this.lines(w, "w", "weight", from, to, (c) => `${Math.floor(c / n) + 1}${(c % n) + 1}`);
    for (let c = 0; c < w.columns; c++) {
      const data = [];
      for (const k of contexts) {
        if (k.to <= from || k.from >= to) continue;
        data.push([Math.max(from, k.from), k.inverse[c]], [Math.min(to, k.to), k.inverse[c]], [NaN, NaN]);
      }
      option.series.push(line("inverse", colour(c), { data, lineStyle: { color: colour(c), width: 2, type: [2, 4], cap: "butt" }, endLabel: { show: false } }));
    }
    return option;
  }

  lines(frame, letter, unit, from, to, label = (c) => String(c + 1)) {
    const n = Math.min(frame.columns, 16);
    const few = n <= 4; // lines that can be named at their ends
    const series = [];
    for (let c = 0; c < n; c++) {
      series.push(line(letter + label(c), colour(c), { data: column(frame, c, from, to), endLabel: { show: few, formatter: "{a}", color: colour(c), fontSize: 13, lineHeight: 16 } }));
    }
    series[0].markLine = changes(this.snapshot.contexts, from, to);
    return {
      grid: { left: 64, right: 72, top: few ? 16 : 40, bottom: 48 },
      legend: { show: !few, type: "scroll", top: 0, itemWidth: 16, itemHeight: 3, icon: "roundRect", textStyle: { color: "var(--muted)" }, data: series.map((s) => s.name) },
      xAxis: axis("time (samples)", { min: from, max: to, scale: false }),
      yAxis: axis(unit, { nameGap: 40 }),
      series,
    };
  }

  heat(frame, gains) {
    return heatOption(frame, gains, changes(this.snapshot.contexts, 0, this.snapshot.samples), gains ? "unit (gain p)" : "unit (modulation m)");
  }

  rows(id) {
    if (!this.snapshot) return { columns: ["sample"], rows: [], note: "No snapshot has arrived yet." };
    const { frames, samples } = this.snapshot;
    const names = { outputs: ["s", "y"], modulation: [frames.w ? "w" : frames.p ? "p" : "m"], feedback: ["l"] }[id].filter((name) => frames[name]);
    const columns = ["sample"];
    for (const name of names) for (let c = 0; c < Math.min(16, frames[name].columns); c++) columns.push(name + (c + 1));
    const [from, to] = this.range();
    const step = Math.max(1, Math.floor((to - from) / 100));
    const rows = [];
    for (let t = from; t < Math.min(to, samples); t += step) {
      const row = [t];
      for (const name of names) for (let c = 0; c < Math.min(16, frames[name].columns); c++) row.push(frames[name].data[t * frames[name].columns + c]);
      rows.push(row);
    }
    return { columns, rows, note: `Every ${step} samples, at most 16 columns.` };
  }
}
