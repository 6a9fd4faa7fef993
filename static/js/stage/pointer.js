// Pointing at what is drawn, with the mouse or by keys: a small box tells the value and the
// time of what is there, and by keys it is said as well.
import { element } from "./parts.js";

const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-Infinity, 0], End: [Infinity, 0] };
const steps = [10, 100]; // samples that a key goes, alone and with Shift
const touch = 12; // px from a point that is still pointed at

// Tip is the box, with a line or a dot at its place.
export class Tip {
  constructor(canvas, mark) {
    this.canvas = canvas;
    this.mark = element("div", { class: mark, hidden: "" });
    this.box = element("div", { class: "pointer-tip", hidden: "" });
    canvas.parentElement.classList.add("pointed");
    canvas.after(this.mark, this.box);
    canvas.addEventListener("pointerleave", () => this.hide());
    canvas.addEventListener("blur", () => this.hide());
  }

  get text() {
    return this.box.hidden ? "" : this.box.textContent;
  }

  // show has it say something at a place of the canvas, or nothing where there is no text.
  show(text, x, y) {
    for (const it of [this.mark, this.box]) it.hidden = !text;
    if (!text) return;
    const { offsetLeft, offsetTop, offsetHeight, offsetWidth } = this.canvas;
    const right = x > offsetWidth / 2;
    this.box.textContent = text;
    const line = this.mark.classList.contains("pointer-line");
    Object.assign(this.mark.style, { left: `${offsetLeft + x}px`, top: `${offsetTop + (line ? 0 : y)}px`, height: line ? `${offsetHeight}px` : "" });
    const [left, top] = [offsetLeft + x + (right ? -10 : 10), offsetTop + Math.max(4, y - 12)];
    Object.assign(this.box.style, { left: `${left}px`, top: `${top}px`, transform: right ? "translateX(-100%)" : "" });
  }

  hide() {
    this.show("");
  }
}

// Pointer points in a plot of samples: words(sample, x, y) gives text, or "" where there is
// nothing; end() is the first sample that has not come. keyed(say) has the arrow keys point
// too, and what is there said.
export class Pointer {
  constructor(plot, words, end = () => Infinity) {
    Object.assign(this, { plot, words, end, tip: new Tip(plot.canvas, "pointer-line") });
    plot.canvas.addEventListener("pointermove", (event) => this.show(event.offsetX, event.offsetY));
  }

  // Keys go along the samples, and between rows: as many as there are, rowAt(row) is the
  // height of one, both of the plot where they are left out. chosen(row) is called at Enter.
  keyed(say, { rows = () => this.plot.rows.length, rowAt = (row) => middle(this.plot.rows[row]), chosen } = {}) {
    const { plot } = this;
    arrows(plot.canvas, (move) => {
      if (!plot.rows) return;
      const bounds = { from: plot.from, to: plot.to, rows: rows() };
      this.cursor = moved(this.cursor ?? { sample: Math.round((plot.from + plot.to) / 2), row: 0 }, move, bounds, this.end());
      this.show(plot.x(this.cursor.sample) + 0.01, rowAt(this.cursor.row));
      say(this.tip.text || "There is no sample here.");
    }, { away: () => this.tip.hide(), chosen: () => chosen && this.cursor && chosen(this.cursor.row) });
  }

  show(x, y) {
    const sample = this.plot.sampleAt(x);
    this.tip.show(Number.isNaN(sample) ? "" : this.words(sample, x, y), x, y);
  }
}

const middle = ({ top, height }) => top + height / 2;

// moved is a cursor after a key, within the samples of a plot up to an end and its rows.
export function moved({ sample, row }, [along, down], { from, to, rows }, end) {
  const last = Math.max(from, Math.min(to, end) - 1);
  return { sample: Math.max(from, Math.min(last, sample + along)), row: Math.max(0, Math.min(rows - 1, row + down)) };
}

// PointPointer points at points { x, y, sample } of a plane, in the order of their samples:
// words(point) gives text. By keys one goes from sample to sample.
export class PointPointer {
  constructor(canvas, points, words) {
    Object.assign(this, { canvas, points, words, tip: new Tip(canvas, "pointer-dot") });
    canvas.addEventListener("pointermove", (event) => this.show(nearest(points(), event.offsetX, event.offsetY)));
  }

  keyed(say) {
    arrows(this.canvas, ([along, down]) => {
      const list = this.points();
      const at = list.findIndex((p) => p.sample >= this.sample);
      const to = Math.max(0, Math.min(list.length - 1, (at < 0 ? list.length - 1 : at) + (along || -10 * down)));
      this.sample = list[to]?.sample;
      this.show(list[to]);
      say(this.tip.text || "There are no samples yet.");
    }, { away: () => this.tip.hide() });
  }

  show(point) {
    this.tip.show(point ? this.words(point) : "", point?.x, point?.y);
  }
}

// nearest is the point next to a place, or undefined where none is near.
export function nearest(points, x, y) {
  let best, least = touch;
  for (const p of points) {
    const away = Math.hypot(p.x - x, p.y - y);
    if (away < least) [best, least] = [p, away];
  }
  return best;
}

// arrows calls go([along, down]) for the keys that point, away() for Escape and chosen() for
// Enter.
function arrows(canvas, go, { away, chosen = () => {} }) {
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") away();
    if (event.key === "Enter") chosen();
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    go([move[0] * steps[event.shiftKey ? 1 : 0], move[1] * (event.shiftKey ? 10 : 1)]);
  });
}
