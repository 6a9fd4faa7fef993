// The stage's window, its scenes and their addresses, what is done and undone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { choices, heard, opposite } from "../js/sound.js";
import { Actions } from "../js/stage/actions.js";
import { csv, wav } from "../js/stage/export.js";
import { Ring } from "../js/ring.js";
import { address, commands, numbers, opening, parse, ranges, settingsOf } from "../js/stage/scene.js";
import { course, drawn, extended } from "../js/stage/path.js";
import { Player, scenes } from "../js/stage/scripts.js";
import { crc, npz, text } from "../js/stage/npz.js";
import { moved, nearest } from "../js/stage/pointer.js";
import { shareLink } from "../js/stage/share.js";
import { follow, shareable } from "../js/stage/shared_view.js";
import { late, outcome } from "../js/stage/speak.js";
import { frame } from "../js/stage/trigger.js";
import { Vector } from "../js/vector.js";
import { strongest } from "../js/stage/units.js";

const plain = { seed: 1, noise: 0.001, speed: 1000, context: [0.7, 0.2], hold: 0, clamps: {}, units: [], course: null, tau: null, sources: null, swap: false, twin: "" };

test("Follow's window ends now; Hold's stands round the last change, and follows before there is one", () => {
  assert.deepEqual(frame("follow", 1500, [400], 3000), { from: 1500, to: 3000, zero: null, ghost: null });
  assert.deepEqual(frame("hold", 1500, [0], 3000), { from: 1500, to: 3000, zero: null, ghost: null });
  for (const now of [1000, 1500, 9000]) assert.deepEqual(frame("hold", 1500, [1000], now), { from: 800, to: 2300, zero: 1000, ghost: null });
});

test("the change before is the ghost, if it was alone for a while", () => {
  assert.deepEqual(frame("hold", 1500, [1000, 3000], 3100).ghost, { zero: 1000, until: 3000 });
  assert.deepEqual(frame("hold", 1500, [1000, 3000, 3030], 3100).ghost, { zero: 1000, until: 3000 });
  assert.deepEqual(frame("hold", 1500, [1000, 3000], 2999).zero, 1000);
});

test("an address holds the whole scene", () => {
  const settings = { ...plain, seed: 7, noise: 0, speed: 250, context: [0.9, 0.1], hold: 0.4, clamps: { 0: 0, 2: -0.5 }, units: [2, 3, 4, 11], tau: 30, swap: true, twin: "spatial-sines", sources: "ica",
    path: [[0.9, 0.1], [0.6, 0.25]], course: { points: [[0.6, 0.25]], samples: 2000 }, kept: { A: [1, 0], B: [0.1, 0.5] } };
  const view = { play: false, mode: "follow", span: 4000, panels: ["units", "modulation"], view: [0.5, -0.25], hear: "y1", froze: [0.85, 0.25], pace: 16000, scene: "freeze", present: true, hide: ["timeline"], embed: true, follow: "A".repeat(26) };
  const query = address(settings, view);
  assert.deepEqual(parse(`?${query}`), { settings, view, wrong: [] });
  assert.ok(query.includes("path=0.9:0.1,0.6:0.25") && query.includes("drift=0.6:0.25,2000"), query);
  assert.ok(query.includes("silent=1") && query.includes("clamp=3:-0.5") && query.includes("units=3-5,12") && query.includes("hold=40"), query);
});

test("an address says nothing of what stands as it does by itself", () => {
  assert.equal(address(plain, { play: true }), "seed=1&noise=0.001&speed=1000&a=0.7&b=0.2");
});

test("what is wrong in an address gets a sentence, what is unknown none", () => {
  const { settings, wrong } = parse("?seed=-1&noise=loud&a=0.5&b=0.51&units=7-3&mode=still&mystery=1&hold=50&path=0.5:0.52&drift=0.9:0.1&kept=0.9:0.1&sources=wav&pace=3");
  assert.deepEqual(settings, { hold: 0.5 });
  assert.deepEqual(wrong.map((w) => w.split(" ")[0]), ["seed", "noise", "a", "path", "drift", "kept", "sources", "pace", "units", "mode"]);
});

