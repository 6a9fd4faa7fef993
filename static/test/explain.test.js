// Words of the glossary in sentences of results.
import assert from "node:assert/strict";
import { test } from "node:test";

import { finder, pieces } from "../js/explain.js";

const find = finder(["context", "unit", "subspace", "invariant subspace", "R²", "gain"].map((name) => ({ name })));
const marked = (text, told = new Set()) => pieces(text, find, told).map((p) => (typeof p === "string" ? p : `{${p[0]} ${p[1]}}`)).join("");

test("terms are explained where they stand first, as the server does it", () => {
  for (const [text, want] of [
    ["", ""], ["contexts of a context", "{contexts context} of a context"], ["the invariant subspace of it", "the {invariant subspace invariant subspace} of it"],
    ["gain, gain-modulated again", "{gain gain}, gain-modulated again"], ["R² of a unit", "{R² R²} of a {unit unit}"],
    ["unit context", "{unit unit} {context context}"], ["communities re-united", "communities re-united"],
  ]) assert.equal(marked(text), want);
});

test("what was told is not told again in the next sentence", () => {
  const told = new Set();
  assert.equal(marked("A unit in a context.", told), "A {unit unit} in a {context context}.");
  assert.equal(marked("Its gain in a context.", told), "Its {gain gain} in a context.");
});
