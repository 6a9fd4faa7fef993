// A path of contexts: points of the square that the context goes through one after the
// other, in as many samples each.

export const paces = [1000, 4000, 16000]; // samples that a whole path can take
export const usualPace = 4000;
const most = 24; // points of a path that is drawn
const longest = 64; // points that the lab takes
const apart = 0.02; // between two points of a path that is drawn, at least
const gap = 0.05; // to the diagonal

const round = (v) => Math.round(v * 1000) / 1000;
const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);

// drawn is the path along the places of a drag, from its first to its last: points at equal
// distances, so that the context goes at one speed. keep(a, b) moves one off the diagonal.
// A drag that is too short to be one gives none.
export function drawn(places, keep) {
  const along = [0];
  for (let i = 1; i < places.length; i++) along.push(along[i - 1] + distance(places[i - 1], places[i]));
  const whole = along.at(-1) ?? 0;
  const legs = Math.min(most - 1, Math.floor(whole / apart));
  if (legs < 1) return [];
  const points = [];
  for (let k = 0, i = 1; k <= legs; k++) {
    const at = (whole * k) / legs;
    while (i < places.length - 1 && along[i] < at) i++;
    const share = Math.max(0, Math.min(1, (at - along[i - 1]) / (along[i] - along[i - 1] || 1)));
    const [p, q] = [places[i - 1], places[i]];
    points.push(keep(p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])).map(round));
  }
  return points;
}

// extended is a path with one more point, unless it ends there already or is full.
export function extended(path, point) {
  const [a, b] = point.map(round);
  if (path.length >= longest || (path.length && distance(path.at(-1), [a, b]) < 1e-9)) return path;
  return [...path, [a, b]];
}

// course is the way along a path in so many samples, as the simulation is told it.
export function course(path, pace) {
  return path.length ? { points: path, samples: Math.max(1, Math.round(pace / path.length)) } : null;
}

// courseOf is what a state message says is left of a way, or null.
export function courseOf(drift) {
  return drift ? { points: [drift.to, ...drift.after].map((p) => p.map(round)), samples: drift.each } : null;
}

// written is a path in an address, read what an address says, or null.
export const written = (points) => points.map((p) => p.map(round).join(":")).join(",");

export function read(text) {
  const points = text.split(",").map((part) => part.split(":").map((v) => (v.trim() === "" ? NaN : Number(v))));
  const good = (p) => p.length === 2 && p.every((v) => v >= 0 && v <= 1) && Math.abs(p[0] - p[1]) >= gap - 1e-9;
  return points.length <= longest && points.every(good) ? points : null;
}