test("a shared view is JSON that a viewer's history and view take up", () => {
  const marks = Array.from({ length: 20 }, (_, i) => ({ sample: i, last: i + 1, kind: "context", words: "w".repeat(100) }));
  const frozen = [{ from: 3, to: 9, hold: 1 }, { from: 12, to: Infinity, hold: 0.5 }];
  const sent = JSON.stringify(shareable({ marks, frozen }, { mode: "follow", span: 500, at: 17, words: "said ".repeat(100), query: "x".repeat(3000) }));
  assert.ok(sent.length < 8192 && sent.includes("xxx"), `it has ${sent.length} bytes`);
  const history = {}, view = { scrub: (sample) => (view.at = sample) };
  follow(JSON.parse(sent), history, view);
  assert.deepEqual(history.frozen, frozen);
  assert.deepEqual(history.marks.map((m) => m.last), [13, 14, 15, 16, 17, 18, 19, 20]);
  assert.deepEqual([view.mode, view.span, view.at], ["follow", 500, 17]);
});

test("keys point within the window, up to the last sample that has come", () => {
  const plot = { from: 100, to: 600, rows: 3 };
  assert.deepEqual(moved({ sample: 105, row: 0 }, [-10, 0], plot, 900), { sample: 100, row: 0 });
  assert.deepEqual(moved({ sample: 350, row: 1 }, [Infinity, 0], plot, 400), { sample: 399, row: 1 });
  assert.deepEqual(moved({ sample: 350, row: 2 }, [0, 1], plot, 900), { sample: 350, row: 2 });
  assert.deepEqual(moved({ sample: 9000, row: 2 }, [0, -1], plot, 900), { sample: 599, row: 1 });
});

test("what is near enough in a plane is pointed at", () => {
  const points = [{ x: 0, y: 0, sample: 1 }, { x: 10, y: 0, sample: 2 }];
  assert.equal(nearest(points, 7, 2).sample, 2);
  assert.equal(nearest(points, 10, 13), undefined);
});

test("units are written as ranges and read again", () => {
  for (const list of [[], [0], [0, 1, 2], [2, 4, 5, 99]]) assert.deepEqual(numbers(ranges(list)), list);
  assert.equal(numbers("0"), null);
});

test("settings are what a state says", () => {
  const state = { seed: 1, noise: 0.001, speed: 1000, context: { a: [0.7, 0.3, 0.2, 0.8] }, hold: 0, clamps: {}, silenced: [], tau: 1, sources: "chords", frequencies: [100], swapped: false, twin: null, drift: null };
  const own = { tau: 1, sources: "chords", frequencies: [100] };
  assert.deepEqual(settingsOf(state, own), plain);
  const now = settingsOf({ ...state, hold: 0.3, silenced: [4], tau: 20, swapped: true, twin: { kind: "model", model: "m" } }, own);
  assert.deepEqual(now, { ...plain, hold: 0.3, units: [4], tau: 20, swap: true, twin: "m" });
  assert.equal(settingsOf({ ...state, context: { a: [0.7, 0.7, 0.2, 0.8] } }, own).context, null);
  assert.equal(settingsOf({ ...state, sources: "sines" }, own).sources, "sines");
  assert.deepEqual(settingsOf({ ...state, drift: { to: [0.4, 0.9], left: 7, after: [[0.4, 0.10000000000000009]], each: 100 } }, own).course, { points: [[0.4, 0.9], [0.4, 0.1]], samples: 100 });
});

test("commands lead from settings to others, a new seed first", () => {
  assert.deepEqual(commands(plain, plain), []);
  const list = commands({ ...plain, clamps: { 1: 0 } }, { ...plain, context: [0.1, 0.9], seed: 3, hold: 0.25, clamps: { 0: 0.5 }, twin: "frozen" });
  assert.deepEqual(list, [
    { type: "seed", seed: 3 }, { type: "clamp", signal: 0, value: 0.5 }, // what was clamped before is free once it begins anew
    { type: "twin", kind: "frozen" }, { type: "context", a: 0.1, b: 0.9 }, { type: "freeze", amount: 0.25 },
  ]);
  assert.deepEqual(commands({ ...plain, hold: 1 }, plain), [{ type: "unfreeze" }]);
  assert.deepEqual(commands({ ...plain, hold: 1 }, { ...plain, hold: 1, sources: "sines" }), [
    { type: "sources", sources: "sines" }, { type: "context", a: 0.7, b: 0.2 }, { type: "freeze" },
  ]);
});

