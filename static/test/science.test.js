// What the page's scripts compute by themselves, against what Go makes of the same
// signals (fixtures.json, written by `go test ./static -update`).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { RunningError } from "../js/stage/running_error.js";
import { angle, plane, points } from "../js/plane.js";
import { Ring } from "../js/ring.js";
import { EffectiveWeights, correlation } from "../js/weights.js";

const fixtures = JSON.parse(readFileSync(new URL("fixtures.json", import.meta.url)));

function near(got, want, tolerance, what) {
  assert.ok(Math.abs(got - want) <= tolerance, `${what} is ${got}, Go has ${want}`);
}

// rings hold a stretch as the live page does.
function rings({ s, y, pc1 }) {
  const held = { s: new Ring(2), y: new Ring(2), pc1: new Ring(1) };
  held.s.push(0, pc1.length, s);
  held.y.push(0, pc1.length, y);
  held.pc1.push(0, pc1.length, pc1);
  return held;
}

const planes = fixtures.stretches.map((k) => plane(points(rings(k), { from: 0, to: k.pc1.length })));

test("a plane is the least-squares fit of figure 5", () => {
  for (const [k, fitted] of planes.entries()) {
    for (const [i, value] of fitted.entries()) near(value, fixtures.stretches[k].plane[i], 1e-6, `coefficient ${i} of plane ${k}`);
  }
});

test("no plane comes of too few samples, nor of outputs along a line", () => {
  const { pc1 } = fixtures.stretches[0];
  assert.equal(plane(points(rings(fixtures.stretches[0]), { from: 20, to: pc1.length })), null);
  assert.equal(plane(Array.from({ length: 200 }, (_, t) => [t, 2 * t, Math.sin(t)])), null);
});

test("the angle between planes is that of figure 5, small ones too", () => {
  near(angle(...planes), fixtures.angle, 1e-5, "the angle");
  near(angle(...fixtures.near), fixtures.near_angle, 1e-12, "the small angle");
  assert.ok(fixtures.near_angle > 1e-6);
  assert.ok(Number.isNaN(angle(planes[0], null)));
});

test("the correlation of outputs with sources is that of the clarity", () => {
  for (const k of fixtures.stretches) {
    const { s, y } = rings(k);
    for (const i of [0, 1]) {
      for (const j of [0, 1]) near(correlation(y, i, s, j, 0, k.pc1.length), k.r[2 * i + j], 1e-9, `r of output ${i} with source ${j}`);
    }
  }
});

test("samples that were skipped do not count in a correlation", () => {
  const [a, b] = [new Ring(1), new Ring(1)];
  for (const ring of [a, b]) ring.push(0, 3, [1, 2, 4]);
  for (const ring of [a, b]) ring.push(5, 2, [3, -1]);
  near(correlation(a, 0, b, 0, 0, 7), 1, 1e-12, "r of a signal with itself");
});

test("the weights are the least-squares fit to the last samples", () => {
  for (const { n, x, y, w } of fixtures.weights) {
    const fitted = new EffectiveWeights(n).push(x.length / n, x, y);
    const last = fitted.slice(-n * n);
    for (const [i, want] of w.entries()) near(last[i], want, 1e-6, `weight ${i} of ${n} signals`);
    assert.ok(Number.isNaN(fitted[0]), "there are weights after one sample");
  }
});

test("the error is the mean distance over the last 20 samples, however they come", () => {
  for (const { s, y, error } of fixtures.stretches) {
    const running = new RunningError();
    running.push(101, 2, s.slice(0, 202), y.slice(0, 202));
    const errors = running.push(s.length / 2 - 101, 2, s.slice(202), y.slice(202));
    near(errors.at(-1), error, 1e-6, "the error");
  }
});
