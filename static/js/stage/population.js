// The population in three dimensions and the plane it lies in, now and before the last
// change, and the twin's; beside it what the readout sees.
import { count, number } from "../format.js";
import { angle, enough, points } from "../plane.js";
import { Space } from "../space.js";
import { PointPointer } from "./pointer.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const turning = 0.004; // radians a picture

export class Population {
  constructor(canvas, readout, { view, look, remember, say = () => {} }) {
    const redraw = () => {
      this.drawn = null;
      view.drawSoon();
    };
    this.space = new Space(canvas, readout, {
      redraw,
      moved: () => {
        this.turned = true; // it stays as somebody left it
        remember();
        redraw();
      },
    });
    if (look) {
      this.space.look(...look);
      this.turned = true;
    }
    this.apart = { change: NaN, twin: NaN };
    this.pointer = new PointPointer(readout, () => this.space.pointed(true), outputs);
    this.pointer.keyed(say);
    this.deep = new PointPointer(canvas, () => this.space.pointed(false), ({ values, ...point }) => `PC1 ${number(values[2])} · ${outputs({ values, ...point })}`);
  }

  // look is how it was turned by hand, or null.
  get look() {
    return this.turned ? [this.space.azimuth, this.space.elevation] : null;
  }

  // draw shows the planes, which turn by themselves as long as samples come.
  draw(moment) {
    const { now, latest, scrubbed } = moment;
    const moving = latest !== this.latest && !still.matches && !this.turned && !scrubbed;
    this.latest = latest;
    if (moving) this.space.look(this.space.azimuth + turning, this.space.elevation);
    const key = [now, moment.marks.length, this.space.azimuth, this.space.elevation].join();
    if (key === this.drawn) return;
    this.drawn = key;
    const shown = this.space.draw(this.stretches(moment));
    const [before, twin, network] = ["before", "twin", "now"].map((id) => shown.find((k) => k.id === id)?.plane);
    this.apart = { change: angle(before, network), twin: angle(before, twin) };
  }

  stretches({ history, now, changes, rings, twin }) {
    const { stimulus, feedback, frost } = this.space.colours;
    const change = changes.at(-1) ?? 0;
    const frozen = history.frozenAt(now - 1);
    const list = [{ id: "now", points: points(rings, { from: change, to: now }), colour: frozen ? frost : feedback, words: frozen ? "now, frozen" : "now" }];
    if (twin?.pc1?.next) {
      const beside = points({ ...twin, s: rings.s }, { from: change, to: now });
      list.unshift({ id: "twin", points: beside, colour: frozen ? feedback : frost, words: "twin", dash: [5, 3] });
    }
    const before = this.before(rings, [0, ...changes]);
    if (before) list.unshift({ id: "before", points: before, colour: stimulus, words: "before the change" });
    return list;
  }

  // before are the points of the stretch before the last change that was long enough. They
  // are kept, as rings forget.
  before(rings, cuts) {
    const last = cuts.findLastIndex((t, i) => i + 1 < cuts.length && cuts[i + 1] - t >= enough);
    if (last < 0) return null;
    const key = `${cuts[last]},${cuts[last + 1]}`;
    if (this.past?.key !== key) this.past = { key, points: points(rings, { from: cuts[last], to: cuts[last + 1] }) };
    return this.past.points;
  }
}

// outputs tells a point of the outputs' picture.
function outputs({ sample, values: [y1, y2, , s1, s2] }) {
  return `y1 ${number(y1)} · y2 ${number(y2)} · s1 ${number(s1)} · s2 ${number(s2)}, sample ${count(sample)}`;
}
