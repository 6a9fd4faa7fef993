// What can be taken away of the window that is shown: its samples as a table, its sound,
// and a picture of the stage.
import { redrawn } from "../surface.js";
import { Vector } from "../vector.js";

const rate = 8000; // samples a second of the signals as sound

// save hands a file to the browser.
export function save(name, parts, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// csv are the samples from..to of the narrow signals of both sides, with the scene in the
// first line; times are in samples.
export function csv(sides, from, to, scene) {
  const title = (side, name, ring, c) => `${side ? "twin_" : ""}${name}${ring.columns > 1 ? c + 1 : ""}`;
  const columns = sides.flatMap((rings, side) => Object.entries(rings).filter(([, ring]) => ring.grid === 1 && ring.next > 0)
    .flatMap(([name, ring]) => Array.from({ length: ring.columns }, (_, c) => ({ ring, c, title: title(side, name, ring, c) }))));
  const lines = [`# ${scene}`, ["sample", ...columns.map((k) => k.title)].join(",")];
  for (let t = from; t < to; t++) lines.push([t, ...columns.map(({ ring, c }) => text(ring.at(t, c)))].join(","));
  return `${lines.join("\n")}\n`;
}

const text = (v) => (Number.isNaN(v) ? "" : String(Number(v.toPrecision(7))));

// wav is 16-bit sound at 8,000 samples a second of columns of a ring, one a channel.
export function wav(ring, columns, from, to) {
  const rows = to - from, channels = columns.length;
  const view = new DataView(new ArrayBuffer(44 + 2 * rows * channels));
  const ascii = (at, word) => new Uint8Array(view.buffer).set(new TextEncoder().encode(word), at);
  ascii(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2 * channels, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, 2 * rows * channels, true);
  for (let t = 0; t < rows; t++) {
    for (const [k, c] of columns.entries()) {
      const v = ring.at(from + t, c) || 0;
      view.setInt16(44 + 2 * (t * channels + k), Math.round(32767 * Math.max(-1, Math.min(1, 0.8 * v))), true);
    }
  }
  return view.buffer;
}

// pictured is a canvas of the stage as it stands: its canvases, their titles and the meters.
export function pictured(stage, ground) {
  const whole = stage.getBoundingClientRect();
  const ratio = devicePixelRatio || 1;
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(whole.width * ratio), height: Math.round(whole.height * ratio) });
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  lay(c, stage, ground, (part, box) => part.width && c.drawImage(part, box.x, box.y, box.width, box.height));
  return canvas;
}

// vectored is the same as SVG: draw() draws the moment that is shown. It throws where the
// picture would be too large.
export function vectored(stage, ground, draw, title) {
  const whole = stage.getBoundingClientRect();
  const pictures = redrawn([...stage.querySelectorAll("canvas")], ({ colours }) => new Vector(colours.frozen), draw);
  const all = new Vector();
  lay(all, stage, ground, (part, { x, y }) => pictures.has(part) && all.put(pictures.get(part), x, y));
  return all.text(whole.width, whole.height, title);
}

// lay draws a ground, the canvases by put(canvas, box), and the words between them where
// they stand.
function lay(c, stage, ground, put) {
  const whole = stage.getBoundingClientRect();
  c.fillStyle = ground;
  c.fillRect(0, 0, whole.width, whole.height);
  c.textBaseline = "middle";
  for (const part of stage.querySelectorAll("canvas, h2:not(.hush), .key > span, .meters th, .meters td")) {
    const box = extent(part), [x, y] = [box.left - whole.left, box.top - whole.top];
    if (!box.width) continue;
    if (part.tagName === "CANVAS") put(part, { x, y, width: box.width, height: box.height });
    else write(c, part, x, y + box.height / 2);
  }
}

// extent is where a canvas is, or an element's words.
function extent(part) {
  if (part.tagName === "CANVAS") return part.getBoundingClientRect();
  const range = document.createRange();
  range.selectNodeContents(part);
  return range.getBoundingClientRect();
}

// write writes an element's words, with a short line before a key of the legend.
function write(c, part, x, y) {
  const style = getComputedStyle(part);
  const key = part.parentElement.classList.contains("key") ? getComputedStyle(part.parentElement) : null;
  if (key) {
    c.fillStyle = key.color;
    c.fillRect(x - 20, y - 1, 14, 2);
  }
  c.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  c.fillStyle = style.color;
  c.fillText(part.textContent, x, y);
}