test("a frozen scene opens with feedback that had found its context", () => {
  const to = { ...plain, context: [0.2, 0.7], hold: 1 };
  assert.deepEqual(opening(plain, to, { froze: [0.9, 0.1], play: true }), [
    { type: "context", a: 0.9, b: 0.1 }, { type: "step", samples: 1000 }, { type: "context", a: 0.2, b: 0.7 }, { type: "freeze" }, { type: "play" },
  ]);
  assert.deepEqual(opening(plain, { ...plain, twin: "frozen" }, { froze: null, play: true }).map((c) => c.type), ["step", "twin", "play"]);
  assert.deepEqual(opening(plain, plain, { froze: null, play: true }), [{ type: "play" }]);
  assert.deepEqual(opening(plain, plain, { froze: null, play: false }), [{ type: "step", samples: 1000 }]);
});

function bench() {
  const sent = [];
  const actions = new Actions((command) => sent.push(command) > 0);
  actions.stands(plain);
  return { sent, actions };
}

test("what was done is undone and done again", () => {
  const { sent, actions } = bench();
  actions.act("Frozen", { hold: 1 });
  actions.act("Silent", { clamps: { 2: 0 } });
  assert.equal(actions.undo(), "Silent");
  assert.equal(actions.undo(), "Frozen");
  assert.equal(actions.undo(), null);
  assert.equal(actions.redo(), "Frozen");
  assert.deepEqual(sent.map((c) => c.type), ["freeze", "clamp", "clamp", "unfreeze", "freeze"]);
  actions.act("Another", { noise: 0.1 });
  assert.equal(actions.redo(), null);
});

test("a drag is undone at once, two drags one after the other", () => {
  const { sent, actions } = bench();
  for (const a of [0.8, 0.85, 0.9]) actions.act("Context", { context: [a, 0.2] }, "drag");
  actions.release();
  for (const a of [0.95, 1]) actions.act("Context", { context: [a, 0.2] }, "drag");
  actions.undo();
  assert.deepEqual(sent.at(-1), { type: "context", a: 0.9, b: 0.2 });
  actions.undo();
  assert.deepEqual(sent.at(-1), { type: "context", a: 0.7, b: 0.2 });
});

test("undoing sends what it goes back to, even where an older message says that it is so", () => {
  const { sent, actions } = bench();
  actions.act("Context", { context: [0.9, 0.1] });
  actions.stands(plain); // was on its way
  actions.undo();
  assert.deepEqual(sent.at(-1), { type: "context", a: 0.7, b: 0.2 });
});

const way = { points: [[0.9, 0.4], [0.2, 0.6]], samples: 2000 };

test("a way through contexts comes after the context in which it begins, and ends with another", () => {
  const on = { ...plain, context: [0.8, 0.3], course: way };
  assert.deepEqual(commands(plain, on), [{ type: "context", a: 0.8, b: 0.3 }, { type: "path", ...way }]);
  assert.deepEqual(commands(on, { ...on, course: null }), [{ type: "context", a: 0.8, b: 0.3 }]);
  assert.deepEqual(commands(on, on), []);
  assert.deepEqual(opening(plain, { ...on, hold: 1 }, { froze: null, play: true }).map((c) => c.type), ["context", "step", "path", "freeze", "play"]);
});

test("a drift is undone to where it began; a context chosen on the way, to the way that was left", () => {
  const { sent, actions } = bench();
  actions.course("Drift", way);
  const left = { points: [[0.2, 0.6]], samples: 2000 };
  actions.stands({ ...plain, context: [0.9, 0.4], course: left });
  actions.act("Context", { context: [0.5, 0.1] });
  assert.equal(actions.undo(), "Context");
  assert.deepEqual(sent.slice(-2), [{ type: "context", a: 0.9, b: 0.4 }, { type: "path", ...left }]);
  assert.equal(actions.undo(), "Drift");
  assert.deepEqual(sent.at(-1), { type: "context", a: 0.7, b: 0.2 });
  assert.equal(actions.redo(), "Drift");
  assert.deepEqual(sent.slice(-2), [{ type: "context", a: 0.9, b: 0.4 }, { type: "path", ...left }]);
});

