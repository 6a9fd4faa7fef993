// Stimuli, outputs over their sources, and the error, over one window of time.
import { count, number } from "../format.js";
import { Plot } from "../plot.js";
import { keys } from "./parts.js";
import { Pointer } from "./pointer.js";

const colours = ["source1", "source2", "source3", "feedback"];
const reach = 1.6; // of signals' axes
const errors = [-3, 0.5]; // of the error's axis, as powers of ten

export class Traces {
  constructor(canvas, legend, { n, view, speaker }) {
    Object.assign(this, { legend, n });
    this.plot = new Plot(canvas, () => view.drawSoon());
    this.pointer = new Pointer(this.plot, (sample, _, y) => this.words(view.moment(), sample, y), () => view.moment().now);
    this.pointer.keyed((words) => speaker.say(words));
  }

  // name writes the legend; twin says what the twin is, "" where there is none.
  name(twin) {
    this.named = twin;
    keys(this.legend, [
      ...colours.slice(0, this.n).map((colour, i) => [colour, `source ${i + 1}`]),
      ["ink", "output"], ["stimulus", "stimulus"], ["error", "error"], ...(twin ? [["frost", `twin: ${twin}`, "dashed"]] : []),
    ]);
  }

  draw(moment) {
    const { plot, n } = this;
    const { window, now, frozen, marks, history } = moment;
    if (!plot.fresh(moment.key)) return;
    if (this.named !== history.twinTitle) this.name(history.twinTitle);
    plot.begin([...Array(n + 1).fill(1), 0.8], window);
    plot.ground(frozen.filter((k) => k.from < now));
    plot.marks(marks);
    this.stimuli(moment);
    for (let i = 0; i < n; i++) this.output(moment, i);
    this.error(moment);
    plot.time();
  }

  // ghost is how a line of the change before is drawn, or null.
  ghost({ window: { zero, ghost }, now }) {
    return ghost && { shift: zero - ghost.zero, until: Math.min(ghost.until, now), alpha: 0.3 };
  }

  stimuli({ rings: { x }, now }) {
    const { plot, n } = this;
    plot.row(0, -reach, reach, "stimuli", [-1, 0, 1]);
    for (let i = 0; x && i < n; i++) plot.line(x, i, { colour: plot.colours.stimulus, alpha: i ? 0.7 : 1, label: `x${i + 1}`, until: now });
    plot.names();
  }

  output(moment, i) {
    const { rings: { s, y }, twin, now } = moment;
    const { plot } = this;
    plot.row(i + 1, -reach, reach, `output ${i + 1}`, [-1, 0, 1]);
    if (!s) return;
    const ghost = this.ghost(moment);
    if (ghost) plot.line(y, i, { colour: plot.colours.ink, ...ghost });
    plot.line(s, i, { colour: plot.source(i), width: 4.5, alpha: 0.5, until: now });
    if (twin?.y) plot.line(twin.y, i, { colour: plot.colours.frost, dash: [5, 3], label: "twin", until: now });
    plot.line(y, i, { colour: plot.colours.ink, label: `y${i + 1}`, until: now });
    plot.names();
  }

  error(moment) {
    const { rings, twin, now } = moment;
    const { plot } = this;
    plot.row(this.n + 1, ...errors, "error", [[-2, "0.01"], [-1, "0.1"], [0, "1"]]);
    const map = (v) => Math.log10(v);
    const ghost = this.ghost(moment);
    if (ghost) plot.line(rings.error, 0, { colour: plot.colours.error, map, ...ghost });
    if (twin) plot.line(twin.error, 0, { colour: plot.colours.frost, map, dash: [5, 3], label: "twin", until: now });
    plot.line(rings.error, 0, { colour: plot.colours.error, map, label: "‖s−y‖", until: now });
    plot.names();
  }

  words({ rings, twin, n, now, window }, sample, y) {
    const row = this.plot.rowAt(y);
    if (row < 0 || sample >= now || sample < rings.s?.first) return "";
    const after = sample - window.zero;
    const when = window.zero === null ? `sample ${count(sample)}` : `${count(Math.abs(after))} samples ${after < 0 ? "before" : "after"} the change`;
    const i = row - 1;
    const listed = row === 0 ? [...Array(n).keys()].map((j) => [`x${j + 1}`, rings.x, j])
      : row <= n ? [[`s${row}`, rings.s, i], [`y${row}`, rings.y, i], ["twin", twin?.y, i]] : [["error", rings.error, 0], ["twin", twin?.error, 0]];
    const values = listed.filter(([, ring]) => ring).map(([name, ring, c]) => `${name} ${number(ring.at(sample, c))}`);
    return `${values.join(" · ")}, ${when}`;
  }
}
