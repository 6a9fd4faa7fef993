// The plane in which a population's activity lies, and the angle between two of them,
// as analysis.FitPlane and analysis.Angle have them for the figures.

const fitted = 300; // samples of a stretch, its last ones, that are drawn and fitted
export const enough = 150; // of them for a plane

// points are [y1, y2, pc1, s1, s2, sample] of a stretch's last samples that have come.
export function points({ y, s, pc1 }, { from, to }) {
  const out = [];
  for (let t = Math.max(from, to - fitted); t < to; t++) {
    const p = [y.at(t, 0), y.at(t, 1), pc1.at(t, 0), s.at(t, 0), s.at(t, 1), t];
    if (p.every(Number.isFinite)) out.push(p);
  }
  return out;
}

// plane is [k1, k2, k0] of pc1 = k1·y1 + k2·y2 + k0 by least squares, as in figure 5;
// null for too few points, or for outputs that go along a line.
export function plane(points) {
  const n = points.length;
  if (n < enough) return null;
  const mean = [0, 1, 2].map((i) => points.reduce((sum, p) => sum + p[i], 0) / n);
  const moment = (i, j) => points.reduce((sum, p) => sum + (p[i] - mean[i]) * (p[j] - mean[j]), 0) / n;
  const aa = moment(0, 0), bb = moment(1, 1), ab = moment(0, 1), ac = moment(0, 2), bc = moment(1, 2);
  const det = aa * bb - ab * ab;
  if (!(det > 1e-3 * aa * bb)) return null;
  const k1 = (ac * bb - bc * ab) / det, k2 = (bc * aa - ac * ab) / det;
  return [k1, k2, mean[2] - k1 * mean[0] - k2 * mean[1]];
}

// angle is that between two planes, from 0 to 90 degrees; NaN where one is missing. It
// comes from the normals' sine and cosine together, which small angles need.
export function angle(p, q) {
  if (!p || !q) return NaN;
  const [a, b] = [p, q].map(([k1, k2]) => [k1, k2, -1]);
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return (Math.atan2(Math.hypot(...cross), Math.abs(dot)) * 180) / Math.PI;
}
