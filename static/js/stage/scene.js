// A scene: everything that somebody has set on the stage, as settings and as an address.
// Settings are what the simulation is told (settingsOf a state message, commands from one
// to another); a view is how the page shows it.

import { courseOf, paces, read as readPath, usualPace, written } from "./path.js";

const spans = [200, 20000]; // samples that a window can have

export const kinds = ["chords", "sines", "ica"]; // of sources

export const viewDefaults = {
  play: true, mode: "hold", span: 1500, panels: [], view: null, hear: "", froze: null, pace: usualPace, scene: "", present: false, hide: [], embed: false, follow: "",
};

// settingsOf is what a state message says of the settings of a network whose own { tau,
// sources, frequencies } are these. The context is a point where it is one of the square,
// else null; time constant and sources are null where they are the network's own. The
// course is what is left of a way through contexts, null where the context stays.
export function settingsOf(state, own) {
  const [a, rest, b, last] = state.context.a;
  const square = state.context.a.length === 4 && Math.abs(a + rest - 1) < 1e-6 && Math.abs(b + last - 1) < 1e-6;
  const twin = state.twin ? (state.twin.kind === "model" ? state.twin.model : state.twin.kind) : "";
  return {
    seed: state.seed,
    noise: state.noise,
    speed: state.speed,
    context: square ? [round(a), round(b)] : null,
    hold: state.hold,
    clamps: { ...state.clamps },
    units: [...state.silenced],
    course: courseOf(state.drift),
    tau: state.tau === own.tau ? null : state.tau,
    sources: state.sources === own.sources && same(state.frequencies, own.frequencies) ? null : state.sources,
    swap: state.swapped,
    twin,
  };
}

const round = (v) => Math.round(v * 1000) / 1000;
export const same = (p, q) => JSON.stringify(p) === JSON.stringify(q);

// What stands as follows once a simulation has begun anew. A context is drawn then.
const anew = { hold: 0, clamps: {}, units: [], tau: null, swap: false, course: null, context: null };

// commands take a simulation from some settings to others, in an order that works: a new
// seed and other sources begin anew, so that all else comes after them; a context ends a
// course, which therefore comes after it.
export function commands(from, to) {
  const list = [];
  const other = (name) => to[name] !== undefined && !same(from[name], to[name]);
  if (other("seed")) list.push({ type: "seed", seed: to.seed });
  if (other("sources")) list.push({ type: "sources", sources: to.sources });
  if (list.length) from = { ...from, ...anew, twin: from.twin === "frozen" ? "" : from.twin };
  if (other("noise")) list.push({ type: "noise", sd: to.noise });
  if (other("speed")) list.push({ type: "speed", samples_per_second: to.speed });
  if (other("swap")) list.push({ type: "swap", on: to.swap });
  if (other("tau")) list.push({ type: "tau", samples: to.tau });
  if (other("units")) list.push({ type: "silence_units", units: to.units });
  if (to.clamps !== undefined) list.push(...clamping(from.clamps, to.clamps));
  if (other("twin")) list.push(twinCommand(to.twin));
  const placed = to.context && (other("context") || (from.course && to.course === null));
  if (placed) list.push({ type: "context", a: to.context[0], b: to.context[1] });
  if (to.course && (placed || other("course"))) list.push({ type: "path", ...to.course });
  if (other("hold")) list.push(to.hold === 0 ? { type: "unfreeze" } : to.hold === 1 ? { type: "freeze" } : { type: "freeze", amount: to.hold });
  return list;
}

const settling = 1000; // samples in which feedback finds a context

// opening are the commands that bring a simulation from its beginning to a scene, up to
// playing. Where feedback is frozen, or was for the twin, it first finds the context in
// which that was done; a scene that stands still has something to show; and a course begins
// last of all.
export function opening(from, to, { froze, play }) {
  const held = to.hold > 0 || to.twin === "frozen";
  if (!held && play) return [...commands(from, to), { type: "play" }];
  const before = { ...to, context: (held && froze) || to.context, hold: 0, twin: held ? from.twin : to.twin, course: null };
  const list = [...commands(from, before), { type: "step", samples: settling }, ...commands({ ...from, ...before }, to)];
  return play ? [...list, { type: "play" }] : list;
}

