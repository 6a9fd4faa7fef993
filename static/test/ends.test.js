// That a run has ended is told once, and only of one that was seen under way.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => ({ textContent: "{}" }) };
const { Watch, sentence } = await import("../js/ends.js");

test("a run that ends is told once", () => {
  const told = [];
  const watch = new Watch((run) => told.push(`${run.id} ${run.state}`));
  const see = (id, state) => watch.see({ id, state }, ["queued", "running", "waiting"].includes(state));
  for (const state of ["finished", "running", "running", "finished", "finished"]) see("a", state);
  for (const state of ["queued", "running", "paused", "running", "failed"]) see("b", state);
  assert.deepEqual(told, ["a finished", "b failed"]);
});

test("it says which, how and how far", () => {
  const run = { name: "", title: "modulation", state: "finished", batch: 20, batches: 20, loss: 3.5 };
  assert.equal(sentence(run), "modulation: finished after 20 of 20 batches, loss 3.50");
  assert.equal(sentence({ ...run, name: "Mine", loss: null, state: "failed", batch: 3 }), "Mine: failed after 3 of 20 batches");
});
