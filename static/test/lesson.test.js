// What a lesson says of a prediction, keeps and writes down.
import assert from "node:assert/strict";
import { test } from "node:test";
import { measured, right, verdict } from "../js/lesson/judge.js";
import { notes } from "../js/lesson/notes.js";
import { Store, kept, progress } from "../js/lesson/store.js";

const step = { below: [0.3, 0.7], usual: 1, number: "a", over: "" };
const words = ["low", "middle", "high"];

test("a value makes the choice right whose range holds it", () => {
  assert.deepEqual([0.1, 0.3, 0.69, 0.7, 5, Number.NaN].map((v) => right(step, v)), [0, 1, 1, 2, 2, -1]);
});

test("a ratio is of two numbers, and none where one is missing", () => {
  const made = { readings: [{ name: "a", value: 6, sd: 2, unit: "degrees", n: "20 contexts" }, { name: "b", value: 2 }, { name: "c", value: null }] };
  assert.deepEqual(measured(step, made), { value: 6, sd: 2, unit: "degrees", n: "20 contexts" });
  assert.deepEqual(measured({ ...step, over: "b" }, made), { value: 3, unit: "", n: "20 contexts", of: [6, 2] });
  assert.ok(Number.isNaN(measured({ ...step, over: "c" }, made).value));
  assert.ok(Number.isNaN(measured({ ...step, number: "d" }, made).value));
});

test("a wrong choice is explained, and the right one with it", () => {
  assert.deepEqual(verdict(step, 0.5, 1, words), { answer: 1, says: "So it is.", why: [1], unusual: false });
  assert.deepEqual(verdict(step, 0.5, 2, words), { answer: 1, says: "Not so; the answer is “middle”.", why: [2, 1], unusual: false });
});

test("what is not so in these contexts is not explained away", () => {
  assert.deepEqual(verdict(step, 0.9, 2, words), { answer: 2, says: "So it is.", why: [], unusual: true });
  assert.deepEqual(verdict(step, 0.9, 1, words), { answer: 2, says: "Not so; the answer is “high”.", why: [], unusual: true });
  assert.deepEqual(verdict(step, Number.NaN, 1, words), { answer: -1, says: "The figure gives no number here.", why: [], unusual: false });
});

class Memory {
  data = {};
  getItem(k) {
    return this.data[k] ?? null;
  }
  setItem(k, v) {
    this.data[k] = v;
  }
  removeItem(k) {
    delete this.data[k];
  }
}

test("what was predicted, computed and written is there again, for its own contexts", () => {
  const memory = new Memory();
  const lesson = { slug: "x", seed: 1, steps: [step, step] };
  const first = new Store(memory, lesson, assert.fail);
  assert.equal(progress(memory, "x"), "");
  first.choose("0", 2);
  first.choose("0", 1);
  first.write("0", "because");
  first.compute("0", { value: 0.5 });
  assert.equal(progress(memory, "x"), "begun");
  const again = new Store(memory, lesson, assert.fail);
  assert.deepEqual([again.state.first[0], again.state.chosen[0], again.state.written[0], again.result("0")], [2, 1, "because", { value: 0.5 }]);
  assert.equal(new Store(memory, { ...lesson, seed: 2 }, assert.fail).result("0"), undefined);
  again.compute("1", { value: 0.5 });
  assert.equal(progress(memory, "x"), "done");
  again.begin();
  assert.equal(progress(memory, "x"), "");
});

test("a browser that keeps nothing is told of, and the lesson goes on", () => {
  let lost = 0;
  const store = new Store(null, { slug: "x", seed: 1, steps: [step] }, () => lost++);
  store.choose("0", 1);
  store.compute("0", { value: 0.5 });
  assert.deepEqual([lost, store.result("0").value], [1, 0.5]);
  const full = Object.assign(new Memory(), { setItem() { throw new Error("full"); } });
  new Store(full, { slug: "x", seed: 1, steps: [step] }, () => lost++).choose("0", 1);
  assert.equal(lost, 2);
  assert.deepEqual(kept(Object.assign(new Memory(), { data: { "lesson:x": "{nonsense" } }), "x").chosen, {});
});

test("notes hold what was asked, predicted, measured and written", () => {
  const text = notes({ title: "Lesson", model: "m", seed: 3, address: "http://lab/" }, [
    { question: "How?", predicted: "low", measured: "0.5 (clarity)", answer: "middle" },
    { question: "And?", predicted: null, measured: null, answer: null },
    { question: "Why?", written: " since \n" },
    { question: "Else?", written: "" },
  ]);
  assert.equal(text, `Lesson
Unmix Lab, network m, contexts of seed 3. Numbers were measured there.
http://lab/

How?
I predicted: low
The network: 0.5 (clarity)
So the answer is: middle

And?
(not predicted)

Why?
since

Else?
(nothing written)
`);
});