function clamping(from, to) {
  const signals = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort((a, b) => a - b);
  return signals.filter((j) => from[j] !== to[j]).map((j) => ({ type: "clamp", signal: Number(j), value: to[j] ?? null }));
}

function twinCommand(twin) {
  if (!twin) return { type: "untwin" };
  return twin === "frozen" || twin === "ideal" ? { type: "twin", kind: twin } : { type: "twin", kind: "model", model: twin };
}

// ranges writes numbers from 0 on as people count them, "3-7,12"; numbers reads them.
export function ranges(list) {
  const out = [];
  for (const n of [...list].sort((a, b) => a - b)) {
    const last = out.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else out.push([n, n]);
  }
  return out.map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}-${to + 1}`)).join(",");
}

export function numbers(text) {
  const out = new Set();
  for (const part of text.split(",").filter(Boolean)) {
    const [, from, to = from] = part.trim().match(/^(\d{1,4})(?:-(\d{1,4}))?$/) ?? [];
    if (!from || Number(from) < 1 || Number(to) < Number(from)) return null;
    for (let n = Number(from); n <= Number(to); n++) out.add(n - 1);
  }
  return [...out].sort((a, b) => a - b);
}

// address is the query of a scene, without its question mark; what stands at its default
// is left out.
export function address(settings, view) {
  const s = settings, v = { ...viewDefaults, ...view };
  const silent = Object.keys(s.clamps).filter((j) => s.clamps[j] === 0).map((j) => Number(j) + 1);
  const clamped = Object.entries(s.clamps).filter(([, value]) => value !== 0).map(([j, value]) => `${Number(j) + 1}:${value}`);
  const parts = {
    seed: s.seed, noise: s.noise, speed: s.speed,
    a: s.context?.[0], b: s.context?.[1],
    path: written(s.path ?? []), pace: v.pace === usualPace ? "" : v.pace, drift: s.course && `${written(s.course.points)},${s.course.samples}`,
    kept: s.kept && written([s.kept.A, s.kept.B]), sources: s.sources,
    hold: s.hold && Math.round(100 * s.hold), silent: silent.join(","), clamp: clamped.join(","), units: ranges(s.units), tau: s.tau,
    swap: s.swap && 1, twin: s.twin, play: v.play ? "" : "0", mode: v.mode === "hold" ? "" : v.mode, span: v.span === viewDefaults.span ? "" : v.span,
    panels: v.panels.join(","), view: v.view?.map((x) => x.toFixed(2)).join(","), hear: v.hear, froze: v.froze?.map(round).join(","), scene: v.scene,
    hide: v.hide.join(","), present: v.present && 1, embed: v.embed && 1, follow: v.follow,
  };
  const kept = Object.entries(parts).filter(([name, value]) => value || (value === 0 && ["seed", "noise", "a", "b"].includes(name)));
  return kept.map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":")}`).join("&");
}

