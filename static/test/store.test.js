// What is kept where the browser lets pages keep nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { keep, kept } from "../js/store.js";

test("without site data what is kept lasts as long as the page", () => {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new Error("SecurityError"); } });
  assert.equal(kept("lesson:mixtures:0"), null);
  keep("lesson:mixtures:0", 2);
  assert.equal(kept("lesson:mixtures:0"), "2");
});

test("a store that is full keeps the page going", () => {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError"); } } });
  keep("theme", "dark");
  assert.deepEqual([kept("theme"), kept("other")], ["dark", null]);
});
