// The three charts of how a run learns.
import { Panel, axis, line } from "./chart.js";
import { number, duration } from "./format.js";

const box = { left: 64, right: 24, top: 16, bottom: 48 };

// frame is a chart over batches.
export function frame(y, more) {
  return {
    grid: box,
    xAxis: axis("batch", { min: 0, minInterval: 1 }),
    yAxis: axis(y, { nameGap: 46, splitLine: { show: true, lineStyle: { color: "var(--rule)" } }, ...more }),
    tooltip: {
      trigger: "axis", backgroundColor: "var(--card)", borderColor: "var(--rule)", textStyle: { color: "var(--ink)", fontSize: 13 },
      formatter: (at) => `batch ${at[0].value[0]}<br>${at.filter((a) => a.value[1] > 0).map((a) => `${a.seriesName}: ${number(a.value[1])}`).join("<br>")}`,
    },
  };
}

const raw = (name, colour) => line(name, colour, { lineStyle: { color: colour, width: 1, opacity: 0.4 }, endLabel: { show: false }, sampling: "lttb" });
const running = "mean of the last 50 batches";
// mean is a line without its name at the end.
export const mean = (name, colour) => line(name, colour, { lineStyle: { color: colour, width: 2 }, endLabel: { show: false } });

export const wholePowers = {
  type: "log",
  axisLabel: { color: "var(--muted)", fontSize: 12, formatter: String },
};

// The two lines of a legend: a jagged thin one and a thick one.
const thin = "path://M0,6 L4,2 L8,6 L12,2 L16,6 L16,6.8 L12,2.8 L8,6.8 L4,2.8 L0,6.8 Z";
const thick = "path://M0,2.5 L16,2.5 L16,5.5 L0,5.5 Z";

// lossOption is the chart of a loss curve; the model page uses it too.
export function lossOption() {
  return {
    ...frame("loss (sum over a context)", wholePowers),
    legend: { right: 8, top: 0, textStyle: { color: "var(--muted)" }, itemWidth: 16, itemHeight: 8, data: [{ name: "each batch", icon: thin }, { name: running, icon: thick }] },
    series: [raw("each batch", "var(--stimulus)"), mean(running, "var(--feedback)")],
  };
}

export class Learning {
  constructor(series, name) {
    this.series = series;
    const rows = () => ({
      caption: "How the run learns", columns: ["batch", "loss", "gradient norm", "seconds"], rows: series.rows(),
      note: "About a hundred batches; metrics.csv has all of them.",
    });
    const panel = (id) => new Panel(document.getElementById(`panel-${id}`), { name: `${name}-${id}`, rows });
    this.panels = { loss: panel("loss"), grad: panel("grad-norm"), seconds: panel("seconds") };
    this.panels.loss.chart.set(lossOption());
    this.panels.grad.chart.set({ ...frame("gradient norm", wholePowers), series: [raw("each batch", "var(--muted)"), mean(running, "var(--muted)")] });
    this.panels.seconds.chart.set({
      ...frame("time a batch", { min: 0, nameGap: 52, axisLabel: { color: "var(--muted)", fontSize: 12, formatter: duration } }),
      series: [raw("each batch", "var(--muted)"), mean(running, "var(--muted)")],
    });
  }

  draw() {
    for (const [name, panel] of Object.entries(this.panels)) {
      panel.chart.update([{ data: this.series.pairs(name) }, { data: this.series.smooth(name) }]);
      panel.refresh();
    }
  }
}
