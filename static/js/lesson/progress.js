// How far one has come with the lessons, on the page that lists them.
import { progress, storage } from "./store.js";

const words = { done: "done ✓", begun: "begun" };

export function showProgress(line, links) {
  const kept = storage();
  let done = 0;
  for (const link of links) {
    const state = progress(kept, link.dataset.lesson);
    if (words[state]) link.append(Object.assign(document.createElement("b"), { className: "lesson-state", textContent: words[state] }));
    if (state === "done") done++;
  }
  if (line && done > 0) line.textContent = `${done} of ${links.length} done`;
}
