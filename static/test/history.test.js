// What a live session's messages leave behind.
import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../js/stage/history.js";

const widths = { s: 2, x: 2, y: 2, z: 3, m: 20 };
const a = [0.7, 0.3, 0.2, 0.8], b = [0.9, 0.1, 0.2, 0.8];
const state = (sample, more = {}) => ({ sample, context: { a, inverse: [], ...more.context }, hold: 0, clamps: {}, silenced: [], tau: 1, swapped: false, twin: null, noise: 0, seed: 1, speed: 1000, ...more });

// blocks are rows of sources, stimuli and outputs, all alike, of a side.
function blocks(first, rows, { side = 0, y = 0.5, names = ["s", "x", "y"] } = {}) {
  return names.map((signal) => ({ signal, side, first, rows, data: new Float32Array(2 * rows).fill(signal === "y" ? y : 1) }));
}

function opened(n = 2, more = {}) {
  const history = new History(n);
  history.open({ ...widths, ...more });
  return history;
}

test("the next sample is one of which all signals have come", () => {
  const history = new History(2);
  assert.equal(history.next, 0);
  history.open(widths);
  history.push(blocks(0, 10));
  history.push([{ signal: "s", first: 10, rows: 5, data: new Float32Array(10) }]);
  assert.equal(history.next, 10);
});

test("error and weights are computed once sources, stimuli and outputs of a sample are here, in one message or in several", () => {
  const history = opened();
  history.push(blocks(0, 4));
  for (const block of blocks(4, 4)) history.push([block]);
  assert.deepEqual([history.rings.error.next, history.rings.w.next], [8, 8]);
  assert.ok(Math.abs(history.rings.error.at(7, 0) - Math.SQRT1_2) < 1e-6);
});

test("samples that were skipped leave the error that comes after them whole", () => {
  const history = opened();
  history.push(blocks(0, 4));
  history.push(blocks(10, 100));
  assert.ok(Number.isNaN(history.rings.error.at(6, 0)));
  assert.ok(Math.abs(history.rings.error.at(10, 0) - Math.SQRT1_2) < 1e-6);
  assert.ok(Number.isFinite(history.rings.w.at(109, 0)));
});

test("the twin's error is that of its outputs with the network's own sources", () => {
  const history = opened();
  history.push([...blocks(0, 40), ...blocks(0, 40, { side: 1, y: 1, names: ["y"] })]);
  history.state(state(40, { twin: { kind: "frozen" } }));
  assert.ok(history.rings.error.at(39, 0) > 0.7);
  assert.equal(history.twin.error.at(39, 0), 0);
  history.state(state(40));
  assert.deepEqual([history.twin, history.sides.length], [null, 1]);
});

test("earlier samples are a new beginning", () => {
  const history = opened();
  history.push(blocks(0, 40));
  history.state(state(0));
  history.state(state(20, { context: { a: b } }));
  history.push(blocks(0, 10));
  assert.deepEqual([history.next, history.marks.length], [10, 0]);
});

test("a minute is kept in so much memory and no more: narrow signals whole, wide ones thinned", () => {
  const history = opened();
  const bytes = () => Object.values(history.rings).reduce((sum, ring) => sum + ring.data.byteLength, 0);
  const before = bytes();
  for (let t = 0; t < 80000; t += 8000) history.push([...blocks(t, 8000), { signal: "m", first: t, rows: 8000, data: new Float32Array(8000 * 20).fill(t) }]);
  assert.equal(bytes(), before);
  assert.equal(history.first, 80000 - 65536);
  assert.deepEqual([history.rings.m.at(79999, 0), history.rings.m.at(16000, 19), history.rings.m.at(14000, 0)], [72000, 16000, NaN]);
  assert.equal(history.rings.m.data.length * 4, 65536 * 20);
});

test("a network's own weights are not fitted, and three sources have no plane", () => {
  const history = opened(2, { w: 4 });
  history.push(blocks(0, 4));
  assert.deepEqual([history.fitted, history.rings.w.next, history.deep], [false, 0, true]);
  const three = new History(3);
  three.open({ s: 3, x: 3, y: 3, z: 3 });
  assert.equal(three.deep, false);
});

test("what is done is marked, each thing once", () => {
  const history = opened();
  history.push(blocks(0, 2000));
  const frozen = { context: { a: b }, hold: 1 };
  const marks = [state(0), state(100), state(200, { context: { a: b } }), state(450, frozen), state(500, { ...frozen, clamps: { 1: 0 } }),
    state(700, { context: { a: b }, clamps: { 1: 0 } }), state(800, { context: { a: b }, clamps: { 1: 0 }, noise: 0.1 })].flatMap((m) => history.state(m).map((k) => [k.sample, k.kind, k.words]));
  assert.deepEqual(marks, [
    [200, "context", "Context 0.90, 0.20"], [450, "freeze", "Feedback frozen"], [500, "clamp", "Feedback signal 2 silent"],
    [700, "release", "Feedback released"], [800, "noise", "Noise 0.1 sd"],
  ]);
  assert.deepEqual(history.contexts.map((k) => [k.from, k.to]), [[0, 200], [200, Infinity]]);
  assert.deepEqual(history.frozen, [{ from: 450, to: 700, hold: 1 }]);
  assert.deepEqual(history.changes(), [200, 450, 500, 700, 800]);
  assert.deepEqual(history.changes(500), [200, 450]);
  assert.deepEqual([449, 450, 699, 700].map((t) => history.frozenAt(t)), [false, true, true, false]);
});

test("feedback that is frozen was so in the context before", () => {
  const history = opened();
  history.push(blocks(0, 2000));
  history.state(state(0));
  assert.equal(history.froze, null);
  history.state(state(1000, { context: { a: b }, hold: 1 }));
  assert.deepEqual(history.froze, [0.7, 0.2]);
  history.state(state(1500, { context: { a: b } }));
  assert.equal(history.froze, null);
  history.state(state(1600, { context: { a: b }, twin: { kind: "frozen" } }));
  assert.deepEqual(history.froze, [0.9, 0.2]);
});

test("a drag is one mark, whose change is its last place", () => {
  const history = opened();
  history.push(blocks(0, 2000));
  history.state(state(0));
  for (const [i, sample] of [400, 433, 466, 500].entries()) history.state(state(sample, { context: { a: [0.7 + 0.01 * (i + 1), 0.3, 0.2, 0.8] } }));
  history.state(state(620, { context: { a: b } }));
  assert.deepEqual(history.marks.map((m) => [m.sample, m.last]), [[400, 500], [620, 620]]);
});
