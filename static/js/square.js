// The context square: every normalised context of two sources is a point (a, b),
// the share of the first source in either stimulus. It is dragged or moved by keys.
import { Surface } from "./surface.js";

const words = 24; // px left and below, for the axes' words
const edge = 10; // px right and above
const step = 0.01;
const none = []; // no path
const mostPlaces = 4000; // of a drag that draws

export class Square {
  // threshold: contexts nearer to the diagonal were not trained; nearest: those
  // nearer than this cannot be taken at all. moved(a, b) is called on each move, released()
  // at the end of a drag, drew(places) at the end of one that draws.
  constructor(canvas, { threshold, nearest, moved, released, drew }) {
    Object.assign(this, { canvas, threshold, nearest, moved, point: [0.7, 0.2], trail: [], kept: {}, path: none, frozen: false, places: null });
    this.surface = new Surface(canvas, () => this.draw());
    canvas.addEventListener("pointerdown", (event) => this.grab(event));
    canvas.addEventListener("pointermove", (event) => this.held && this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        this.held = false;
        const { places } = this;
        this.places = null;
        if (places) drew(places);
        else released();
      });
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("keyup", released);
  }

  grab(event) {
    this.held = true;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.pencilled) this.places = [];
    this.drag(event);
  }

  // pencil has the next drag draw a path, instead of moving the point.
  pencil(on) {
    this.pencilled = on;
    this.canvas.classList.toggle("pencil", on);
  }

  drag(event) {
    const box = this.canvas.getBoundingClientRect();
    const side = box.width - words - edge;
    const [a, b] = [(event.clientX - box.left - words) / side, 1 - (event.clientY - box.top - edge) / side];
    if (!this.places) {
      this.move(a, b);
      return;
    }
    if (this.places.length < mostPlaces) this.places.push([a, b].map((v) => Math.max(0, Math.min(1, v))));
    this.draw();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = step * (event.shiftKey ? 10 : 1);
    const moves = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const [a, b] = this.point;
    // a step into the band that cannot be taken goes to its other side
    const [to, other] = [a + move[0], b + move[1]];
    if (Math.abs(to - other) < this.nearest) this.move(b + (move[0] ? Math.sign(move[0]) : -Math.sign(move[1])) * this.nearest, b);
    else this.move(to, other);
  }

  move(a, b) {
    this.point = allowed(a, b, this.nearest).map((v) => Math.round(v * 1000) / 1000);
    this.draw();
    this.moved(...this.point);
  }

  // show puts the point where the lab says it is, unless it is being dragged, with the
  // kept contexts { A, B }, a path of contexts and the look of what is frozen.
  show(a, b, { kept, path = none, frozen }) {
    if (this.held) return;
    if (a === this.point[0] && b === this.point[1] && kept === this.kept && path === this.path && frozen === this.frozen) return;
    Object.assign(this, { kept, path, frozen });
    if (a !== this.point[0] || b !== this.point[1]) this.trail.push(this.point);
    if (this.trail.length > 12) this.trail.shift();
    this.point = [a, b];
    this.draw();
  }

  draw() {
    const { canvas, surface } = this;
    const size = surface.width;
    if (!size) return;
    const c = surface.wipe();
    const side = size - words - edge;
    const x = (a) => words + a * side, y = (b) => edge + (1 - b) * side;
    const p = surface.colours;
    c.fillStyle = p.paper;
    c.fillRect(words, edge, side, side);
    c.save();
    c.beginPath();
    c.rect(words, edge, side, side);
    c.clip();
    this.band(c, x, y, this.threshold, p.rule);
    this.band(c, x, y, this.nearest, p.stimulus);
    c.restore();
    if (this.frozen) surface.band(words, words + side, edge, side, 0.6);
    c.strokeStyle = this.frozen ? p.frozen : p.stimulus;
    c.strokeRect(words, edge, side, side);
    this.axes(c, size, p);
    for (const [name, [a, b]] of Object.entries(this.kept)) this.name(c, x(a), y(b), name, p);
    this.way(c, (this.places ?? this.path).map(([a, b]) => [x(a), y(b)]), p);
    c.fillStyle = p.stimulus;
    for (const [a, b] of this.trail) this.dot(c, x(a), y(b), 2.5);
    const [a, b] = this.point;
    c.fillStyle = p.ink;
    this.dot(c, x(a), y(b), 8);
    c.strokeStyle = p.card;
    c.lineWidth = 2;
    c.stroke();
    canvas.setAttribute("aria-valuenow", a.toFixed(2));
    canvas.setAttribute("aria-valuetext", `a ${a.toFixed(2)}, b ${b.toFixed(2)}`);
  }

  band(c, x, y, half, colour) {
    c.fillStyle = colour;
    c.beginPath();
    for (const [a, b] of [[0, half], [0, -half], [half, 0], [1, 1 - half], [1, 1 + half], [1 - half, 1]]) c.lineTo(x(a), y(b));
    c.fill();
  }

  // way shows a path, with a ring at its beginning and an arrow at its end.
  way(c, points, p) {
    if (points.length === 0) return;
    c.strokeStyle = c.fillStyle = p.ink;
    c.lineWidth = 1.5;
    c.globalAlpha = 0.6;
    c.beginPath();
    for (const [x, y] of points) c.lineTo(x, y);
    c.stroke();
    c.beginPath();
    c.arc(...points[0], 4, 0, 2 * Math.PI);
    c.stroke();
    const [x, y] = points.at(-1), [fromX, fromY] = points.at(-2) ?? points[0];
    const turned = Math.atan2(y - fromY, x - fromX);
    c.beginPath();
    for (const side of [-2.6, 0, 2.6]) c.lineTo(x + (side ? 8 : 0) * Math.cos(turned + side), y + (side ? 8 : 0) * Math.sin(turned + side));
    c.fill();
    c.globalAlpha = 1;
  }

  dot(c, x, y, radius) {
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fill();
  }

  // name shows a kept context.
  name(c, x, y, name, p) {
    c.strokeStyle = c.fillStyle = p.muted;
    c.lineWidth = 1;
    c.beginPath();
    c.arc(x, y, 9, 0, 2 * Math.PI);
    c.stroke();
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText(name, x, y);
  }

  axes(c, size, p) {
    c.fillStyle = p.muted;
    c.textBaseline = "alphabetic";
    c.textAlign = "left";
    const middle = words + (size - words - edge) / 2, low = size - 8;
    c.fillText("0", words, low);
    c.textAlign = "right";
    c.fillText("1", size - edge, low);
    c.fillText("1", words - 6, edge + 10);
    c.textAlign = "center";
    c.fillText(size > 220 ? "a: source 1 in stimulus 1" : "a", middle, low);
    c.save();
    c.translate(13, size - middle);
    c.rotate(-Math.PI / 2);
    c.fillText(size > 220 ? "b: source 1 in stimulus 2" : "b", 0, 0);
    c.restore();
  }
}

// allowed is the point of the square nearest to (a, b) that is at least a gap away from
// the diagonal, on its own side of it.
export function allowed(a, b, gap) {
  const clamp = (v) => Math.min(1, Math.max(0, v));
  [a, b] = [clamp(a), clamp(b)];
  if (Math.abs(a - b) >= gap) return [a, b];
  const side = a >= b ? 1 : -1;
  const half = gap / 2;
  const centre = Math.min(1 - half, Math.max(half, (a + b) / 2));
  return [centre + side * half, centre - side * half];
}
