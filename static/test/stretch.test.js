// Only the rows of a long table that are seen are drawn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shown, spaces } from "../js/stretch.js";

test("of a thousand rows those in the window are drawn, wherever it stands", () => {
  for (const scrolled of [0, 1, 5000, 63_000, 80_000]) {
    const { from, length } = shown(300 - scrolled, 64, 900, 1000);
    assert.ok(length < 50, `${length} rows are drawn`);
    const first = Math.max(0, (scrolled - 300) / 64);
    const last = Math.min(1000, first + 900 / 64);
    assert.ok(from >= 0 && from <= Math.min(first, 1000 - length) + 1e-9 && from + length >= last, `scrolled to ${scrolled} rows ${from} to ${from + length} are drawn`);
    const { before, after } = spaces(from, Math.min(length, 1000 - from), 1000, 64);
    assert.equal(before + after + Math.min(length, 1000 - from) * 64, 64_000);
  }
});

test("a short table is drawn whole", () => {
  assert.equal(shown(300, 64, 900, 3).from, 0);
  assert.deepEqual(spaces(0, 3, 3, 64), { before: 0, after: 0 });
});
