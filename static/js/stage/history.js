// The last minute of a session, as far as it is kept: rings of its signals and of what
// the page computes from them, for the network and for its twin, and a mark for everything
// that was done.
import { count } from "../format.js";
import { Ring } from "../ring.js";
import { EffectiveWeights } from "../weights.js";
import { RunningError } from "./running_error.js";
import { settingsOf } from "./scene.js";

const kept = 65536; // samples
const wide = 16; // columns; signals with more are thinned
const thinned = 4; // samples that share a row of a wide signal
const burst = 0.1; // seconds within which changes of the context are one, as a drag makes them
const mostMarks = 400;

export class History {
  constructor(n) {
    this.n = n; // sources, stimuli and outputs
    this.open({});
  }

  // open makes the rings for the signals of a session, by their widths; so many feedback
  // signals act in it, and its network's own { tau, sources, frequencies } are these.
  open(widths, feedback = 0, own = { tau: 1 }) {
    Object.assign(this, { widths, feedback, own });
    this.fitted = !widths.w; // whether the weights are computed here
    this.deep = this.n === 2 && Boolean(widths.z || widths.z_H); // whether a population lies over the outputs
    this.sides = [this.side()];
    this.clear();
  }

  side() {
    const { n, widths, deep } = this;
    const ring = (width) => (width > wide ? new Ring(width, kept / thinned, thinned) : new Ring(width, kept));
    const rings = Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, ring(width)]));
    rings.error = new Ring(1, kept);
    if (this.fitted) rings.w = new Ring(n * n, kept);
    if (deep) rings.pc1 = new Ring(1, kept);
    return { rings, running: new RunningError(), effective: this.fitted ? new EffectiveWeights(n) : null };
  }

  get rings() {
    return this.sides[0].rings;
  }

  // twin are the rings of the twin, or null.
  get twin() {
    return (this.settings?.twin && this.sides[1]?.rings) || null;
  }

  clear() {
    for (const { rings, running, effective } of this.sides) {
      for (const ring of Object.values(rings)) ring.clear();
      running.clear();
      effective?.clear();
    }
    this.contexts = []; // { from, to, a, inverse }
    this.frozen = []; // { from, to, hold }
    this.marks = []; // { sample, last, kind, words }: last is its last sample, as a drag takes a while
    Object.assign(this, { settings: null, twinTitle: "" });
  }

  // push takes the blocks of one message.
  push(blocks) {
    for (const { signal, side = 0, first, rows, data, stride = 1 } of blocks) {
      if (side === 1 && !this.sides[1]) this.sides[1] = this.side();
      const ring = this.sides[side]?.rings[signal];
      if (!ring) continue;
      if (signal === "s" && side === 0 && first < ring.next) this.clear(); // it begins anew
      ring.push(first, rows, data, stride);
    }
    for (const side of this.sides) this.derive(side);
  }

  // derive computes error and weights of the samples that came whole. The twin hears the
  // network's own sources and stimuli.
  derive({ rings, running, effective }) {
    const s = rings.s?.next ? rings.s : this.rings.s, x = rings.x?.next ? rings.x : this.rings.x, { y } = rings;
    if (!s || !x || !y) return;
    const to = Math.min(s.next, x.next, y.next);
    const from = Math.max(rings.error.next, s.whole, x.whole, y.whole);
    if (to <= from) return;
    const [sources, outputs] = [s.rows(from, to), y.rows(from, to)];
    rings.error.push(from, to - from, running.push(to - from, this.n, sources, outputs));
    if (effective) rings.w.push(from, to - from, effective.push(to - from, x.rows(from, to), outputs));
  }

  // state takes the session's message of how it stands, and marks what changed. It gives
  // the marks that are new.
  state(message) {
    const { sample } = message;
    const settings = settingsOf(message, this.own);
    const before = this.settings;
    if (before?.twin && before.twin !== settings.twin) this.sides.length = 1;
    this.settings = settings;
    this.twinTitle = twinTitle(message.twin);
    const marks = [];
    const mark = (kind, words) => marks.push({ sample, last: sample, kind, words });
    this.noteContext(message, mark);
    this.noteHold(sample, settings.hold, mark);
    if (before) for (const [kind, words] of differences(before, settings)) mark(kind, words);
    return marks.filter((m) => this.note(m));
  }

  noteContext({ sample, context }, mark) {
    const last = this.contexts.at(-1);
    if (last && String(last.a) === String(context.a)) return;
    if (last) last.to = sample;
    this.contexts.push({ from: sample, to: Infinity, a: context.a, inverse: context.inverse });
    if (this.contexts.length > mostMarks) this.contexts.shift();
    const [a, , b] = context.a;
    if (last) mark("context", this.n === 2 ? `Context ${a.toFixed(2)}, ${b.toFixed(2)}` : "Another context");
  }

  noteHold(sample, hold, mark) {
    const open = this.frozen.at(-1)?.to === Infinity ? this.frozen.at(-1) : null;
    if ((open?.hold ?? 0) === hold) return;
    if (open) open.to = sample;
    if (hold > 0) this.frozen.push({ from: sample, to: Infinity, hold });
    if (hold === 0) mark("release", "Feedback released");
    else mark("freeze", hold === 1 ? "Feedback frozen" : `Feedback ${Math.round(100 * hold)} % frozen`);
  }

  // note keeps a mark, unless it goes on with the drag of the one before.
  note(mark) {
    const last = this.marks.at(-1);
    if (mark.kind === "context" && last?.kind === "context" && mark.sample - last.last < burst * this.settings.speed) {
      Object.assign(last, { last: mark.sample, words: mark.words });
      return false;
    }
    this.marks.push(mark);
    if (this.marks.length > mostMarks) this.marks.shift();
    return true;
  }

  // next is the sample that comes next: of sources, stimuli and outputs all before it are here.
  get next() {
    const { s, x, y } = this.rings;
    return s ? Math.min(s.next, x.next, y.next) : 0;
  }

  // first is the oldest sample that is there.
  get first() {
    const { s, x, y } = this.rings;
    return s ? Math.max(s.first, x.first, y.first) : 0;
  }

  // changes are the samples at which anything was done that the network answers to.
  changes(now = this.next) {
    return [...new Set(this.marks.map((m) => m.last))].filter((t) => t < now).sort((a, b) => a - b);
  }

  // frozenAt tells whether feedback was frozen at a sample, in part or wholly.
  frozenAt(sample) {
    return this.frozen.some((k) => k.from <= sample && sample < k.to);
  }

  // froze is the context, as a point, in which feedback was frozen, now or for the twin;
  // null where it is not, or was not in a point of the square. A context that came at the
  // same sample came after it.
  get froze() {
    const last = this.frozen.at(-1);
    const fork = this.settings?.twin === "frozen" ? this.marks.findLast((m) => m.kind === "twin")?.sample : undefined;
    const held = last?.to === Infinity ? last.from : fork;
    const a = held === undefined || this.n !== 2 ? null : this.contexts.findLast((k) => k.from < held)?.a;
    return a ? [a[0], a[2]] : null;
  }

  contextAt(sample) {
    return this.contexts.findLast((k) => k.from <= sample) ?? this.contexts.at(-1);
  }
}

