// A lesson: a prediction for each step, then the figure that tells.
import { get } from "./api.js";
import { number } from "./format.js";
import { showPanels } from "./panels.js";
import { keep, kept } from "./store.js";

const lesson = JSON.parse(document.getElementById("lesson-data").textContent);
const figures = new Map(); // several steps may look at one figure

function figure(id) {
  if (!figures.has(id)) {
    const wanted = get(`/api/models/${lesson.model}/figures/${id}?seed=${lesson.seed}`);
    wanted.catch(() => figures.delete(id));
    figures.set(id, wanted);
  }
  return figures.get(id);
}

// right is the choice that a value makes right.
const right = (step, value) => step.below.filter((bound) => value >= bound).length;

function measured(step, made) {
  const reading = (name) => made.readings.find((r) => r.name === name);
  const { value, unit = "", n } = reading(step.number);
  if (!step.over) return { value, unit, n };
  const by = reading(step.over).value;
  return { value: value / by, unit: "", n: `${number(value)} ÷ ${number(by)}, ${n}` };
}

class Step {
  constructor(element, step, index) {
    Object.assign(this, { element, step, key: `lesson:${lesson.slug}:${index}` });
    this.form = element.querySelector("form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.compute();
    });
    const before = kept(this.key);
    if (before !== null) this.form.elements.choice.value = before;
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  async compute() {
    const chosen = Number(this.form.elements.choice.value);
    keep(this.key, chosen);
    const button = this.part("button");
    button.disabled = true;
    this.part(".working").hidden = false;
    this.part(".status.wrong").hidden = true;
    try {
      this.show(await figure(this.step.figure), chosen);
    } catch (error) {
      this.part(".status.wrong").textContent = error.message;
      this.part(".status.wrong").hidden = false;
    }
    this.part(".working").hidden = true;
    button.disabled = false;
  }

  show(made, chosen) {
    const { value, unit, n } = measured(this.step, made);
    const answer = right(this.step, value);
    const choices = [...this.element.querySelectorAll(".choice")];
    choices.forEach((choice, k) => {
      choice.classList.toggle("right", k === answer);
      choice.classList.toggle("missed", k === chosen && k !== answer);
    });
    const words = choices[answer].textContent.trim();
    this.part(".verdict-words").textContent = chosen === answer ? "So it is." : `Not so; the answer is “${words}”.`;
    this.part(".measured-value").textContent = `${number(value)}${unit ? ` ${unit}` : ""}`;
    this.part(".measured-n").textContent = n ? `; ${n}` : "";
    this.part(".after").hidden = answer !== this.step.usual;
    this.part(".verdict").hidden = false;
    showPanels(made, this.step.panels, this.part(".lesson-panels"), `${this.element.id}-`);
  }
}

for (const [i, element] of document.querySelectorAll("[data-step]").entries()) new Step(element, lesson.steps[i], i);
