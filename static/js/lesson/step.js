// One prediction of a lesson: choose, compute, and see whether it was right.
import { explainIn } from "../explain.js";
import { number } from "../format.js";
import { showPanels } from "../panels.js";
import { measured, verdict } from "./judge.js";

export class Step {
  // figure() gives the computed figure of the step; changed() is called when there is
  // something else to note down.
  constructor(element, step, { store, figure, changed, seed, usualSeed }) {
    Object.assign(this, { element, step, store, figure, changed, seed, usualSeed });
    this.index = element.dataset.step;
    this.form = this.part("form");
    this.words = [...element.querySelectorAll(".choice")].map((c) => c.textContent.trim());
    this.question = this.part("legend").textContent.trim();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.compute();
    });
    this.restore();
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  // restore shows what is known from before, the words at once and the figure as it comes.
  restore() {
    const chosen = this.store.state.chosen[this.index];
    if (chosen === undefined) return;
    this.form.elements.choice.value = chosen;
    const before = this.store.result(this.index);
    if (!before) return;
    this.show(before, chosen);
    this.work();
  }

  compute() {
    const chosen = Number(this.form.elements.choice.value);
    this.store.choose(this.index, chosen);
    this.work(chosen);
  }

  // work computes the figure and, where a choice was made, says what it means for it.
  async work(chosen) {
    const button = this.part("button");
    button.disabled = true;
    this.part(".working").hidden = false;
    this.part(".status.wrong").hidden = true;
    try {
      const made = await this.figure();
      if (chosen !== undefined) {
        const result = measured(this.step, made);
        this.store.compute(this.index, result);
        this.show(result, chosen);
      }
      showPanels(made, this.step.panels, this.part(".lesson-panels"), `${this.element.id}-`);
      explainIn(this.element, ".lesson-panels h3, .lesson-panels .see");
    } catch (error) {
      this.part(".status.wrong").textContent = error.message;
      this.part(".status.wrong").hidden = false;
    }
    this.part(".working").hidden = true;
    button.disabled = false;
    this.changed();
  }

  show(result, chosen) {
    const { answer, says, why, unusual } = verdict(this.step, result.value ?? Number.NaN, chosen, this.words);
    for (const [k, choice] of [...this.element.querySelectorAll(".choice")].entries()) {
      choice.classList.toggle("right", k === answer);
      choice.classList.toggle("missed", k === chosen && k !== answer);
    }
    for (const words of this.element.querySelectorAll(".why")) words.hidden = !why.includes(Number(words.dataset.choice));
    this.part(".verdict-words").textContent = says;
    this.part(".unusual").hidden = !unusual;
    this.part(".unusual").textContent = `In the lesson’s own contexts (seed ${this.usualSeed}) the answer is “${this.words[this.step.usual]}”. In those of seed ${this.seed} this network does otherwise: contexts are drawn at random, and numbers from a few of them scatter.`;
    this.part(".measured-value").textContent = value(result);
    const { of, n } = result;
    this.part(".measured-n").textContent = [of && `${number(of[0])} ÷ ${number(of[1])}`, n].filter(Boolean).map((words) => `; ${words}`).join("");
    this.part(".whole a").search = `?seed=${this.seed}`;
    this.part(".verdict").hidden = false;
  }

  // entry is the step in the notes.
  entry() {
    const words = (k) => (k === undefined ? null : this.words[k]);
    const result = this.store.result(this.index);
    const { answer } = verdict(this.step, result?.value ?? Number.NaN, 0, this.words);
    return { question: this.question, predicted: words(this.store.state.first[this.index]), measured: result ? `${value(result)} (${this.reads()})` : null, answer: this.words[answer] ?? null };
  }

  reads() {
    return this.part(".measured .n").firstChild.textContent.split(",")[0];
  }
}

const value = ({ value: v, sd, unit }) => `${number(v)}${sd ? ` ± ${number(sd)}` : ""}${unit ? ` ${unit}` : ""}`;
