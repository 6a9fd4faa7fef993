// A lesson: predictions and the figures that tell, a stage to try things on, boxes to
// write in, and all of it as notes.
import { get } from "./api.js";
import { notes, offer } from "./lesson/notes.js";
import { LessonStage } from "./lesson/stage.js";
import { Step } from "./lesson/step.js";
import { Store, storage } from "./lesson/store.js";

const data = document.getElementById("lesson-data"); // not there where the lesson's model is not
if (data) start(JSON.parse(data.textContent));

function start(lesson) {
  const store = new Store(storage(), lesson, () => {
    document.getElementById("not-kept").hidden = false;
  });
  if (new URLSearchParams(location.search).has("fresh")) beginAnew(store);
  const figure = figures(lesson.seed);
  const changed = () => tell(store.computed().length, lesson.steps.length);
  const parts = [...document.querySelectorAll("[data-step], [data-box]")].map((element) => {
    if (element.dataset.box !== undefined) return box(element, store);
    const step = lesson.steps[element.dataset.step];
    return new Step(element, step, { store, seed: lesson.seed, usualSeed: lesson.usualSeed, figure: () => figure(step), changed });
  });
  changed();
  const stage = document.getElementById("stage");
  if (stage) new LessonStage(stage, document.querySelectorAll("a.stage-link"));
  offer(document.getElementById("notes"), () => notes({ ...lesson, address: location.href }, parts.map((p) => p.entry())));
}

// beginAnew forgets what is known, and that it was to be forgotten.
function beginAnew(store) {
  store.begin();
  const query = new URLSearchParams(location.search);
  query.delete("fresh");
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

// figures gives a step's figure; several may look at one, which is asked for once.
function figures(seed) {
  const wanted = new Map();
  return ({ model, figure }) => {
    const address = `/api/models/${model}/figures/${figure}?seed=${seed}`;
    if (!wanted.has(address)) {
      wanted.set(address, get(address));
      wanted.get(address).catch(() => wanted.delete(address));
    }
    return wanted.get(address);
  };
}

// box is a question answered in one's own words.
function box(element, store) {
  const name = element.dataset.box;
  element.value = store.state.written[name] ?? "";
  element.addEventListener("input", () => store.write(name, element.value));
  return { entry: () => ({ question: element.labels[0].textContent.trim(), written: element.value }) };
}

function tell(done, all) {
  const words = done === 0 ? `${all} predictions to make.` : done < all ? `${done} of ${all} predictions made.` : `All ${all} predictions made: this lesson is done.`;
  document.getElementById("lesson-progress").textContent = words;
}
