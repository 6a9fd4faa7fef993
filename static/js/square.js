// The context square: every normalised context of two sources is a point (a, b),
// the share of the first source in either stimulus. It is dragged or moved by keys.
import { palette } from "./palette.js";

const inset = 28; // px for the axes' words
const step = 0.01;

export class Square {
  // threshold: contexts nearer to the diagonal were not trained; nearest: those
  // nearer than this cannot be taken at all. moved(a, b) is called on each move.
  constructor(canvas, { threshold, nearest, moved }) {
    Object.assign(this, { canvas, threshold, nearest, moved, point: [0.7, 0.2], trail: [] });
    canvas.addEventListener("pointerdown", (event) => this.grab(event));
    canvas.addEventListener("pointermove", (event) => this.held && this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.held = false));
    canvas.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("lab:theme", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  grab(event) {
    this.held = true;
    this.canvas.setPointerCapture(event.pointerId);
    this.drag(event);
  }

  drag(event) {
    const box = this.canvas.getBoundingClientRect();
    const side = box.width - 2 * inset;
    this.move((event.clientX - box.left - inset) / side, 1 - (event.clientY - box.top - inset) / side);
  }

  key(event) {
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

  // show puts the point where the lab says it is, unless it is being dragged.
  show(a, b) {
    if (this.held) return;
    if (a === this.point[0] && b === this.point[1]) return;
    this.trail.push(this.point);
    if (this.trail.length > 12) this.trail.shift();
    this.point = [a, b];
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const ratio = Math.max(2, devicePixelRatio || 1);
    const size = canvas.clientWidth;
    if (!size) return;
    canvas.width = canvas.height = size * ratio;
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const side = size - 2 * inset;
    const x = (a) => inset + a * side, y = (b) => inset + (1 - b) * side;
    const p = palette();
    c.fillStyle = p.paper;
    c.fillRect(inset, inset, side, side);
    c.save();
    c.beginPath();
    c.rect(inset, inset, side, side);
    c.clip();
    this.band(c, x, y, this.threshold, p.rule);
    this.band(c, x, y, this.nearest, p.stimulus);
    c.restore();
    c.strokeStyle = p.stimulus;
    c.strokeRect(inset, inset, side, side);
    this.words(c, size, p);
    c.fillStyle = p.stimulus;
    for (const [a, b] of this.trail) this.dot(c, x(a), y(b), 2.5);
    const [a, b] = this.point;
    c.fillStyle = p.feedback;
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

  dot(c, x, y, radius) {
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fill();
  }

  words(c, size, p) {
    c.fillStyle = p.muted;
    c.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    c.textBaseline = "alphabetic";
    c.textAlign = "left";
    c.fillText("0", inset, size - 10);
    c.textAlign = "right";
    c.fillText("1", size - inset, size - 10);
    c.fillText("1", inset - 8, inset + 10);
    c.textAlign = "center";
    c.fillText("a: source 1 in stimulus 1", size / 2, size - 10);
    c.save();
    c.translate(16, size / 2);
    c.rotate(-Math.PI / 2);
    c.fillText("b: source 1 in stimulus 2", 0, 0);
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
