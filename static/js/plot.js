// Drawing lines, maps and axes on a canvas, fast and by hand.
import { Surface, drawing } from "./surface.js";

const margin = { left: 52, right: 40, bottom: 20, top: 8 };
const gap = 10; // px between rows
const edgeMark = 14; // px between two marks of values beyond an axis
const stretch = 32; // points of a line that are drawn at once: short paths are the faster ones

// Without a graphics processor a line of one pixel takes a tenth of the time that any
// other width takes, so that lines are one pixel wide unless it means something.

// Plot is a surface with a window of samples and rows of values.
export class Plot extends Surface {
  // begin clears it and lays out rows, of these shares of the height, over a window
  // { from, to, zero }.
  begin(shares, { from, to, zero }) {
    const c = this.wipe();
    const whole = shares.reduce((a, b) => a + b);
    this.inner = { left: margin.left, top: margin.top, width: this.width - margin.left - margin.right, height: this.height - margin.top - margin.bottom };
    const free = this.inner.height - gap * (shares.length - 1);
    let top = margin.top;
    this.rows = shares.map((share) => {
      const row = { top, height: (free * share) / whole };
      top += row.height + gap;
      return row;
    });
    Object.assign(this, { from, to, zero, beyond: [] });
    return c;
  }

  x(sample) {
    return margin.left + (this.inner.width * (sample - this.from)) / (this.to - this.from);
  }

  // sampleAt is the sample at a place of the canvas, in CSS pixels from its left, or NaN.
  sampleAt(x) {
    if (!this.inner || x < margin.left || x > margin.left + this.inner.width) return NaN;
    return Math.floor(this.from + ((x - margin.left) / this.inner.width) * (this.to - this.from));
  }

  // rowAt is the number of the row at a height of the canvas.
  rowAt(y) {
    return this.rows?.findIndex(({ top, height }) => y >= top - gap / 2 && y <= top + height + gap / 2) ?? -1;
  }

