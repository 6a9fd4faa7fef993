// The population in three dimensions, (y1, y2, PC1), with the plane it lies in, and the
// outputs beside it: what a readout sees of that plane.
import { palette } from "./palette.js";
import { angle, plane } from "./plane.js";
import { wipe } from "./plot.js";

const reach = 1.5; // of both outputs' axes

export class Space {
  constructor(canvas, readout) {
    this.canvas = canvas;
    this.readout = readout;
    this.azimuth = 0.6;
    this.elevation = 0.4;
    this.colours = palette();
    document.addEventListener("lab:theme", () => (this.colours = palette()));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held = [event.clientX, event.clientY];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      this.turn((event.clientX - this.held[0]) / 120, (event.clientY - this.held[1]) / 120);
      this.held = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.held = null));
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.turn(...by);
    });
  }

  turn(azimuth, elevation) {
    this.azimuth += azimuth;
    this.elevation = Math.max(0, Math.min(1.4, this.elevation + elevation));
    this.moved?.();
  }

  // draw shows two stretches, { points, colour }: the one before the last change, or
  // null, and the one now. It returns the angle between their planes in degrees, NaN
  // as long as one is too short.
  draw(before, now) {
    const shown = [before, now].filter(Boolean).map((k) => ({ ...k, plane: plane(k.points) }));
    this.height = Math.max(2, ...shown.flatMap((k) => k.points.map((p) => Math.abs(p[2]))));
    this.box();
    for (const k of shown) this.patch(k);
    for (const k of shown) this.path(k.points, k.colour);
    this.outputs(shown);
    return shown.length === 2 ? angle(shown[0].plane, shown[1].plane) : NaN;
  }

  // at is where a point is on the canvas, seen from a little above.
  at([y1, y2, pc1]) {
    const a = y1 / reach, b = y2 / reach, c = pc1 / this.height;
    const sin = Math.sin(this.azimuth), cos = Math.cos(this.azimuth);
    const across = a * cos - b * sin, away = a * sin + b * cos;
    const tilt = Math.sin(this.elevation);
    const scale = this.size / (1 + 0.12 * away);
    return [this.middle[0] + across * scale, this.middle[1] - (c * Math.cos(this.elevation) + away * tilt) * scale];
  }

  box() {
    const c = wipe(this.canvas);
    const { clientWidth: w, clientHeight: h } = this.canvas;
    this.size = Math.min(w / 3.4, h / 3.8);
    this.middle = [w / 2, h / 2];
    c.lineWidth = 1;
    const edge = (from, to, colour) => {
      c.strokeStyle = colour;
      line(c, [this.at(from), this.at(to)]);
    };
    const r = reach, z = this.height;
    for (const [a, b] of [[-r, -r], [-r, r], [r, r], [r, -r]]) {
      edge([a, b, -z], [a, b, z], this.colours.rule);
      for (const level of [-z, z]) {
        edge([a, -r, level], [a, r, level], this.colours.rule);
        edge([-r, b, level], [r, b, level], this.colours.rule);
      }
    }
    c.fillStyle = this.colours.muted;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const [name, end] of [["y1", [r * 1.18, 0, -z]], ["y2", [0, r * 1.18, -z]], ["PC1", [-r, -r, z * 1.15]]]) c.fillText(name, ...this.at(end));
  }

  // patch is the part of a stretch's plane over outputs from -1 to 1.
  patch({ plane, colour }) {
    if (!plane) return;
    const c = this.canvas.getContext("2d");
    const [k1, k2, k0] = plane;
    const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([a, b]) => this.at([a, b, k1 * a + k2 * b + k0]));
    c.fillStyle = c.strokeStyle = colour;
    c.globalAlpha = 0.14;
    line(c, corners);
    c.fill();
    c.globalAlpha = 1;
  }

  path(points, colour) {
    const c = this.canvas.getContext("2d");
    c.strokeStyle = colour;
    c.lineWidth = 1.5;
    line(c, points.map((p) => this.at(p)));
  }

  // outputs draws y2 against y1, and the sources where they should lie.
  outputs(shown) {
    const c = wipe(this.readout);
    const { clientWidth: w, clientHeight: h } = this.readout;
    const size = (Math.min(w, h) - 40) / 2 / reach;
    const at = ([a, b]) => [w / 2 + a * size, h / 2 - b * size];
    c.strokeStyle = this.colours.rule;
    for (const v of [-1, 0, 1]) {
      line(c, [at([v, -reach]), at([v, reach])]);
      line(c, [at([-reach, v]), at([reach, v])]);
    }
    c.fillStyle = this.colours.muted;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText("y1", w / 2 + reach * size + 10, h / 2);
    c.fillText("y2", w / 2, h / 2 - reach * size - 10);
    for (const { points, colour } of shown) {
      c.strokeStyle = colour;
      c.lineWidth = 1.5;
      line(c, points.map(at));
    }
    c.fillStyle = this.colours.ink;
    for (const p of shown.at(-1)?.points ?? []) {
      const [x, y] = at([p[3], p[4]]);
      c.fillRect(x - 0.75, y - 0.75, 1.5, 1.5);
    }
  }
}

function line(c, points) {
  c.lineJoin = "round";
  c.beginPath();
  for (const p of points) c.lineTo(...p);
  c.stroke();
}
