// The buffers between what arrives and what is drawn.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Ring } from "../js/ring.js";
import { Series, valueAt } from "../js/series.js";
import { blocks } from "../js/socket.js";
import { allowed } from "../js/square.js";

test("a ring keeps the last samples; skipped and forgotten ones are NaN", () => {
  const ring = new Ring(2, 4);
  ring.push(0, 3, [0, 10, 1, 11, 2, 12]);
  ring.push(4, 2, [4, 14, 5, 15]);
  const column = (c) => Array.from({ length: 7 }, (_, t) => ring.at(t, c));
  assert.deepEqual(column(0), [NaN, NaN, 2, NaN, 4, 5, NaN]);
  assert.deepEqual(column(1), [NaN, NaN, 12, NaN, 14, 15, NaN]);
  ring.push(0, 1, [7, 17]);
  assert.deepEqual([ring.first, ring.next, ring.at(0, 1)], [0, 1, 17]);
});

test("a series stays small, and keeps the first and the last batch", () => {
  const series = new Series(10);
  for (let b = 1; b <= 57; b++) assert.ok(series.put(b, b * b, 0, 0));
  assert.ok(series.length <= 20 && series.length >= 10, `${series.length} points`);
  assert.deepEqual([series.batch[0], series.batch[series.length - 1]], [1, 57]);
  for (let i = 0; i < series.length; i++) assert.equal(series.values.loss[i], series.batch[i] ** 2);
  assert.equal(series.put(57, 0, 0, 0), false);
});

test("a curve has its last value before a batch, and none beyond its end", () => {
  const curve = [1, 10, 4, 40, 9, 90];
  assert.deepEqual([1, 3, 4, 8, 9].map((b) => valueAt(curve, b)), [10, 10, 40, 40, 90]);
  assert.ok(Number.isNaN(valueAt(curve, 10)));
  assert.ok(Number.isNaN(valueAt([], 1)));
});

test("a context that cannot be taken becomes the nearest one that can", () => {
  for (let a = -0.2; a <= 1.2; a += 0.05) {
    for (let b = -0.2; b <= 1.2; b += 0.05) {
      const [p, q] = allowed(a, b, 0.05);
      assert.ok(Math.min(p, q) >= 0 && Math.max(p, q) <= 1, `${a} ${b} gives ${p} ${q}`);
      assert.ok(Math.abs(p - q) >= 0.05 - 1e-12, `${a} ${b} gives ${p} ${q}`);
    }
  }
  assert.deepEqual(allowed(0.7, 0.2, 0.05), [0.7, 0.2]);
  assert.deepEqual(allowed(0.5, 0.51, 0.04).map((v) => v.toFixed(3)), ["0.485", "0.525"]);
});

// message is a binary message of blocks, each [what, first, rows, columns, values].
function message(...list) {
  const bytes = list.flatMap(([what, first, rows, columns, values]) => [new Uint32Array([what, first, rows, columns]), new Float32Array(values)]);
  return new Uint8Array(bytes.flatMap((part) => [...new Uint8Array(part.buffer)])).buffer;
}

test("a message is blocks of a header and float32, and refuses another length", () => {
  const buffer = message([3, 70000, 1, 2, [0.5, -2]], [5 | (1 << 8) | (20 << 16), 70000, 1, 1, [0.25]]);
  assert.deepEqual(blocks(buffer), [
    { kind: 3, side: 0, stride: 1, first: 70000, rows: 1, columns: 2, data: new Float32Array([0.5, -2]) },
    { kind: 5, side: 1, stride: 20, first: 70000, rows: 1, columns: 1, data: new Float32Array([0.25]) },
  ]);
  assert.throws(() => blocks(message([3, 0, 2, 2, [1, 2]])), /not as long/);
  assert.throws(() => blocks(new ArrayBuffer(8)), /within a header/);
});

test("a ring with a grid keeps a row of so many samples, and rows that come thinned", () => {
  const ring = new Ring(1, 8, 4);
  ring.push(0, 3, [1, 2, 3], 4);
  assert.deepEqual([0, 3, 4, 11, 12].map((t) => ring.at(t, 0)), [1, 1, 2, 3, NaN]);
  ring.push(12, 1, [9], 8);
  assert.deepEqual([12, 19].map((t) => ring.at(t, 0)), [9, 9]);
  assert.equal(ring.next, 20);
  ring.push(20, 1, [4], 2);
  assert.deepEqual([20, 21, 22].map((t) => ring.at(t, 0)), [4, 4, NaN]);
  ring.push(40, 1, [7], 4);
  assert.deepEqual([ring.at(24, 0), ring.at(43, 0), ring.first], [NaN, 7, 12]);
  ring.push(0, 1, [5], 4);
  assert.deepEqual([ring.first, ring.next, ring.at(0, 0)], [0, 4, 5]);
});

test("a ring knows from where on no sample is missing", () => {
  const ring = new Ring(1, 8);
  ring.push(0, 2, [1, 2]);
  assert.equal(ring.whole, 0);
  ring.push(4, 2, [3, 4]);
  assert.equal(ring.whole, 4);
  assert.deepEqual([...ring.rows(3, 6)], [NaN, 3, 4]);
});
