// The colours of the style sheet, for whatever draws by itself.

const names = [
  "source1", "source2", "source3", "stimulus", "error", "feedback",
  "frozen", "frost", "modulation-plus", "modulation-minus", "ink", "muted", "paper", "card", "rule",
];

export function dark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// palette reads the colours as they are now; read it again on "lab:theme".
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  colours.sources = [colours.source1, colours.source2, colours.source3, colours.feedback];
  return colours;
}

export function rgb(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function mix(from, to, share) {
  const a = rgb(from), b = rgb(to);
  return `rgb(${a.map((v, i) => Math.round(v + (b[i] - v) * share)).join(",")})`;
}

// hatching is the ground of a stretch in which feedback is held, as a pattern of 8 by 8
// pixels for a canvas of ECharts or of one's own.
export function hatching(colour = palette().frozen) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const c = canvas.getContext("2d");
  c.strokeStyle = colour;
  c.globalAlpha = 0.45;
  for (const x of [-8, 0, 8]) {
    c.moveTo(x, 8);
    c.lineTo(x + 8, 0);
  }
  c.stroke();
  return canvas;
}

// diverging gives 256 colours as little-endian RGBA words, from what is below zero to
// what is above: orange, card, purple-blue.
export function diverging() {
  const p = palette();
  return ramp([p["modulation-minus"], p.card, p["modulation-plus"]]);
}

// sequential gives 256 colours from the card's to purple-blue.
export function sequential() {
  const p = palette();
  return ramp([p.card, p.feedback]);
}

function ramp(stops) {
  const table = new Uint32Array(256);
  const parts = stops.map(rgb);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (parts.length - 1);
    const k = Math.min(Math.floor(at), parts.length - 2);
    const [r, g, b] = parts[k].map((v, c) => Math.round(v + (parts[k + 1][c] - v) * (at - k)));
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}