  // row chooses the row that is drawn into, with values from low to high upwards.
  row(index, low, high, label, ticks = [low, high]) {
    const { top, height: rowHeight } = this.rows[index];
    Object.assign(this, { top, rowHeight, low, high, labels: [] });
    const c = this.context;
    c.fillStyle = this.colours.muted;
    c.strokeStyle = this.colours.rule;
    c.lineWidth = 1;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const [value, text] of ticks.map((t) => (Array.isArray(t) ? t : [t, String(t).replace("-", "−")]))) {
      const y = Math.round(this.y(value)) + 0.5;
      c.fillText(text, margin.left - 7, y);
      c.beginPath();
      c.moveTo(margin.left, y);
      c.lineTo(margin.left + this.inner.width, y);
      c.stroke();
    }
    c.save();
    c.translate(10, this.top + this.rowHeight / 2);
    c.rotate(-Math.PI / 2);
    c.textAlign = "center";
    c.fillText(label, 0, 0);
    c.restore();
  }

  y(value) {
    return this.top + this.rowHeight * (1 - (value - this.low) / (this.high - this.low));
  }

  // line draws a column of a ring; of more samples than pixels each pixel gets the lowest
  // and the highest. Values beyond the axis lie on its edge, with a mark. shift moves
  // later what is drawn, until ends it.
  line(ring, column, { colour, width = 1, alpha = 1, dash = [], map, label, shift = 0, until = Infinity }) {
    const c = this.context;
    const from = Math.max(this.from - shift, ring.first), to = Math.min(this.to - shift, ring.next, until);
    const scale = this.inner.width / (this.to - this.from);
    const step = Math.max(1, Math.floor(1 / scale));
    let pen = 0, last = NaN, marked = -Infinity; // pen is how many points its path has
    c.save();
    c.strokeStyle = colour;
    c.globalAlpha = alpha;
    c.lineWidth = width;
    c.lineJoin = "bevel";
    c.setLineDash(dash);
    c.beginPath();
    const longest = dash.length ? Infinity : stretch;
    const point = (t, value) => {
      const v = map ? map(value) : value;
      const x = margin.left + (t + shift - this.from) * scale;
      const held = Math.min(this.high, Math.max(this.low, v));
      if (held !== v && x - marked > edgeMark) {
        marked = x;
        this.beyond.push({ x, top: v > this.high, y: this.y(held), colour });
      }
      const y = this.y(held);
      if (pen) c.lineTo(x, y);
      else c.moveTo(x, y);
      if (++pen > longest) {
        c.stroke();
        c.beginPath();
        c.moveTo(x, y);
        pen = 1;
      }
      last = v;
    };
    for (let t = from; t < to; t += step) {
      let low = ring.at(t, column), high = low, lowFirst = true;
      for (let k = t + 1; k < Math.min(t + step, to); k++) {
        const v = ring.at(k, column);
        if (v < low) [low, lowFirst] = [v, false];
        if (v > high) [high, lowFirst] = [v, true];
      }
      if (Number.isNaN(low)) {
        pen = 0;
        continue;
      }
      point(t, lowFirst ? low : high);
      if (high !== low) point(t + step / 2, lowFirst ? high : low);
    }
    c.stroke();
    c.restore();
    if (label && !Number.isNaN(last)) this.labels.push({ text: label, y: this.y(Math.min(this.high, Math.max(this.low, last))), colour });
  }

  // names writes the labels of a row's lines at their right, apart from one another, and
  // marks where lines went beyond the axis.
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
      c.fillText(label.text, margin.left + this.inner.width + 6, above);
    });
    for (const { x, y, top, colour } of this.beyond) {
      c.fillStyle = colour;
      c.beginPath();
      const to = top ? 5 : -5;
      c.moveTo(x, y - to);
      c.lineTo(x - 4, y);
      c.lineTo(x + 4, y);
      c.fill();
    }
    this.labels = [];
    this.beyond = [];
  }

  // level draws a dotted horizontal line over samples from..to.
  level(value, from, to, colour) {
    if (value < this.low || value > this.high) return;
    const c = this.context;
    c.save();
    c.strokeStyle = colour;
    c.lineWidth = 1.5;
    c.setLineDash([2, 4]);
    c.beginPath();
    c.moveTo(this.x(Math.max(from, this.from)), this.y(value));
    c.lineTo(this.x(Math.min(to, this.to)), this.y(value));
    c.stroke();
    c.restore();
  }

  // ground draws where feedback was frozen, under everything.
  ground(frozen) {
    const { left, top, width, height } = this.inner;
    for (const { from, to, hold } of frozen) {
      const a = Math.max(left, this.x(from)), b = Math.min(left + width, this.x(Math.min(to, this.to)));
      if (b > a + 1) this.band(a, b, top, height, hold);
    }
  }

  // marks draws where something was done.
  marks(marks) {
    const c = this.context;
    const { top, height } = this.inner;
    c.save();
    c.strokeStyle = this.colours.muted;
    c.setLineDash([4, 3]);
    c.lineWidth = 1;
    c.beginPath();
    for (const { last } of marks) {
      if (last <= this.from || last >= this.to) continue;
      const x = Math.round(this.x(last)) + 0.5;
      c.moveTo(x, top);
      c.lineTo(x, top + height);
    }
    c.stroke();
    c.restore();
  }

  // time writes the axis below: samples after the change that the window stands round, or
  // before now.
  time() {
    const c = this.context;
    c.fillStyle = this.colours.muted;
    c.textBaseline = "top";
    const { left, top, width, height } = this.inner;
    const span = this.to - this.from;
    const origin = this.zero ?? this.to;
    const every = tick(span / (width < 320 ? 2.5 : 6));
    for (let at = Math.ceil((this.from - origin) / every) * every; at <= this.to - origin; at += every) {
      const x = this.x(origin + at);
      c.textAlign = x > left + width - 24 ? "right" : x < left + 24 ? "left" : "center";
      const text = at === 0 ? (this.zero === null ? "now" : "change") : `${at < 0 ? "−" : "+"}${Math.abs(at)}`;
      c.fillText(text, x, top + height + 5);
    }
  }

  // heat paints a ring's columns upwards as colours from low to high.
  heat(ring, colours, low, high) {
    const wide = Math.min(Math.floor(this.inner.width), this.to - this.from);
    if (!this.picture || this.picture.width !== wide || this.picture.height !== ring.columns) {
      this.picture = Object.assign(document.createElement("canvas"), { width: wide, height: ring.columns });
      this.image = drawing(this.picture).createImageData(wide, ring.columns);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const scale = 255 / (high - low);
    const { columns, data, grid, capacity } = ring;
    for (let i = 0; i < wide; i++) {
      const sample = this.from + Math.floor(((i + 0.5) * (this.to - this.from)) / wide);
      const there = sample >= ring.first && sample < ring.next;
      const row = (Math.floor(sample / grid) % capacity) * columns;
      for (let k = 0; k < columns; k++) {
        const v = there ? data[row + k] : NaN;
        this.pixels[(columns - 1 - k) * wide + i] = Number.isNaN(v) ? 0 : colours[Math.max(0, Math.min(255, Math.round((v - low) * scale)))];
      }
    }
    drawing(this.picture).putImageData(this.image, 0, 0);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(this.picture, this.inner.left, this.top, this.inner.width, this.rowHeight);
  }
}

// reach is the largest value, either way, of columns of a ring over the samples from..to,
// and at least so much.
export function reach(ring, columns, from, to, least) {
  let most = least;
  for (let t = Math.max(from, ring.first); t < Math.min(to, ring.next); t += Math.max(ring.grid, 3)) {
    for (const c of columns) most = Math.max(most, Math.abs(ring.at(t, c)) || 0);
  }
  return most;
}

// tick is the round number, 1, 2 or 5 times a power of ten, next to a distance.
export function tick(about) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, about)));
  return [1, 2, 5, 10].map((k) => k * power).find((v) => v >= about) ?? 10 * power;
}
