// What a live session has sent, as far as it is kept: rings of its signals and of what
// the page computes from them, and where something changed.
import { RunningError } from "./error.js";
import { Ring } from "./ring.js";
import { EffectiveWeights } from "./weights.js";

export class Signals {
  constructor(n) {
    this.n = n; // sources, stimuli and outputs
    this.open({});
  }

  // open makes the rings for the signals of a session, by their widths; so many feedback
  // signals act in it.
  open(widths, feedback = 0) {
    this.feedback = feedback;
    this.rings = Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, new Ring(width)]));
    this.rings.error = new Ring(1);
    this.running = new RunningError();
    this.fitted = !widths.w; // whether the weights are computed here
    if (this.fitted) {
      this.rings.w = new Ring(this.n * this.n);
      this.effective = new EffectiveWeights(this.n);
    }
    this.deep = this.n === 2 && Boolean(widths.z || widths.z_H); // whether a population lies over the outputs
    if (this.deep) this.rings.pc1 = new Ring(1);
    this.clear();
  }

  clear() {
    for (const ring of Object.values(this.rings)) ring.clear();
    this.running.clear();
    this.effective?.clear();
    this.contexts = []; // { from, to, a, inverse }
    this.frozen = []; // { from, to }
    this.silenced = []; // samples at which what is silenced changed
    this.clamps = "{}";
  }

  // state takes the session's message of how it stands, and notes what changed.
  state({ sample, context, frozen, clamps }) {
    const last = this.contexts.at(-1);
    if (!last || String(last.a) !== String(context.a)) {
      if (last) last.to = sample;
      this.contexts.push({ from: sample, to: Infinity, a: context.a, inverse: context.inverse });
      if (this.contexts.length > 200) this.contexts.shift();
    }
    const open = this.frozen.at(-1);
    if (frozen && open?.to !== Infinity) this.frozen.push({ from: sample, to: Infinity });
    if (!frozen && open?.to === Infinity) open.to = sample;
    const silent = JSON.stringify(clamps);
    if (silent !== this.clamps) this.silenced.push(sample);
    this.clamps = silent;
  }

  // push takes one signal's frame; signals of the same samples come together.
  push(signal, { first, rows, data }) {
    this.rings[signal]?.push(first, rows, data);
    if (this.batch?.first !== first) this.batch = { first };
    this.batch[signal] = data;
    const { s, x, y } = this.batch;
    if (!["s", "x", "y"].includes(signal) || !s || !x || !y) return;
    this.rings.error.push(first, rows, this.running.push(rows, this.n, s, y));
    if (this.fitted) this.rings.w.push(first, rows, this.effective.push(rows, x, y));
  }

  // next is the sample that comes next: of sources, stimuli and outputs all before it are here.
  get next() {
    const { s, x, y } = this.rings;
    return s ? Math.min(s.next, x.next, y.next) : 0;
  }

  // changes are the samples at which anything changed that a population answers to.
  changes() {
    const ends = [...this.contexts, ...this.frozen].flatMap((k) => [k.from, k.to]);
    return [...new Set([...ends, ...this.silenced])].filter((t) => t < this.next).sort((a, b) => a - b);
  }

  // frozenAt tells whether feedback was frozen at a sample.
  frozenAt(sample) {
    return this.frozen.some((k) => k.from <= sample && sample < k.to);
  }
}
