// Canvases with their screen's own pixels, which draw only what is on the screen and new.
import { palette } from "./palette.js";

const surfaces = new WeakMap(); // by canvas

// drawing is the context of a canvas whose pixels stay in memory. A browser that computes its
// graphics draws 2 pictures a second of canvases that lie elsewhere, and 30 of these.
export const drawing = (canvas) => canvas.getContext("2d", { willReadFrequently: true });

// Surface is a canvas with its screen's own pixels. changed() is called when it has to be
// drawn again, for its size or its colours.
export class Surface {
  constructor(canvas, changed = () => {}) {
    Object.assign(this, { canvas, changed, context: drawing(canvas), width: 0, height: 0, drawn: null });
    surfaces.set(canvas, this);
    this.paint();
    document.addEventListener("lab:theme", () => {
      this.paint();
      this.again();
    });
    new ResizeObserver(([entry]) => {
      this.fit(entry.contentRect);
      this.again();
    }).observe(canvas);
    this.seen = true; // until the observer says otherwise
    new IntersectionObserver((entries) => {
      this.seen = entries.at(-1).isIntersecting; // a busy page hears of several at once
      if (this.seen) changed();
    }).observe(canvas);
  }

  // again has it drawn once more.
  again() {
    this.drawn = null;
    this.changed();
  }

  paint() {
    this.colours = palette();
    const size = document.documentElement.classList.contains("present") ? 13 : 12; // px
    this.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    this.hatch = hatched(this.colours.frozen);
  }

  fit({ width, height }) {
    const ratio = devicePixelRatio || 1;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  // fresh tells whether a picture of what the key stands for has to be drawn: it is on the
  // screen, and another one than before.
  fresh(key) {
    if (!this.seen || !this.width || this.drawn === key) return false;
    this.drawn = key;
    return true;
  }

  // wipe clears it and gives its context in CSS pixels.
  wipe() {
    const { context: c, ratio, width, height } = this;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    c.font = this.font;
    c.globalAlpha = 1;
    return c;
  }

  // source is the colour of a source, or of what belongs to it.
  source(i) {
    const { sources } = this.colours;
    return sources[i % sources.length];
  }

  // band is the look of what is frozen: hatched, with an ice-blue edge.
  band(left, right, top, height, strength = 1) {
    const c = this.context;
    c.save();
    c.globalAlpha = 0.75 * strength;
    c.fillStyle = this.hatch;
    c.fillRect(left, top, right - left, height);
    c.globalAlpha = 1;
    c.fillStyle = this.colours.frozen;
    for (const x of [left, right - 2]) c.fillRect(x, top, 2, height);
    c.restore();
  }
}

// redrawn has some canvases draw into other contexts, which it gives by canvas: make(surface)
// makes one, draw() draws the moment that is shown.
export function redrawn(canvases, make, draw) {
  const list = canvases.map((canvas) => surfaces.get(canvas)).filter((surface) => surface?.width);
  const before = list.map(({ context, seen }) => ({ context, seen }));
  try {
    for (const surface of list) Object.assign(surface, { context: make(surface), seen: true });
    for (const surface of list) surface.again();
    draw();
    return new Map(list.map((surface) => [surface.canvas, surface.context]));
  } finally {
    for (const [i, surface] of list.entries()) Object.assign(surface, before[i]);
    for (const surface of list) surface.again();
  }
}

// hatched is a pattern of thin slanted lines.
function hatched(colour) {
  const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const c = drawing(tile);
  c.strokeStyle = colour;
  c.lineWidth = 1;
  c.beginPath();
  for (const x of [-8, 0, 8]) {
    c.moveTo(x, 8);
    c.lineTo(x + 8, 0);
  }
  c.stroke();
  return c.createPattern(tile, "repeat");
}
