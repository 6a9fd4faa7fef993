// A drawing context that writes SVG of what is drawn into it: those parts of a canvas's
// two-dimensional context that the stage's pictures use, and no others.

const longest = 8e6; // characters of a picture
const plain = {
  fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineJoin: "miter", globalAlpha: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic",
};
const anchors = { left: "start", center: "middle", right: "end" };
const lower = { top: "0.8em", middle: "0.35em", alphabetic: "0" };

const n = (v) => String(Math.round(v * 10) / 10);
const escaped = (text) => String(text).replace(/[&<>"]/g, (k) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[k]);

export class Vector {
  // pattern is the colour of the slanted lines with which a fill that is no colour is drawn.
  constructor(pattern = "#888") {
    Object.assign(this, plain, { pattern, parts: [], size: 0, clips: 0, dash: [], saved: [], matrix: [1, 0, 0, 1, 0, 0], clipped: "", path: [] });
    this.name = `v${Vector.made++}`; // of its definitions, apart from those of other pictures
  }

  // A canvas is scaled to its screen's own pixels, of which SVG has none.
  setTransform() {
    this.matrix = [1, 0, 0, 1, 0, 0];
  }

  // A canvas is cleared as a whole, before each picture.
  clearRect() {
    Object.assign(this, { parts: [], size: 0 });
  }

  save() {
    const state = Object.fromEntries(Object.keys(plain).map((name) => [name, this[name]]));
    this.saved.push({ ...state, dash: this.dash, matrix: this.matrix, clipped: this.clipped });
  }

  restore() {
    Object.assign(this, this.saved.pop());
  }

  translate(x, y) {
    const [a, b, c, d, e, f] = this.matrix;
    this.matrix = [a, b, c, d, a * x + c * y + e, b * x + d * y + f];
  }

  rotate(angle) {
    const [a, b, c, d, e, f] = this.matrix;
    const cos = Math.cos(angle), sin = Math.sin(angle);
    this.matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f];
  }

  at(x, y) {
    const [a, b, c, d, e, f] = this.matrix;
    return `${n(a * x + c * y + e)} ${n(b * x + d * y + f)}`;
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  beginPath() {
    this.path = [];
  }

  moveTo(x, y) {
    this.path.push(`M${this.at(x, y)}`);
  }

  // lineTo leaves out points that are the same to a tenth of a pixel.
  lineTo(x, y) {
    const to = this.at(x, y);
    if (this.path.length === 0) this.path.push(`M${to}`);
    else if (this.path.at(-1).slice(1) !== to) this.path.push(`L${to}`);
  }

  rect(x, y, width, height) {
    this.moveTo(x, y);
    for (const [px, py] of [[x + width, y], [x + width, y + height], [x, y + height]]) this.lineTo(px, py);
    this.path.push("Z");
  }

  // arc is a whole circle, whatever its angles: the stage draws no other.
  arc(x, y, radius) {
    const r = n(radius);
    this.path.push(`M${this.at(x - radius, y)}`, `A${r} ${r} 0 1 1 ${this.at(x + radius, y)}`, `A${r} ${r} 0 1 1 ${this.at(x - radius, y)}`, "Z");
  }

  clip() {
    const id = `${this.name}c${this.clips++}`;
    this.add(`<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`);
    this.clipped = ` clip-path="url(#${id})"`;
  }

  get opacity() {
    return this.globalAlpha < 1 ? ` opacity="${Math.round(this.globalAlpha * 1000) / 1000}"` : "";
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    const join = this.lineJoin === "miter" ? "" : ` stroke-linejoin="${this.lineJoin}"`;
    this.draw(`fill="none" stroke="${escaped(this.strokeStyle)}" stroke-width="${n(this.lineWidth)}"${dash}${join}`);
  }

  fill() {
    this.draw(`fill="${this.paint}"`);
  }

  // paint is the colour of fills, or slanted lines for what is no colour.
  get paint() {
    if (typeof this.fillStyle === "string") return escaped(this.fillStyle);
    const id = `${this.name}p`;
    if (!this.parts.some((part) => part.head.includes(`id="${id}"`))) {
      this.add(`<pattern id="${id}" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M-8 8L0 0M0 8L8 0M8 8L16 0" stroke="${escaped(this.pattern)}"/></pattern>`);
    }
    return `url(#${id})`;
  }

  // draw adds the path; one that looks like the last is joined to it.
  draw(look) {
    if (this.path.length === 0) return;
    const head = `<path ${look}${this.opacity}${this.clipped} d="`, data = this.path.join("");
    const last = this.parts.at(-1);
    if (last?.head === head && look.startsWith('fill="none"')) {
      last.data += data;
      this.grow(data.length);
    } else this.add(head, data, '"/>');
  }

  fillRect(x, y, width, height) {
    const { path } = this;
    this.path = [];
    this.rect(x, y, width, height);
    this.fill();
    this.path = path;
  }

  strokeRect(x, y, width, height) {
    const { path } = this;
    this.path = [];
    this.rect(x, y, width, height);
    this.stroke();
    this.path = path;
  }

  fillText(text, x, y) {
    const [, weight = "", size, family] = this.font.match(/^(?:(\w+) )?([\d.]+)px (.+)$/) ?? [];
    const [a, b, c, d, e, f] = this.matrix;
    const turned = b || c ? ` transform="matrix(${[a, b, c, d, e, f].map((v) => Math.round(v * 1000) / 1000).join(" ")})"` : "";
    const place = turned ? `x="${n(x)}" y="${n(y)}"` : `x="${n(x + e)}" y="${n(y + f)}"`;
    const bold = weight && weight !== "400" && weight !== "normal" ? ` font-weight="${weight}"` : "";
    this.add(`<text ${place}${turned} dy="${lower[this.textBaseline] ?? 0}" text-anchor="${anchors[this.textAlign] ?? "start"}" fill="${this.paint}"` +
      ` font-size="${size ?? 12}" font-family="${escaped(family ?? "sans-serif")}"${bold}${this.opacity}${this.clipped}>${escaped(text)}</text>`);
  }

  // put places another picture with its upper left corner at a point.
  put(other, x, y) {
    this.add(`<g transform="translate(${n(x)} ${n(y)})">`, other.body, "</g>");
  }

  add(head, data = "", tail = "") {
    this.parts.push({ head, data, tail });
    this.grow(head.length + data.length + tail.length);
  }

  grow(by) {
    this.size += by;
    if (this.size > longest) throw new RangeError("The picture has too many lines to be written as SVG: take the PNG.");
  }

  get body() {
    return this.parts.map(({ head, data, tail }) => head + data + tail).join("\n");
  }

  // text is the whole file, of so many pixels; title says what it shows.
  text(width, height, title) {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">\n<title>${escaped(title)}</title>\n${this.body}\n</svg>\n`;
  }
}

Vector.made = 0;
