// What a live session's messages leave behind.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Signals } from "../js/signals.js";

const widths = { s: 2, x: 2, y: 2, z: 3 };
const state = (sample, { a = [0.7, 0.3, 0.2, 0.8], frozen = false, clamps = {} } = {}) => ({ sample, context: { a, inverse: [] }, frozen, clamps });

// push sends rows of sources, stimuli and outputs, all alike.
function push(signals, first, rows) {
  for (const name of ["s", "x", "y"]) signals.push(name, { first, rows, data: new Float32Array(2 * rows).fill(name === "y" ? 0.5 : 1) });
}

test("the next sample is one of which all signals have come", () => {
  const signals = new Signals(2);
  assert.equal(signals.next, 0);
  signals.open(widths);
  push(signals, 0, 10);
  signals.push("s", { first: 10, rows: 5, data: new Float32Array(10) });
  assert.equal(signals.next, 10);
});

test("error and weights are computed once sources, stimuli and outputs of a frame are here", () => {
  const signals = new Signals(2);
  signals.open(widths);
  push(signals, 0, 4);
  push(signals, 4, 4);
  assert.deepEqual([signals.rings.error.next, signals.rings.w.next], [8, 8]);
  assert.ok(Math.abs(signals.rings.error.at(7, 0) - Math.SQRT1_2) < 1e-6);
});

test("a network's own weights are not fitted, and three sources have no plane", () => {
  const signals = new Signals(2);
  signals.open({ ...widths, w: 4 });
  push(signals, 0, 4);
  assert.deepEqual([signals.fitted, signals.rings.w.next, signals.deep], [false, 0, true]);
  const three = new Signals(3);
  three.open({ s: 3, x: 3, y: 3, z: 3 });
  assert.equal(three.deep, false);
});

test("changes of context, of freezing and of what is silenced are marked, each once", () => {
  const signals = new Signals(2);
  signals.open(widths);
  push(signals, 0, 500);
  signals.state(state(0));
  signals.state(state(100));
  signals.state(state(200, { a: [0.9, 0.1, 0.2, 0.8] }));
  signals.state(state(250, { a: [0.9, 0.1, 0.2, 0.8], frozen: true }));
  signals.state(state(300, { a: [0.9, 0.1, 0.2, 0.8], frozen: true, clamps: { 1: 0 } }));
  signals.state(state(400, { a: [0.9, 0.1, 0.2, 0.8], clamps: { 1: 0 } }));
  assert.deepEqual(signals.contexts.map((k) => [k.from, k.to]), [[0, 200], [200, Infinity]]);
  assert.deepEqual(signals.frozen, [{ from: 250, to: 400 }]);
  assert.deepEqual(signals.changes(), [0, 200, 250, 300, 400]);
  assert.deepEqual([249, 250, 399, 400].map((t) => signals.frozenAt(t)), [false, true, true, false]);
  signals.clear();
  assert.deepEqual([signals.changes(), signals.next], [[], 0]);
});
