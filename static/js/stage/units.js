// Single units: what feedback does to the chosen ones over time, and units that are
// silenced by hand or by their weight in the readout.
import { count, number } from "../format.js";
import { Plot, reach } from "../plot.js";
import { mapped } from "./modulation.js";
import { button, element, picture } from "./parts.js";
import { Pointer } from "./pointer.js";
import { numbers, ranges } from "./scene.js";

const dashes = [[], [6, 3], [2, 2], [8, 2, 2, 2]];

export default {
  id: "units",
  title: "Single units",
  applies: ({ widths }) => Boolean(widths.p || widths.m) && Boolean(widths.z || widths.z_H),
  start: (panel, desk) => new Units(panel, desk),
};

class Units {
  constructor({ legend, body }, desk) {
    Object.assign(this, { desk, legend, signal: mapped(desk.history) });
    const canvas = picture("unit-traces", "Traces of the chosen units", 190);
    this.plot = new Plot(canvas, () => desk.view.drawSoon());
    this.chosen = element("input", { type: "text", id: "units-shown", inputmode: "numeric", value: ranges(desk.units), size: 10 });
    this.chosen.addEventListener("change", () => this.choose());
    body.append(canvas, element("div", { class: "act" }, element("label", { for: "units-shown" }, "Units shown"), this.chosen));
    this.pointer = new Pointer(this.plot, (sample) => this.words(sample), () => desk.view.moment().now);
    this.pointer.keyed((words) => desk.say(words));
    if (desk.can.units) body.append(this.silencing());
  }

  // silencing is the part that makes units silent, where the simulation can.
  silencing() {
    this.silent = element("input", { type: "text", id: "units-silent", size: 12, placeholder: "3-7,12" });
    this.silent.addEventListener("change", () => {
      const units = numbers(this.silent.value);
      if (units) this.silence(units);
      else this.desk.say("Write units as 3-7,12.");
    });
    const share = element("input", { type: "range", id: "units-share", min: 0, max: 100, step: 5, value: 0 });
    const value = element("output", { for: "units-share" }, "0 %");
    share.addEventListener("input", () => {
      value.textContent = `${share.value} %`;
      this.silence(strongest(this.desk.readout, share.value / 100), "share");
    });
    share.addEventListener("change", () => this.desk.actions.release());
    return element("div", { class: "act" },
      element("label", { for: "units-silent" }, "Silent"), this.silent, button("All act", () => this.silence([])),
      element("label", { for: "units-share" }, "Silence those of strongest readout"), share, value);
  }

  silence(units, gesture = null) {
    this.desk.actions.act(units.length ? `${units.length} units silent` : "All units act", { units }, gesture);
  }

  choose() {
    const list = numbers(this.chosen.value);
    if (list) this.desk.units.splice(0, Infinity, ...list.slice(0, dashes.length));
    this.desk.view.drawSoon();
  }

  state({ units }) {
    if (this.silent && document.activeElement !== this.silent) this.silent.value = ranges(units);
  }

  words(sample) {
    const { rings } = this.desk.history;
    const values = this.desk.units.map((j) => [j, rings[this.signal].at(sample, j)]).filter(([, v]) => Number.isFinite(v));
    return values.length ? `${values.map(([j, v]) => `unit ${j + 1} ${number(v)}`).join(" · ")}, sample ${count(sample)}` : "";
  }

  draw({ key, rings, now, window, frozen, marks }) {
    const { plot, desk: { units } } = this;
    if (document.activeElement !== this.chosen) this.chosen.value = ranges(units);
    if (!plot.fresh(`${key},${units}`)) return;
    const activity = rings.z?.next ? rings.z : rings.z_H;
    const listed = [[rings[this.signal], this.signal === "p" ? "gain" : "modulation"], ...(activity?.next ? [[activity, "activity"]] : [])];
    plot.begin(listed.map(() => 1), window);
    plot.ground(frozen.filter((k) => k.from < now));
    plot.marks(marks);
    for (const [i, [ring, words]] of listed.entries()) this.lines(i, ring, words, now, window);
    plot.time();
  }

  lines(i, ring, words, now, { from, to }) {
    const { plot, desk: { units } } = this;
    const most = Number((1.1 * reach(ring, units, from, Math.min(to, now), 0.1)).toPrecision(2));
    plot.row(i, -most, most, words, [[-most, number(-most)], 0, [most, number(most)]]);
    const colour = i ? plot.colours.ink : plot.colours.feedback;
    for (const [k, j] of units.entries()) plot.line(ring, j, { colour, dash: dashes[k % dashes.length], label: String(j + 1), until: now });
    plot.names();
  }
}

// strongest are the units, as many of them as the share says, with the largest norms of
// their readout weights.
export function strongest(norms, share) {
  const order = norms.map((v, j) => [v, j]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  return order.slice(0, Math.round(share * norms.length)).map(([, j]) => j).sort((a, b) => a - b);
}
