// The population in three dimensions and the plane it lies in, now and before the last
// change.
import { enough, points } from "../plane.js";
import { Space } from "../space.js";
import { element, keys } from "./parts.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

export default {
  id: "space",
  title: "The population and its plane",
  column: 1,
  canvases: [
    { id: "space", label: "The population along y1, y2 and its first principal component", height: [264, 264], tabindex: 0, "aria-describedby": "space-help" },
    { id: "readout", label: "Output 2 against output 1, and the sources", height: [264, 264] },
  ],
  applies: ({ deep }) => deep,
  start: (panel, desk) => new Population(panel, desk),
};

class Population {
  constructor({ canvases, legend, foot }, { drawSoon }) {
    this.space = new Space(canvases.space, canvases.readout);
    this.space.moved = drawSoon;
    this.apart = element("span", { id: "space-angle", "aria-live": "off" });
    keys(legend, [["feedback", "now"], ["error", "now, frozen"], ["stimulus", "before the last change"]]);
    foot.append(element("p", { class: "help", id: "space-help" },
      "Left, the population: drag or use the arrow keys to turn it. Right, what the readout sees of it; dots are the sources. ", this.apart));
  }

  clear() {
    this.before = null; // the stretch before the last change
  }

  // draw shows both planes, which turn by themselves as long as samples come.
  draw(signals, _, to) {
    const { stimulus, feedback, error } = this.space.colours;
    const cuts = signals.changes();
    const change = cuts.at(-1) ?? 0;
    const last = cuts.findLastIndex((t, i) => i + 1 < cuts.length && cuts[i + 1] - t >= enough);
    if (last < 0) this.before = null;
    else if (this.before?.from !== cuts[last]) {
      const ended = { from: cuts[last], to: cuts[last + 1] };
      this.before = { ...ended, points: points(signals.rings, ended) }; // rings forget
    }
    if (to !== this.drawn && !still.matches && !this.space.held) this.space.azimuth += 0.006;
    this.drawn = to;
    const now = { points: points(signals.rings, { from: change, to }), colour: signals.frozenAt(change) ? error : feedback };
    const apart = this.space.draw(this.before && { ...this.before, colour: stimulus }, now);
    this.apart.textContent = Number.isNaN(apart) ? "" : `The planes are ${apart.toFixed(0)}° apart.`;
  }
}
