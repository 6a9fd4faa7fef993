// What feedback does to every unit, as a map of units by time; a unit that is pointed at
// tells its value, one that is clicked its history.
import { count, number } from "../format.js";
import { diverging, sequential } from "../palette.js";
import { Plot, reach } from "../plot.js";
import { picture } from "./parts.js";
import { Pointer } from "./pointer.js";

const titles = { p: "Gain of every unit", m: "Modulation of every unit" };

// mapped is the signal that is mapped: what feedback does to every unit.
export const mapped = ({ rings }) => (rings.p ? "p" : "m");

export default {
  id: "modulation",
  title: "Modulation",
  applies: ({ widths }) => Boolean(widths.p || widths.m),
  start: (panel, desk) => new Modulation(panel, desk),
};

class Modulation {
  constructor({ heading, legend, body }, desk) {
    const canvas = picture("heat", "Heat map of the modulation over time; click a unit, or press Enter, for its history", 240);
    body.append(canvas);
    Object.assign(this, { legend, desk, most: 1, signal: mapped(desk.history), plot: new Plot(canvas, () => desk.view.drawSoon()) });
    heading.textContent = titles[this.signal];
    this.columns = [...Array(this.ring.columns).keys()];
    this.paint = () => (this.maps = { diverging: diverging(), sequential: sequential() });
    this.paint();
    document.addEventListener("lab:theme", this.paint);
    this.pointer = new Pointer(this.plot, (sample, _, y) => this.words(sample, y), () => desk.view.moment().now);
    const last = this.ring.columns - 1; // the uppermost unit, in which keys begin
    this.pointer.keyed((words) => desk.say(words), { rows: () => last + 1, rowAt: (row) => this.height(last - row), chosen: (row) => this.choose(last - row) });
    canvas.addEventListener("click", (event) => this.choose(this.unit(event.offsetY)));
  }

  // choose shows the history of a unit, if there is one.
  choose(unit) {
    if (unit < 0) return;
    this.desk.chooseUnit(unit);
    this.desk.openPanel("units");
  }

  close() {
    document.removeEventListener("lab:theme", this.paint);
  }

  get ring() {
    return this.desk.history.rings[this.signal];
  }

  // unit is the one at a height of the canvas, or -1.
  unit(y) {
    const { top, rowHeight } = this.plot;
    const at = Math.floor(this.ring.columns * (1 - (y - top) / rowHeight));
    return at >= 0 && at < this.ring.columns ? at : -1;
  }

  // height is where a unit is on the canvas.
  height(unit) {
    const { top, rowHeight } = this.plot;
    return top + rowHeight * (1 - (unit + 0.5) / this.ring.columns);
  }

  words(sample, y) {
    const unit = this.unit(y);
    const value = this.ring.at(sample, unit);
    return unit < 0 || Number.isNaN(value) ? "" : `unit ${unit + 1}: ${number(value)}, sample ${count(sample)}`;
  }

  draw({ key, now, window, marks, frozen }) {
    const { plot, ring } = this;
    if (!plot.fresh(key)) return;
    plot.begin([1], window);
    const gains = this.signal === "p";
    const most = gains ? 1 : this.range(ring, window.from, Math.min(now, window.to));
    plot.row(0, 0, ring.columns, "unit", [[0, "1"], [ring.columns, String(ring.columns)]]);
    plot.heat(ring, gains ? this.maps.sequential : this.maps.diverging, gains ? 0 : -most, most);
    for (const k of frozen) this.frozen(k, now);
    plot.marks(marks);
    plot.time();
    this.legend.textContent = gains ? "white: gain 0 · purple: gain 1" : `copper: −${number(most)} · purple: +${number(most)}`;
  }

  // frozen draws only the edges: the hatching would hide the map.
  frozen({ from, to }, now) {
    const { plot } = this;
    const { left, top, width } = plot.inner;
    const a = Math.max(left, plot.x(from)), b = Math.min(left + width, plot.x(Math.min(to, now)));
    if (b <= a) return;
    const c = plot.context;
    c.fillStyle = plot.colours.frozen;
    c.fillRect(a, top, b - a, 4);
    for (const x of [a, b - 2]) c.fillRect(x, top, 2, plot.inner.height);
  }

  // range is a scale that grows at once and shrinks slowly.
  range(ring, from, to) {
    this.most = Math.max(reach(ring, this.columns, from, to, 0.1), 0.98 * this.most);
    return this.most;
  }
}
