// The last minute as a strip: the error, where feedback was frozen, a mark for everything
// that was done, and the window that is shown. Dragging or the arrow keys scrub.
import { count, number } from "../format.js";
import { Surface } from "../surface.js";
import { Pointer } from "./pointer.js";

const shortest = 10000; // samples that the strip shows at least
const inset = 10; // px at both ends
const levels = [-3, 0.5]; // powers of ten of the error

export class Timeline {
  // scrub(sample) is called as somebody drags or presses keys; null comes back to now.
  // say(words) tells what a key has come to.
  constructor(canvas, { view, scrub, say = () => {} }) {
    Object.assign(this, { canvas, view, scrub, say, surface: new Surface(canvas, () => view.drawSoon()) });
    this.surface.sampleAt = (x) => this.sampleAt(x);
    this.pointer = new Pointer(this.surface, (sample, x) => this.words(sample, x));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held = true;
      this.to(event.offsetX);
    });
    canvas.addEventListener("pointermove", (event) => this.held && this.to(event.offsetX));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.held = false));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  to(x) {
    const sample = this.sampleAt(x);
    if (Number.isFinite(sample)) this.scrub(sample);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { now, marks } = this.view.moment();
    const by = event.shiftKey ? 100 : 10;
    const before = marks.findLast((m) => m.last < now - 1), after = marks.find((m) => m.last > now);
    const to = {
      ArrowLeft: now - by, ArrowDown: now - by, ArrowRight: now + by, ArrowUp: now + by,
      PageUp: before?.last ?? 0, PageDown: after?.last ?? Infinity, Home: 0, End: Infinity,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.scrub(to === Infinity ? null : to);
    this.point();
  }

  // point points at where somebody has scrubbed to.
  point() {
    if (!this.range) return;
    const x = this.x(this.view.moment().now);
    this.pointer.show(x, this.surface.height / 2);
    if (this.pointer.tip.text) this.say(this.pointer.tip.text);
  }

  sampleAt(x) {
    if (!this.range) return NaN;
    const share = (x - inset) / (this.surface.width - 2 * inset);
    return share < -0.02 || share > 1.02 ? NaN : Math.round(this.range[0] + Math.max(0, Math.min(1, share)) * (this.range[1] - this.range[0]));
  }

  x(sample) {
    const [from, to] = this.range;
    return inset + ((this.surface.width - 2 * inset) * (Math.max(from, Math.min(to, sample)) - from)) / (to - from);
  }

  words(sample, x) {
    const { history } = this.view;
    const mark = history.marks.findLast((m) => Math.abs(this.x(m.last) - x) < 5);
    if (mark) return `${mark.words}, sample ${count(mark.last)}`;
    const v = history.rings.error.at(sample, 0);
    return Number.isNaN(v) ? "" : `sample ${count(sample)}, error ${number(v)}`;
  }

  draw({ history, now, latest, marks, frozen, window, twin }) {
    const { surface } = this;
    const from = history.first;
    this.range = [from, Math.max(from + shortest, latest)];
    const pixel = (this.range[1] - from) / Math.max(1, surface.width);
    this.canvas.setAttribute("aria-valuenow", String(now));
    this.canvas.setAttribute("aria-valuemin", String(from));
    this.canvas.setAttribute("aria-valuemax", String(latest));
    this.canvas.setAttribute("aria-valuetext", now < latest ? `sample ${now} of ${latest}` : `now, sample ${now}`);
    const done = [marks.length, marks.at(-1)?.last, frozen.length, frozen.at(-1)?.to];
    if (!surface.fresh([Math.floor(latest / (2 * pixel)), now < latest && now, window.zero, window.to - window.from, ...done].join())) return;
    const c = surface.wipe();
    const bottom = surface.height - 16;
    for (const k of frozen) if (k.to > from) surface.band(this.x(k.from), Math.max(this.x(k.from) + 4, this.x(Math.min(k.to, latest))), 0, bottom, k.hold);
    this.span(c, window, bottom);
    if (twin) this.course(c, twin.error, latest, bottom, surface.colours.frost);
    this.course(c, history.rings.error, latest, bottom, surface.colours.error);
    this.flags(c, marks, from, bottom);
    this.cursor(c, now, bottom);
    this.axis(c, bottom);
  }

  // span is the window that is shown.
  span(c, { from, to }, bottom) {
    const { colours } = this.surface;
    const [a, b] = [this.x(from), this.x(to)];
    c.fillStyle = c.strokeStyle = colours.feedback;
    c.globalAlpha = 0.12;
    c.fillRect(a, 0, b - a, bottom);
    c.globalAlpha = 0.7;
    c.strokeRect(a + 0.5, 0.5, b - a - 1, bottom - 1);
    c.globalAlpha = 1;
  }

  // course draws the largest error of each pixel.
  course(c, ring, latest, bottom, colour) {
    const [from, to] = this.range;
    const wide = Math.ceil(this.surface.width - 2 * inset);
    c.strokeStyle = colour;
    c.lineWidth = 1;
    c.beginPath();
    let pen = false;
    for (let i = 0; i <= wide; i++) {
      const start = Math.floor(from + ((to - from) * i) / wide), end = Math.floor(from + ((to - from) * (i + 1)) / wide);
      if (start >= latest) break;
      let most = -Infinity;
      const step = Math.max(1, (end - start) >> 3), last = Math.min(latest, Math.max(end, start + 1));
      for (let t = start; t < last; t += step) if (ring.at(t, 0) > most) most = ring.at(t, 0);
      if (most === -Infinity) {
        pen = false;
        continue;
      }
      const level = (Math.log10(Math.max(most, 1e-9)) - levels[0]) / (levels[1] - levels[0]);
      const y = bottom - 2 - Math.max(0, Math.min(1, level)) * (bottom - 8);
      if (pen) c.lineTo(inset + i, y);
      else c.moveTo(inset + i, y);
      pen = true;
    }
    c.stroke();
  }

  flags(c, marks, from, bottom) {
    const { colours } = this.surface;
    for (const { last, kind } of marks) {
      if (last < from) continue;
      const x = Math.round(this.x(last)) + 0.5;
      c.strokeStyle = c.fillStyle = kind === "freeze" ? colours.frost : kind === "context" ? colours.ink : colours.feedback;
      c.lineWidth = 1;
      c.beginPath();
      c.moveTo(x, 0);
      c.lineTo(x, bottom);
      c.stroke();
      c.beginPath();
      c.moveTo(x - 4, 0);
      c.lineTo(x + 4, 0);
      c.lineTo(x, 7);
      c.fill();
    }
  }

  cursor(c, now, bottom) {
    c.fillStyle = this.surface.colours.ink;
    const x = this.x(now);
    c.fillRect(x - 1, 0, 2, bottom);
    c.beginPath();
    c.arc(x, bottom, 5, 0, 2 * Math.PI);
    c.fill();
  }

  axis(c, bottom) {
    const [from, to] = this.range;
    c.fillStyle = this.surface.colours.muted;
    c.textBaseline = "top";
    const every = 10 ** Math.ceil(Math.log10((to - from) / 8));
    for (let t = Math.ceil(from / every) * every; t <= to; t += every) {
      const x = this.x(t);
      c.textAlign = x > this.surface.width - 60 ? "right" : x < 60 ? "left" : "center";
      c.fillText(t === 0 ? "0 samples" : count(t), x, bottom + 4);
    }
  }
}