test("other sources are undone with all that was done before them", () => {
  const { sent, actions } = bench();
  const before = { ...plain, hold: 1, clamps: { 2: 0 } };
  actions.stands(before);
  actions.command("Sources sines", { type: "sources", sources: "sines" }, Object.keys(before));
  actions.stands({ ...plain, sources: "sines", context: [0.1, 0.6] });
  actions.undo();
  assert.deepEqual(sent.slice(1).map((c) => c.type), ["seed", "sources", "noise", "speed", "clamp", "untwin", "context", "freeze"]);
  assert.deepEqual(sent[2], { type: "sources", sources: null });
});

test("a lesson that sets other sources is undone with all that was done before it", () => {
  const { sent, actions } = bench();
  actions.stands({ ...plain, hold: 0.5 });
  actions.act("Set by the lesson", { sources: "sines", hold: 1 });
  assert.deepEqual(sent.map((c) => c.type), ["sources", "context", "freeze"]);
  actions.stands({ ...plain, sources: "sines", hold: 1 });
  actions.undo();
  assert.deepEqual(sent.at(-1), { type: "freeze", amount: 0.5 });
});

test("a random context of three sources, which is no point, leaves nothing to undo", () => {
  const { sent, actions } = bench();
  actions.stands({ ...plain, context: null });
  assert.equal(actions.command("Another context", { type: "next" }, ["context"]), true);
  assert.deepEqual([sent, actions.undo()], [[{ type: "next" }], null]);
});

test("what only the page knows is undone without a word to the lab", () => {
  const { sent, actions } = bench();
  actions.stands({ ...plain, path: [] });
  actions.act("Path drawn", { path: way.points });
  assert.deepEqual(actions.settings.path, way.points);
  assert.equal(actions.undo(), "Path drawn");
  assert.deepEqual([actions.settings.path, sent], [[], []]);
});

test("a drag is a path of equal legs off the diagonal, a short one none", () => {
  const keep = (a, b) => (Math.abs(a - b) < 0.05 ? [a, a - 0.05] : [a, b]);
  const places = Array.from({ length: 50 }, (_, i) => [0.5 + (i * i) / 5000, 0.1]);
  const path = drawn(places, keep);
  assert.deepEqual([path[0], path.at(-1)], [[0.5, 0.1], [0.98, 0.1]]);
  const legs = path.slice(1).map(([a], i) => a - path[i][0]);
  assert.ok(path.length === 24 && Math.max(...legs) - Math.min(...legs) < 0.003, `${path.length} points with legs of ${legs}`);
  assert.ok(drawn([[0, 0.5], [1, 0.5]], keep).every(([a, b]) => Math.abs(a - b) >= 0.049));
  for (const short of [[], [[0.3, 0.9]], [[0.3, 0.9], [0.305, 0.9]]]) assert.deepEqual(drawn(short, keep), []);
  assert.deepEqual(course(path, 4000).samples, 167);
});

test("a context is added to a path once, as long as there is room", () => {
  const path = extended([], [0.7, 0.2]);
  assert.deepEqual(path, [[0.7, 0.2]]);
  assert.equal(extended(path, [0.7, 0.2]), path);
  const full = Array.from({ length: 64 }, (_, i) => [i / 64, i % 2 ? 0 : 1]);
  assert.equal(extended(full, [0.7, 0.2]), full);
});

test("a random context is undone by the point it came from", () => {
  const { sent, actions } = bench();
  actions.command("Another context", { type: "next" }, ["context"]);
  actions.stands({ ...plain, context: [0.1, 0.6] });
  actions.undo();
  actions.redo();
  assert.deepEqual(sent.slice(1), [{ type: "context", a: 0.7, b: 0.2 }, { type: "context", a: 0.1, b: 0.6 }]);
});

test("nothing is kept of what did not go out", () => {
  const actions = new Actions(() => false);
  actions.stands(plain);
  assert.equal(actions.act("Frozen", { hold: 1 }), false);
  assert.equal(actions.undo(), null);
});

