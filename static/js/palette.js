// The colours of the style sheet, for whatever draws by itself.

const names = ["source1", "source2", "source3", "stimulus", "error", "feedback", "minus", "ice", "frost", "ink", "muted", "paper", "card", "rule"];

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

// diverging gives 256 colours as little-endian RGBA words: copper, card, purple-blue, the
// two signs of modulation.
export function diverging() {
  const p = palette();
  return ramp([p.minus, p.card, p.feedback]);
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
