// The feedback signals over time, each of which can be held at a value or silenced.
import { count, number } from "../format.js";
import { Plot, reach, tick } from "../plot.js";
import { button, element, picture } from "./parts.js";
import { Pointer } from "./pointer.js";

const farthest = 5; // that a signal can be held at here
const dashes = [[], [6, 3], [2, 2], [8, 2, 2, 2]]; // one hue for all feedback: lines differ by their dashes

export default {
  id: "feedback",
  title: "Feedback signals",
  applies: ({ feedback }) => feedback > 0,
  start: (panel, desk) => new Feedback(panel, desk),
};

class Feedback {
  constructor({ legend, body }, desk) {
    const canvas = picture("signals", "Traces of the feedback signals", 150);
    Object.assign(this, { desk, columns: [...Array(desk.history.feedback).keys()] });
    this.plot = new Plot(canvas, () => desk.view.drawSoon());
    this.rows = Array.from({ length: desk.history.feedback }, (_, j) => this.row(j));
    legend.textContent = "silence or hold each";
    const silence = element("div", { class: "signals", id: "silence", role: "group", "aria-label": "Feedback signals" }, ...this.rows.map((r) => r.box));
    body.append(canvas, silence);
    this.pointer = new Pointer(this.plot, (sample) => this.words(sample), () => desk.view.moment().now);
    this.pointer.keyed((words) => desk.say(words));
  }

  row(j) {
    const silent = button(String(j + 1), () => this.desk.silence(j), { "aria-label": `Silence signal ${j + 1}`, "aria-pressed": "false" });
    const held = element("input", { type: "range", min: -farthest, max: farthest, step: 0.1, value: 0, "aria-label": `Hold signal ${j + 1} at` });
    const free = button("free", () => this.clamp(j, null), { class: "quiet", "aria-label": `Let signal ${j + 1} free`, disabled: "" });
    const value = element("output", {});
    held.addEventListener("input", () => this.clamp(j, Number(held.value), `hold ${j}`));
    held.addEventListener("change", () => this.desk.actions.release());
    return { box: element("div", { class: "signal" }, silent, held, value, free), silent, held, free, value };
  }

  clamp(j, value, gesture = null) {
    const clamps = { ...this.desk.settings.clamps };
    if (value === null) delete clamps[j];
    else clamps[j] = value;
    this.desk.actions.act(`Feedback signal ${j + 1} ${value === null ? "acts again" : `held at ${value}`}`, { clamps }, gesture);
  }

  state({ clamps }) {
    for (const [j, { silent, held, free, value }] of this.rows.entries()) {
      const at = clamps[j];
      silent.setAttribute("aria-pressed", String(at === 0));
      free.disabled = at === undefined;
      if (at !== undefined && document.activeElement !== held) held.value = at;
      value.textContent = at === undefined ? "" : number(at);
    }
  }

  words(sample) {
    const { l } = this.desk.history.rings;
    if (!l || !Number.isFinite(l.at(sample, 0))) return "";
    return `${[...l.rows(sample, sample + 1)].map((v, j) => `${j + 1}: ${number(v)}`).join(" · ")}, sample ${count(sample)}`;
  }

  draw({ key, rings: { l }, now, window, frozen, marks }) {
    const { plot } = this;
    if (!plot.fresh(key)) return;
    plot.begin([1], window);
    plot.ground(frozen.filter((k) => k.from < now));
    plot.marks(marks);
    const most = l ? 1.1 * reach(l, this.columns, window.from, Math.min(now, window.to), 1) : 1.1;
    const every = tick(most / 2);
    plot.row(0, -most, most, "feedback", most < 2 ? [-1, 0, 1] : [-every, 0, every]);
    for (let j = 0; l && j < l.columns; j++) {
      plot.line(l, j, { colour: plot.colours.feedback, dash: dashes[j % dashes.length], label: String(j + 1), until: now });
    }
    plot.names();
    plot.time();
  }
}