test("every scene plays to its end by the samples that come", () => {
  for (const scene of scenes) {
    const said = [], done = [];
    let ended = null;
    const player = new Player({ begin: () => {}, act: (change) => done.push(change), say: (words) => said.push(words), ended: (_, taken) => (ended = taken) });
    player.play(scene);
    for (let t = 5000; t < 5000 + scene.steps.at(-1).at + 100; t += 33) player.reach(t);
    assert.equal(ended, false, scene.slug);
    assert.ok(said.length >= 4 && done.length >= 2, scene.slug);
    assert.ok(scene.steps.every((s, i) => i === 0 || s.at > scene.steps[i - 1].at), `${scene.slug} is in order`);
  }
});

test("a scene that is taken over does nothing more", () => {
  const done = [];
  let ended = null;
  const player = new Player({ begin: () => {}, act: (change) => done.push(change), say: () => {}, ended: (_, taken) => (ended = taken) });
  player.play(scenes[1]);
  player.reach(0);
  player.takeOver();
  player.reach(100000);
  assert.deepEqual([done, ended], [[], true]);
});

test("what came of a change is told in words", () => {
  assert.equal(outcome(0.05, 0.9, true), "The error has risen to 0.900 with feedback frozen: the outputs do not follow the sources.");
  assert.equal(outcome(0.9, 0.05, false, 0.8), "The error has fallen to 0.0500: the outputs follow the sources. The twin's error is 0.800.");
});

test("samples that were skipped do not count in what came of a change", () => {
  const error = new Ring(1, 1000);
  error.push(0, 100, new Float32Array(100).fill(0.5));
  error.push(150, 400, new Float32Array(400).fill(0.5));
  assert.equal(late(error, 550), 0.5);
  assert.ok(Number.isNaN(late(new Ring(1), 550)));
});

test("what is heard has its opposite, and two columns go to both ears", () => {
  assert.deepEqual([heard("y2"), heard("x"), heard("error"), heard("")], [{ signal: "y", columns: [1, 1] }, { signal: "x", columns: [0, 1] }, null, null]);
  assert.deepEqual([opposite("y2"), opposite("x"), opposite("s1")], ["x2", "y", "y1"]);
  assert.ok(choices(2).every(([id]) => id === "" || id === "error" || heard(id)));
});

test("units of the strongest readout are silenced first", () => {
  assert.deepEqual(strongest([0.1, 0.9, 0.5, 0.9], 0.5), [1, 3]);
  assert.deepEqual(strongest([0.1, 0.9], 0), []);
});

test("samples are taken away as a table and as sound", () => {
  const y = new Ring(2), m = new Ring(1, 8, 4);
  y.push(0, 3, [0.5, -1, 0.25, 2, NaN, 0]);
  m.push(0, 1, [1], 4);
  assert.equal(csv([{ y, m }, { y }], 1, 3, "http://lab/scene"), "# http://lab/scene\nsample,y1,y2,twin_y1,twin_y2\n1,0.25,2,0.25,2\n2,,0,,0\n");
  const view = new DataView(wav(y, [0, 1], 0, 3));
  assert.deepEqual([view.byteLength, view.getUint32(40, true), view.getUint16(22, true), view.getInt16(44, true), view.getInt16(50, true)], [56, 12, 2, 13107, 32767]);
});

