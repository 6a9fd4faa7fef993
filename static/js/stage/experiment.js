// What else can be changed in the experiment: the time constant of feedback, the sources,
// which output each is asked of, and a slow drift of the context.
import { count } from "../format.js";
import { kinds } from "./scene.js";
import { button, element } from "./parts.js";

const taus = [1, 3, 10, 30, 100, 300, 1000]; // samples
const presets = [["well apart", 0.9, 0.1], ["swapped", 0.1, 0.9], ["the test one", 0.7, 0.2], ["alike", 0.55, 0.45], ["at an edge", 1, 0.4]];

export default {
  id: "experiment",
  title: "Experiment",
  start: (panel, desk) => new Experiment(panel, desk),
};

class Experiment {
  constructor({ body }, desk) {
    this.desk = desk;
    const { actions, can } = desk;
    if (desk.n === 2) body.append(this.contexts());
    if (can.tau) body.append(this.tau());
    const swap = () => actions.act(desk.settings.swap ? "Sources in order" : "Sources swapped", { swap: !desk.settings.swap });
    this.swap = button("Swap the sources", swap, { "aria-pressed": "false" });
    const own = desk.spec?.sources;
    this.sources = element("select", { id: "sources" }, new Option(`its own${own ? ` (${own})` : ""}`, ""), ...kinds.filter((kind) => kind !== own).map((kind) => new Option(kind, kind)));
    this.sources.addEventListener("change", () => desk.sources(this.sources.value || null));
    const others = desk.models.filter((m) => m.id !== desk.id).map((m) => new Option(m.title, m.id));
    const models = element("select", { id: "other-model" }, new Option("this one", ""), ...others);
    models.addEventListener("change", () => models.value && desk.goTo(models.value));
    body.append(
      element("div", { class: "act" }, element("label", { for: "sources" }, "Sources"), this.sources, this.swap),
      element("div", { class: "act" }, element("label", { for: "other-model" }, "The same scene with"), models),
    );
  }

  contexts() {
    const { actions } = this.desk;
    const list = presets.map(([words, a, b]) => button(words, () => actions.act(`Context ${words}`, { context: [a, b] })));
    const drift = button("Drift to the other side", () => {
      const [a, b] = this.desk.settings.context ?? [0.7, 0.2];
      this.desk.drift([b, a]);
    });
    return element("div", { class: "act", role: "group", "aria-label": "Contexts" }, "Contexts", ...list, drift);
  }

  tau() {
    this.slider = element("input", { type: "range", id: "tau", min: 0, max: taus.length - 1, step: 1 });
    this.value = element("output", { for: "tau" });
    this.slider.addEventListener("input", () => {
      const tau = taus[this.slider.value];
      this.desk.actions.act(`Time constant ${count(tau)} samples`, { tau }, "tau");
    });
    this.slider.addEventListener("change", () => this.desk.actions.release());
    return element("div", { class: "act" }, element("label", { for: "tau" }, "Time constant of feedback"), this.slider, this.value,
      button("its own", () => this.desk.actions.act("Time constant its own", { tau: null })));
  }

  state({ tau, swap, sources }) {
    this.swap.setAttribute("aria-pressed", String(swap));
    if (document.activeElement !== this.sources) this.sources.value = sources ?? "";
    if (!this.slider) return;
    const own = this.desk.spec?.tau ?? 1;
    const away = taus.map((v) => Math.abs(Math.log(v / (tau ?? own))));
    if (document.activeElement !== this.slider) this.slider.value = away.indexOf(Math.min(...away));
    this.value.textContent = tau === null || tau === own ? `${count(own)} samples, its own` : `${count(tau)} samples`;
  }
}
