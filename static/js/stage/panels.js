// The panels that can be opened below the stage, in the order of their buttons. Each is an
// entry of this list and a module beside it; buttons, sections and address are made from
// the list.
//
// An entry is
//   id, title   of its section, #view-ID
//   applies     (history) whether it has anything to show; always, where it is left out
//   start       (panel, desk) is called when it is opened and returns what it does:
//     state     (settings, message) the simulation says how it stands
//     draw      (moment) draws a moment, see view.js
//     tell      (moment) writes numbers, at most twice a second
//     close     () it is closed
// all of which may be left out. A panel has section, heading, legend and body. The desk has
// history, view, actions, n, say(words), spec, models, can, settings and message (what the
// simulation last said), openPanel(id), units (the chosen ones) and chooseUnit(j).
import account from "./account.js";
import experiment from "./experiment.js";
import feedback from "./feedback.js";
import matrices from "./matrices.js";
import modulation from "./modulation.js";
import { button, element } from "./parts.js";
import units from "./units.js";
import weights from "./weights.js";

export const panels = [modulation, feedback, weights, units, matrices, experiment, account];

// Dock is where panels are opened, closed and put in order.
export class Dock {
  constructor(box, buttons, desk) {
    Object.assign(this, { box, desk, open: [], buttons: new Map() });
    for (const entry of panels) {
      const toggle = button(entry.title, () => this.toggle(entry.id), { "aria-pressed": "false", "data-panel": entry.id });
      this.buttons.set(entry.id, toggle);
      buttons.append(toggle);
    }
  }

  get ids() {
    return this.open.map((p) => p.entry.id);
  }

  // session shows the buttons of what the simulation has something for, and begins the
  // open panels anew.
  session(ids = this.ids) {
    for (const p of [...this.open]) this.close(p.entry.id);
    for (const entry of panels) this.buttons.get(entry.id).hidden = entry.applies?.(this.desk.history) === false;
    for (const id of ids) this.show(id);
  }

  toggle(id) {
    if (this.ids.includes(id)) this.close(id);
    else this.show(id)?.section.scrollIntoView({ block: "nearest" });
    this.desk.remember();
  }

  // show opens a panel, if there is one of that name and it has something to show.
  show(id) {
    const entry = panels.find((p) => p.id === id);
    if (!entry || this.ids.includes(id) || entry.applies?.(this.desk.history) === false) return null;
    const panel = this.build(entry);
    this.box.append(panel.section);
    this.open.push({ entry, section: panel.section, part: entry.start(panel, this.desk) ?? {} });
    const { part } = this.open.at(-1);
    if (this.desk.settings) part.state?.(this.desk.settings, this.desk.message);
    this.buttons.get(id).setAttribute("aria-pressed", "true");
    this.desk.view.drawSoon();
    return panel;
  }

  build({ id, title }) {
    const heading = element("h2", { id: `view-${id}-title` }, title);
    const legend = element("p", { class: "legend" });
    const body = element("div", { class: "panel-body" });
    const tools = element("div", { class: "panel-tools" },
      button("←", () => this.move(id, -1), { class: "quiet", "aria-label": `Move ${title} forward` }),
      button("→", () => this.move(id, 1), { class: "quiet", "aria-label": `Move ${title} back` }),
      button("×", () => this.dismiss(id), { class: "quiet", "aria-label": `Close ${title}` }));
    const header = element("header", {}, heading, legend, tools);
    const section = element("section", { class: "card view", id: `view-${id}`, "aria-labelledby": heading.id }, header, body);
    return { section, heading, legend, body };
  }

  dismiss(id) {
    this.close(id);
    this.buttons.get(id).focus();
    this.desk.remember();
  }

  close(id) {
    const at = this.ids.indexOf(id);
    if (at < 0) return;
    const [{ part, section }] = this.open.splice(at, 1);
    part.close?.();
    section.remove();
    this.buttons.get(id).setAttribute("aria-pressed", "false");
  }

  move(id, by) {
    const at = this.ids.indexOf(id), to = at + by;
    if (to < 0 || to >= this.open.length) return;
    const [moved] = this.open.splice(at, 1);
    this.open.splice(to, 0, moved);
    const focused = document.activeElement;
    for (const { section } of this.open) this.box.append(section);
    focused?.focus();
    this.desk.remember();
  }

  state(settings, message) {
    for (const { part } of this.open) part.state?.(settings, message);
  }

  draw(moment) {
    for (const { part } of this.open) part.draw?.(moment);
  }

  tell(moment) {
    for (const { part } of this.open) part.tell?.(moment);
  }
}