// parse reads a scene's address: the settings and the view that it names, and a sentence
// for each part that is wrong.
export function parse(query, feedback = 16) {
  const given = new URLSearchParams(query);
  const settings = {}, view = { ...viewDefaults }, wrong = [];
  const read = (name, words, get) => {
    if (!given.has(name)) return;
    const value = get(given.get(name));
    if (value === null) wrong.push(`${name} in the address ${words}.`);
    return value ?? undefined;
  };
  const number = (low, high, whole) => (text) => {
    const v = text.trim() === "" ? NaN : Number(text);
    return v >= low && v <= high && (!whole || Number.isInteger(v)) ? v : null;
  };
  settings.seed = read("seed", "must be a whole number from 0 on", number(0, 2 ** 53 - 1, true));
  settings.noise = read("noise", "must be from 0 to 10", number(0, 10));
  settings.speed = read("speed", "must be from 20 to 40000 samples a second", number(20, 40000));
  settings.context = point(read("a", "must be from 0 to 1", number(0, 1)), read("b", "must be from 0 to 1", number(0, 1)), wrong);
  const hold = read("hold", "must be from 0 to 100 percent", number(0, 100));
  settings.hold = hold === undefined ? undefined : hold / 100;
  const silent = read("silent", "must be numbers of feedback signals, such as 1,3", numbers);
  const clamp = read("clamp", "must be signals with their values, such as 2:0.5", clamps);
  if (silent || clamp) settings.clamps = Object.fromEntries([...(silent ?? []).map((j) => [j, 0]), ...(clamp ?? [])].filter(([j]) => j < feedback));
  settings.path = read("path", "must be up to 64 contexts off the diagonal, such as 0.9:0.1,0.7:0.2", readPath);
  settings.course = read("drift", "must be contexts off the diagonal and the samples to each, such as 0.9:0.1,0.7:0.2,500", courses);
  settings.kept = read("kept", "must be two contexts off the diagonal, such as 0.85:0.25,0.25:0.8", keeps);
  settings.sources = read("sources", `must be one of ${kinds.join(", ")}`, (t) => (kinds.includes(t) ? t : null));
  view.pace = read("pace", `must be one of ${paces.join(", ")} samples`, (t) => (paces.includes(Number(t)) ? Number(t) : null)) ?? usualPace;
  settings.units = read("units", "must be numbers of units, such as 3-7,12", numbers);
  settings.tau = read("tau", "must be from 1 to 10000 samples", number(1, 10000));
  if (given.has("swap")) settings.swap = given.get("swap") === "1";
  if (given.has("twin")) settings.twin = given.get("twin");
  view.play = given.get("play") !== "0";
  view.mode = read("mode", "must be follow or hold", (t) => (t === "follow" || t === "hold" ? t : null)) ?? viewDefaults.mode;
  view.span = read("span", `must be from ${spans[0]} to ${spans[1]} samples`, number(...spans)) ?? viewDefaults.span;
  view.froze = read("froze", "must be two shares that differ by at least 0.05, such as 0.85,0.25", place) ?? null;
  view.view = read("view", "must be two angles, such as 0.6,0.4", angles) ?? null;
  view.follow = read("follow", "must be the name of a shared stage", (t) => (/^[A-Z2-7]{26}$/.test(t) ? t : null)) ?? "";
  for (const name of ["panels", "hide"]) view[name] = (given.get(name) ?? "").split(",").filter(Boolean);
  for (const name of ["hear", "scene"]) view[name] = given.get(name) ?? "";
  for (const name of ["present", "embed"]) view[name] = given.has(name) && given.get(name) !== "0";
  for (const name of Object.keys(settings)) if (settings[name] === undefined) delete settings[name];
  return { settings, view, wrong };
}

function point(a, b, wrong) {
  if (a === undefined || b === undefined) return undefined;
  if (Math.abs(a - b) >= 0.05 - 1e-9) return [a, b];
  wrong.push("a and b in the address must differ by at least 0.05: a context near the diagonal cannot be undone.");
  return undefined;
}

function keeps(text) {
  const points = readPath(text);
  return points?.length === 2 ? { A: points[0], B: points[1] } : null;
}

// courses are the points of a course and, after the last comma, its samples to each.
function courses(text) {
  const [, places, samples] = text.match(/^(.*),(\d{1,6})$/) ?? [];
  const points = places && readPath(places);
  return points && samples >= 1 ? { points, samples: Number(samples) } : null;
}

function place(text) {
  const [a, b] = text.split(",").map(Number);
  return [a, b].every((v) => v >= 0 && v <= 1) && Math.abs(a - b) >= 0.05 - 1e-9 ? [a, b] : null;
}

function angles(text) {
  const both = text.split(",").map(Number);
  return both.length === 2 && both.every(Number.isFinite) ? both : null;
}

function clamps(text) {
  const list = text.split(",").filter(Boolean).map((part) => part.match(/^(\d{1,2}):(-?[\d.]+)$/));
  if (list.some((m) => !m || m[1] < 1 || !(Math.abs(m[2]) <= 100))) return null;
  return list.map((m) => [Number(m[1]) - 1, Number(m[2])]);
}
