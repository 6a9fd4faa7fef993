// The weights from stimuli to outputs, and the inverse of the context that they should be.
import { count, number } from "../format.js";
import { Plot } from "../plot.js";
import { keys, picture } from "./parts.js";
import { Pointer } from "./pointer.js";

const widest = 12; // of the axis

export default {
  id: "weights",
  title: "Effective weights",
  start: ({ body, legend }, desk) => {
    const canvas = picture("weights", "Trace of the weights against the inverse of the context", 200);
    body.append(canvas);
    return new Weights(canvas, legend, desk);
  },
};

export class Weights {
  constructor(canvas, legend, { view, history, speaker }) {
    this.plot = new Plot(canvas, () => view.drawSoon());
    this.pointer = new Pointer(this.plot, (sample) => {
      const { w } = history.rings;
      if (!w || !Number.isFinite(w.at(sample, 0))) return "";
      return `${[...w.rows(sample, sample + 1)].map((v, c) => `w${name(c, history.n)} ${number(v)}`).join(" · ")}, sample ${count(sample)}`;
    }, () => view.moment().now);
    this.pointer.keyed((words) => speaker.say(words));
    keys(legend, [["ink", history.fitted ? "weights, fitted to the last 100 samples or so" : "weights"], ["muted", "inverse of the context", "dotted"]]);
  }

  draw({ key, n, rings: { w }, twin, contexts, frozen, marks, now, window }) {
    const { plot } = this;
    const { from, to } = window;
    if (!plot.fresh(key)) return;
    plot.begin([1], window);
    plot.ground(frozen.filter((k) => k.from < now));
    plot.marks(marks);
    const shown = contexts.filter((k) => k.to > from && k.from < Math.min(to, now));
    const most = shown.reduce((m, k) => Math.max(m, ...k.inverse.map(Math.abs)), 2);
    const reach = Math.min(widest, most * 1.25);
    const every = reach > 8 ? 5 : reach > 3 ? 2 : 1;
    plot.row(0, -reach, reach, "weight", [-2, -1, 0, 1, 2].map((i) => i * every).filter((v) => Math.abs(v) < reach));
    for (const k of shown) {
      for (const [c, v] of k.inverse.entries()) plot.level(v, k.from, Math.min(k.to, now), plot.source(c % n));
    }
    for (let c = 0; w && c < w.columns; c++) {
      const dash = c < n ? [] : [7, 3];
      if (twin?.w) plot.line(twin.w, c, { colour: plot.colours.frost, dash: [2, 2], until: now });
      plot.line(w, c, { colour: plot.source(c % n), dash, label: `w${name(c, n)}`, until: now });
    }
    plot.names();
    plot.time();
  }
}

const name = (c, n) => `${Math.floor(c / n) + 1}${(c % n) + 1}`;
