// Numbers are written as the pages that Go renders write them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { count, duration, number } from "../js/format.js";

const fixtures = JSON.parse(readFileSync(new URL("fixtures.json", import.meta.url)));

for (const [name, write, list] of [["numbers", number, fixtures.numbers], ["counts", count, fixtures.counts], ["durations", duration, fixtures.durations]]) {
  test(`${name} are written as in Go`, () => {
    for (const { value, text } of list) assert.equal(write(value), text);
  });
}

test("what is no number is a dash", () => {
  for (const value of [null, undefined, NaN, Infinity]) assert.equal(number(value), "–");
  assert.equal(duration(Infinity), "–");
});
