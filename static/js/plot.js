// Drawing lines, maps and axes on a canvas, fast and by hand.
import { palette } from "./palette.js";

const margin = { left: 56, right: 44, bottom: 24, top: 8 };

// wipe clears a canvas, with as many pixels as its screen has, and gives its context
// in CSS pixels.
export function wipe(canvas) {
  const { clientWidth, clientHeight } = canvas;
  const ratio = Math.max(2, devicePixelRatio || 1);
  if (canvas.width !== clientWidth * ratio || canvas.height !== clientHeight * ratio) {
    canvas.width = clientWidth * ratio;
    canvas.height = clientHeight * ratio;
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, clientWidth, clientHeight);
  c.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return c;
}

// Stage is a canvas with as many pixels as its screen, and a window of samples.
export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.colours = palette();
    document.addEventListener("lab:theme", () => (this.colours = palette()));
  }

  // source is the colour of a source, or of what belongs to it.
  source(i) {
    const { sources } = this.colours;
    return sources[i % sources.length];
  }

  // begin clears the canvas and lays out rows of equal height over samples from..to.
  begin(rows, from, to) {
    const { clientWidth, clientHeight } = this.canvas;
    wipe(this.canvas);
    this.width = clientWidth - margin.left - margin.right;
    this.height = clientHeight - margin.top - margin.bottom;
    this.rowHeight = (this.height - 12 * (rows - 1)) / rows;
    this.from = from;
    this.to = to;
  }

  x(sample) {
    return margin.left + (this.width * (sample - this.from)) / (this.to - this.from);
  }

  // row chooses the row that is drawn into, with values from low to high upwards.
  row(index, low, high, label, ticks = [low, high]) {
    this.labels = [];
    this.top = margin.top + index * (this.rowHeight + 12);
    this.low = low;
    this.high = high;
    const c = this.context;
    c.fillStyle = this.colours.muted;
    c.strokeStyle = this.colours.rule;
    c.lineWidth = 1;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const [value, text] of ticks.map((t) => (Array.isArray(t) ? t : [t, String(t).replace("-", "−")]))) {
      const y = this.y(value);
      c.fillText(text, margin.left - 8, y);
      c.beginPath();
      c.moveTo(margin.left, y);
      c.lineTo(margin.left + this.width, y);
      c.stroke();
    }
    c.save();
    c.translate(12, this.top + this.rowHeight / 2);
    c.rotate(-Math.PI / 2);
    c.textAlign = "center";
    c.fillText(label, 0, 0);
    c.restore();
  }

  y(value) {
    return this.top + this.rowHeight * (1 - (value - this.low) / (this.high - this.low));
  }

  clip(draw) {
    const c = this.context;
    c.save();
    c.beginPath();
    c.rect(margin.left, this.top - 2, this.width, this.rowHeight + 4);
    c.clip();
    draw(c);
    c.restore();
  }

  // line draws a column of a ring; more samples than pixels are drawn as their range.
  line(ring, column, { colour, width = 1.5, alpha = 1, map = (v) => v, label }) {
    const c = this.context;
    const step = Math.max(1, (this.to - this.from) / (this.width * 2));
    let last = NaN;
    this.clip(() => {
      c.strokeStyle = colour;
      c.globalAlpha = alpha;
      c.lineWidth = width;
      c.lineJoin = "round";
      c.beginPath();
      let pen = false;
      for (let at = Math.max(this.from, ring.first); at < Math.min(this.to, ring.next); at += step) {
        const v = map(ring.at(Math.floor(at), column));
        if (Number.isNaN(v)) {
          pen = false;
          continue;
        }
        const x = this.x(at), y = this.y(v);
        if (pen) c.lineTo(x, y);
        else c.moveTo(x, y);
        pen = true;
        last = v;
      }
      c.stroke();
    });
    if (label && !Number.isNaN(last)) this.labels.push({ text: label, y: this.y(last), colour });
  }

  // names writes the labels of a row's lines at their ends, apart from one another.
  names() {
    const c = this.context;
    c.textAlign = "left";
    c.textBaseline = "middle";
    const labels = this.labels.sort((a, b) => a.y - b.y);
    let above = this.top - 8;
    labels.forEach((label, i) => {
      const below = this.top + this.rowHeight - 2 - 13 * (labels.length - 1 - i);
      above = Math.max(above + 13, Math.min(label.y, below));
      c.fillStyle = label.colour;
      c.fillText(label.text, margin.left + this.width + 8, above);
    });
    this.labels = [];
  }

  // level draws a dotted horizontal line over samples from..to.
  level(value, from, to, colour) {
    this.clip((c) => {
      c.strokeStyle = colour;
      c.lineWidth = 1.5;
      c.setLineDash([2, 4]);
      c.beginPath();
      c.moveTo(this.x(Math.max(from, this.from)), this.y(value));
      c.lineTo(this.x(Math.min(to, this.to)), this.y(value));
      c.stroke();
    });
  }

  // marks draws where the context changed and where feedback was frozen.
  marks(changes, frozen) {
    const c = this.context;
    c.save();
    c.fillStyle = this.colours.source1;
    c.globalAlpha = 0.12;
    for (const { from, to } of frozen) {
      const left = Math.max(margin.left, this.x(from)), right = Math.min(margin.left + this.width, this.x(Math.min(to, this.to)));
      if (right > left) c.fillRect(left, margin.top, right - left, this.height);
    }
    c.globalAlpha = 1;
    c.strokeStyle = this.colours.muted;
    c.setLineDash([4, 3]);
    c.lineWidth = 1;
    for (const { from } of changes) {
      if (from <= this.from || from >= this.to) continue;
      c.beginPath();
      c.moveTo(this.x(from), margin.top);
      c.lineTo(this.x(from), margin.top + this.height);
      c.stroke();
    }
    c.restore();
  }

  // time writes the axis below: samples before now.
  time() {
    const c = this.context;
    c.fillStyle = this.colours.muted;
    c.textBaseline = "top";
    const y = margin.top + this.height + 8;
    const span = this.to - this.from;
    for (const part of this.width < 360 ? [0, 1] : [0, 0.25, 0.5, 0.75, 1]) {
      c.textAlign = part === 1 ? "right" : part === 0 ? "left" : "center";
      const text = part === 1 ? "now" : `−${String(span * (1 - part))}${part === 0 ? " samples" : ""}`;
      c.fillText(text, margin.left + this.width * part, y);
    }
  }

  // heat paints a ring's columns upwards as colours from low to high.
  heat(ring, colours, low, high) {
    const wide = Math.min(Math.floor(this.width), this.to - this.from);
    if (!this.picture || this.picture.width !== wide || this.picture.height !== ring.columns) {
      this.picture = Object.assign(document.createElement("canvas"), { width: wide, height: ring.columns });
      this.image = this.picture.getContext("2d").createImageData(wide, ring.columns);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const scale = 255 / (high - low);
    for (let i = 0; i < wide; i++) {
      const sample = this.from + Math.floor(((i + 0.5) * (this.to - this.from)) / wide);
      for (let k = 0; k < ring.columns; k++) {
        const v = ring.at(sample, k);
        const to = (ring.columns - 1 - k) * wide + i;
        this.pixels[to] = Number.isNaN(v) ? 0 : colours[Math.max(0, Math.min(255, Math.round((v - low) * scale)))];
      }
    }
    this.picture.getContext("2d").putImageData(this.image, 0, 0);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(this.picture, margin.left, margin.top, this.width, this.height);
  }
}
