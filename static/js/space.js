// The population in three dimensions, (y1, y2, PC1), with the plane it lies in, and the
// outputs beside it: what a readout sees of that plane.
import { plane } from "./plane.js";
import { Surface } from "./surface.js";

const reach = 1.5; // of both outputs' axes
const patch = 1; // of outputs, as far as a plane is drawn
const start = [0.6, 0.4]; // azimuth and elevation

export class Space {
  // moved() is called when somebody turns it, redraw() when it has to be drawn again.
  constructor(canvas, readout, { moved, redraw }) {
    Object.assign(this, { moved, azimuth: start[0], elevation: start[1], shown: [], onFlat: null });
    this.surface = new Surface(canvas, redraw);
    this.flat = new Surface(readout, redraw);
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
      if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.turn(...by);
    });
  }

  get colours() {
    return this.surface.colours;
  }

  turn(azimuth, elevation) {
    this.look(this.azimuth + azimuth, this.elevation + elevation);
    this.moved();
  }

  look(azimuth, elevation) {
    this.azimuth = azimuth;
    this.elevation = Math.max(0, Math.min(1.4, elevation));
  }

  // draw shows stretches { points, colour, words, dash }, the last one on top.
  draw(stretches) {
    const shown = stretches.map((k) => ({ ...k, plane: plane(k.points) }));
    this.shown = shown;
    this.height = Math.max(2, ...shown.flatMap((k) => k.points.map((p) => Math.abs(p[2]))));
    if (this.surface.width && this.surface.seen) {
      this.box();
      for (const k of shown) this.patch(k);
      for (const k of shown) this.path(k);
      this.names(shown);
    }
    if (this.flat.width && this.flat.seen) this.outputs(shown);
    return shown;
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
    const c = this.surface.wipe();
    const { width: w, height: h } = this.surface;
    const tall = Math.cos(this.elevation) + Math.SQRT2 * Math.sin(this.elevation); // of half a box, seen so
    this.size = Math.min(w / 3.3, h / (2.5 * tall));
    this.middle = [w / 2, h / 2];
    c.lineWidth = 1;
    c.strokeStyle = this.colours.rule;
    const r = reach, z = this.height;
    c.beginPath();
    for (const [a, b] of [[-r, -r], [-r, r], [r, r], [r, -r]]) {
      segment(c, this.at([a, b, -z]), this.at([a, b, z]));
      for (const level of [-z, z]) {
        segment(c, this.at([a, -r, level]), this.at([a, r, level]));
        segment(c, this.at([-r, b, level]), this.at([r, b, level]));
      }
    }
    c.stroke();
    c.fillStyle = this.colours.muted;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const [name, end] of [["y1", [r * 1.18, 0, -z]], ["y2", [0, r * 1.18, -z]], ["PC1", [-r, -r, z * 1.15]]]) c.fillText(name, ...this.at(end));
  }

  // patch is the part of a stretch's plane over outputs from -1 to 1.
  patch({ plane: fitted, colour, dash = [] }) {
    if (!fitted) return;
    const c = this.surface.context;
    const [k1, k2, k0] = fitted;
    c.fillStyle = c.strokeStyle = colour;
    c.lineWidth = 1;
    c.setLineDash(dash);
    path(c, [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([a, b]) => this.at([a * patch, b * patch, k1 * a + k2 * b + k0])));
    c.globalAlpha = 0.16;
    c.fill();
    c.globalAlpha = 0.8;
    c.stroke();
    c.globalAlpha = 1;
    c.setLineDash([]);
  }

  // path draws a stretch within the box, with marks where outputs leave it.
  path(stretch) {
    const c = this.surface.context;
    const at = (p) => this.inBox(p);
    c.strokeStyle = stretch.colour;
    c.lineWidth = 1.5;
    path(c, stretch.points.map(at));
    c.stroke();
    beyond(c, stretch, at);
  }

  inBox([y1, y2, pc1]) {
    return this.at([hold(y1), hold(y2), pc1]);
  }

  // pointed are the points { x, y, sample, values } of now, in the box or in the picture of
  // the outputs.
  pointed(flat) {
    const at = flat ? this.onFlat : this.middle && ((p) => this.inBox(p));
    return at ? (this.shown.at(-1)?.points ?? []).map((p) => ({ x: at(p)[0], y: at(p)[1], sample: p[5], values: p })) : [];
  }

  // names writes what each stretch is, in its colour.
  names(shown) {
    const c = this.surface.context;
    c.textAlign = "left";
    c.textBaseline = "top";
    shown.forEach(({ words, colour }, i) => {
      c.fillStyle = colour;
      c.fillText(words, 4, 4 + 15 * i);
    });
  }

  // outputs draws y2 against y1, and the sources where they should lie.
  outputs(shown) {
    const c = this.flat.wipe();
    const { width: w, height: h } = this.flat;
    const size = (Math.min(w, h) - 36) / 2 / reach;
    const at = ([a, b]) => [w / 2 + hold(a) * size, h / 2 - hold(b) * size];
    this.onFlat = at;
    c.strokeStyle = this.colours.rule;
    c.lineWidth = 1;
    c.beginPath();
    for (const v of [-1, 0, 1]) {
      segment(c, at([v, -reach]), at([v, reach]));
      segment(c, at([-reach, v]), at([reach, v]));
    }
    c.stroke();
    c.fillStyle = this.colours.muted;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText("y1", w / 2 + reach * size + 9, h / 2);
    c.fillText("y2", w / 2, h / 2 - reach * size - 9);
    c.fillStyle = this.colours.ink;
    c.globalAlpha = 0.55;
    for (const p of shown.at(-1)?.points ?? []) {
      const [x, y] = at([p[3], p[4]]);
      c.fillRect(x - 1, y - 1, 2, 2);
    }
    c.globalAlpha = 1;
    for (const { points, colour } of shown) {
      c.strokeStyle = colour;
      c.lineWidth = 1.25;
      path(c, points.map(at));
      c.stroke();
    }
    for (const stretch of shown) beyond(c, stretch, at);
  }
}

// beyond marks outputs of a stretch that leave the axes, at their edge.
function beyond(c, { points, colour }, at) {
  c.fillStyle = colour;
  for (const p of points.filter(([a, b], i) => i % 8 === 0 && Math.max(Math.abs(a), Math.abs(b)) > reach)) {
    const [x, y] = at(p);
    c.fillRect(x - 2, y - 2, 4, 4);
  }
}

const hold = (v) => Math.max(-reach, Math.min(reach, v));

function segment(c, from, to) {
  c.moveTo(...from);
  c.lineTo(...to);
}

function path(c, points) {
  c.lineJoin = "round";
  c.beginPath();
  for (const p of points) c.lineTo(...p);
}