// twinTitle says what a twin is.
function twinTitle(twin) {
  if (!twin) return "";
  return { frozen: "without feedback", ideal: "ideal feedback" }[twin.kind] ?? twin.title;
}

// differences are what changed from settings to settings besides context and freezing, as
// [kind, words].
function differences(before, now) {
  const list = [];
  for (const j of new Set([...Object.keys(before.clamps), ...Object.keys(now.clamps)])) {
    const value = now.clamps[j];
    if (value === before.clamps[j]) continue;
    list.push(["clamp", `Feedback signal ${Number(j) + 1} ${value === undefined ? "let go" : value === 0 ? "silent" : `held at ${value}`}`]);
  }
  if (String(before.units) !== String(now.units)) list.push(["units", now.units.length ? `${count(now.units.length)} units silent` : "All units act"]);
  if (before.noise !== now.noise) list.push(["noise", `Noise ${now.noise} sd`]);
  if (before.tau !== now.tau) list.push(["tau", `Time constant ${now.tau === null ? "its own" : `${count(now.tau)} samples`}`]);
  if (before.sources !== now.sources) list.push(["sources", `Sources ${now.sources ?? "its own"}`]);
  if (before.swap !== now.swap) list.push(["swap", now.swap ? "Sources swapped" : "Sources in order"]);
  if (before.twin !== now.twin) list.push(["twin", now.twin ? "A twin plays beside it" : "The twin ends"]);
  return list;
}