test("a picture is taken away as SVG", () => {
  const v = new Vector("#0af");
  v.clearRect();
  v.strokeStyle = "teal";
  v.beginPath();
  for (const [x, y] of [[0, 1], [2, 3.04], [2.01, 3.02], [4, 5]]) v.lineTo(x, y);
  v.stroke();
  v.beginPath(); // a line that goes on is one path
  v.moveTo(4, 5);
  v.lineTo(6, 7);
  v.stroke();
  v.save();
  v.fillStyle = {}; // a pattern
  v.globalAlpha = 0.5;
  v.fillRect(1, 2, 3, 4);
  v.restore();
  v.save();
  v.translate(10, 20);
  v.rotate(-Math.PI / 2);
  v.textAlign = "center";
  v.font = "600 13px Some, \"Other\"";
  v.fillText("‖s−y‖ <1>", 0, 0);
  v.restore();
  v.beginPath();
  v.arc(5, 5, 2, 0, 7);
  v.clip();
  v.fillRect(0, 0, 9, 9);
  const whole = new Vector();
  whole.put(v, 100, 50);
  const text = whole.text(200, 100, "a & b");
  const [teal, hatch, rect, words, clip, last] = v.body.split("\n");
  assert.equal(teal, '<path fill="none" stroke="teal" stroke-width="1" d="M0 1L2 3L4 5M4 5L6 7"/>');
  assert.match(hatch, /^<pattern id="(v\d+p)".*stroke="#0af"/);
  assert.match(rect, /^<path fill="url\(#v\d+p\)" opacity="0.5" d="M1 2L4 2L4 6L1 6Z"\/>$/);
  assert.equal(words, '<text x="0" y="0" transform="matrix(0 -1 1 0 10 20)" dy="0" text-anchor="middle" fill="#000" font-size="13" font-family="Some, &quot;Other&quot;" font-weight="600">‖s−y‖ &lt;1&gt;</text>');
  assert.match(clip, /^<clipPath id="v\d+c0"><path d="M3 5A2 2 0 1 1 7 5A2 2 0 1 1 3 5Z"\/><\/clipPath>$/);
  assert.match(last, /^<path fill="#000" clip-path="url\(#v\d+c0\)" d="M0 0L9 0L9 9L0 9Z"\/>$/);
  assert.ok(text.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"') && text.includes("<title>a &amp; b</title>") && text.includes('translate(100 50)'));
  assert.throws(() => {
    for (let i = 0; i < 1e6; i++) v.fillText("x".repeat(100), 0, 0);
  }, RangeError);
});

test("samples are taken away as NumPy reads them", () => {
  assert.equal(crc(new TextEncoder().encode("123456789")), 0xcbf43926);
  const y = new Ring(2);
  y.push(0, 3, [0.5, -1, 0.25, 2, 3, 0]);
  const bytes = Buffer.concat(npz([{ y }, { y }], 1, 3, "http://lab/scene"));
  const end = bytes.length - 22;
  assert.deepEqual([bytes.readUInt32LE(end), bytes.readUInt16LE(end + 10)], [0x06054b50, 5]);
  const names = [];
  for (let at = bytes.readUInt32LE(end + 16); at < end; at += 46 + bytes.readUInt16LE(at + 28)) {
    const name = bytes.toString("latin1", at + 46, at + 46 + bytes.readUInt16LE(at + 28)), local = bytes.readUInt32LE(at + 42);
    assert.equal(bytes.readUInt32LE(local), 0x04034b50);
    assert.equal(bytes.toString("latin1", local + 30, local + 30 + name.length), name);
    names.push(name);
    if (name !== "y.npy") continue;
    const file = bytes.subarray(local + 30 + name.length, local + 30 + name.length + bytes.readUInt32LE(at + 24));
    const values = 10 + file.readUInt16LE(8);
    assert.match(file.toString("latin1", 10, values), /'<f4', 'fortran_order': False, 'shape': \(2, 2\)/);
    assert.equal(values % 64, 0);
    assert.deepEqual([0, 4, 8, 12].map((k) => file.readFloatLE(values + k)), [0.25, 2, 3, 0]);
  }
  assert.deepEqual(names, ["sample.npy", "scene.npy", "unit.npy", "y.npy", "twin_y.npy"]);
  assert.equal(text("aé").length % 64, 8);
});

test("a shared stage has the address that others reach, not the one by which only this machine does", () => {
  const link = (here, open) => shareLink(new URL(`${here}/stages/x`), open, "/stages/x");
  assert.equal(link("http://127.0.0.1:8080", "http://192.168.1.7:8080"), "http://192.168.1.7:8080/stages/x");
  assert.equal(link("http://localhost:8080", "https://lab.example.org/lab"), "https://lab.example.org/lab/stages/x");
  assert.equal(link("http://127.0.0.1:8080", "http://127.0.0.1:8080"), "http://127.0.0.1:8080/stages/x");
  assert.equal(link("http://lab.local:8080", "http://192.168.1.7:8080"), "http://lab.local:8080/stages/x");
});
