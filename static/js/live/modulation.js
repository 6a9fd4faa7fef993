// What feedback does, as a map of units by time, and its signals to be silenced.
import { number } from "../format.js";
import { diverging, sequential } from "../palette.js";
import { Stage } from "../plot.js";
import { element } from "./parts.js";

const titles = { p: "Gain of every unit", m: "Modulation of every unit", l: "Feedback signals" };

export default {
  id: "heat",
  title: "Modulation",
  column: 1,
  canvases: [{ id: "heat", label: "Heat map of the modulation over time", height: [168, 280] }],
  start: (panel, desk) => new Modulation(panel, desk),
};

class Modulation {
  constructor({ canvases, heading, legend, foot }, desk) {
    Object.assign(this, { heading, legend, desk, stage: new Stage(canvases.heat) });
    this.paint();
    document.addEventListener("lab:theme", () => this.paint());
    this.buttons = element("span", { class: "silence", id: "silence" });
    foot.setAttribute("role", "group");
    foot.setAttribute("aria-labelledby", "silence-title");
    foot.append(element("span", { id: "silence-title" }, "Silence a feedback signal"), this.buttons);
    this.keys = [{ key: /^[1-9]$/, words: "1 to 9 silence a signal", act: (key) => this.silence(Number(key) - 1) }];
    this.clear();
  }

  paint() {
    this.maps = { diverging: diverging(), sequential: sequential() };
  }

  // open finds the signal that is mapped, and makes a button for each feedback signal; a
  // second click lets it go.
  open({ rings, feedback }) {
    this.mapped = rings.p ? "p" : rings.m ? "m" : "l";
    this.heading.textContent = titles[this.mapped];
    this.buttons.replaceChildren(...Array.from({ length: feedback }, (_, j) => {
      const button = element("button", { type: "button", "aria-label": `Silence signal ${j + 1}`, "aria-pressed": "false" }, String(j + 1));
      button.addEventListener("click", () => this.silence(j));
      return button;
    }));
  }

  clear() {
    this.most = 1;
  }

  state({ clamps }) {
    for (const [j, button] of [...this.buttons.children].entries()) button.setAttribute("aria-pressed", String(clamps[j] === 0));
  }

  silence(j) {
    if (j >= this.buttons.children.length) return;
    const value = this.desk.state?.clamps[j] === 0 ? null : 0;
    if (this.desk.send({ type: "clamp", signal: j, value }) === true) this.desk.say(value === 0 ? `Feedback signal ${j + 1} is silent.` : `Feedback signal ${j + 1} acts again.`);
  }

  draw({ rings, contexts, frozen }, from, to) {
    const { stage } = this;
    const ring = rings[this.mapped];
    stage.begin(1, from, to);
    const gains = this.mapped === "p";
    const most = ring ? this.range(ring, from, to) : 1;
    stage.row(0, 0, ring?.columns ?? 1, this.mapped === "l" ? "signal" : "unit", ring ? [[0, "1"], [ring.columns, String(ring.columns)]] : []);
    if (ring) stage.heat(ring, gains ? this.maps.sequential : this.maps.diverging, gains ? 0 : -most, gains ? 1 : most);
    stage.marks([...contexts, ...frozen], []);
    stage.time();
    this.legend.textContent = gains ? "white: gain 0 · purple: gain 1" : `teal: −${number(most)} · purple: ${number(most)}`;
  }

  // range is a scale that grows at once and shrinks slowly.
  range(ring, from, to) {
    let most = 0.1;
    for (let t = Math.max(from, ring.first); t < Math.min(to, ring.next); t += 7) {
      for (let c = 0; c < ring.columns; c++) most = Math.max(most, Math.abs(ring.at(t, c)) || 0);
    }
    this.most = Math.max(most, 0.98 * this.most);
    return this.most;
  }
}
