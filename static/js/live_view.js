// What the live page shows: its panels, made from their list, and when they draw.
import { panels } from "./live/panels.js";
import { build, element } from "./live/parts.js";
import { Signals } from "./signals.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const tellEvery = 500; // ms

export class LiveView {
  // views is the box for the panels' columns; span is how many samples are shown. The
  // desk is what panels act by, see live/panels.js.
  constructor(views, span, desk) {
    this.span = span;
    this.signals = new Signals(desk.n);
    desk.drawSoon = () => this.drawSoon();
    const columns = [element("div", { class: "live-column" }), element("div", { class: "live-column" })];
    views.append(...columns);
    this.panels = panels.map((entry) => {
      const panel = build(entry);
      if (entry.column === "below") views.after(panel.section);
      else columns[entry.column].append(panel.section);
      return { entry, section: panel.section, ...own(entry.start(panel, desk)) };
    });
    document.addEventListener("lab:theme", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(views);
    this.open({ widths: {}, feedback: 0 });
  }

  // open begins a session, by what it says at first.
  open({ widths, feedback }) {
    this.signals.open(widths, feedback);
    for (const { entry, section, open } of this.panels) {
      section.hidden = entry.applies?.(this.signals) === false;
      open(this.signals);
    }
    this.clear();
  }

  clear() {
    this.signals.clear();
    this.told = -Infinity;
    for (const { clear } of this.panels) clear();
    this.drawSoon();
  }

  state(message) {
    this.signals.state(message);
    for (const { state } of this.panels) state(message);
    this.drawSoon();
  }

  push(signal, frame) {
    this.signals.push(signal, frame);
    this.drawSoon();
  }

  // keys are what the panels answer to.
  get keys() {
    return this.panels.flatMap(({ keys }) => keys);
  }

  drawSoon() {
    if (this.waiting) return;
    this.waiting = true;
    const paint = () => {
      this.waiting = false;
      this.draw();
    };
    if (still.matches) setTimeout(paint, 500);
    else requestAnimationFrame(paint);
  }

  // tellLate tells what came too early after the last time, though nothing comes any more.
  tellLate() {
    this.later = undefined;
    this.draw();
  }

  draw() {
    const to = this.signals.next;
    const early = this.told + tellEvery - performance.now(); // ms
    const telling = to > 0 && early <= 0;
    if (telling) this.told = performance.now();
    else if (to > 0) this.later ??= setTimeout(() => this.tellLate(), early);
    for (const { section, draw, tell } of this.panels) {
      if (section.hidden) continue;
      draw(this.signals, to - this.span, to);
      if (telling) tell(this.signals);
    }
  }
}

// own is what a panel does, with nothing for what it leaves out.
function own(panel) {
  const does = (name) => panel[name]?.bind(panel) ?? (() => {});
  return { open: does("open"), clear: does("clear"), state: does("state"), draw: does("draw"), tell: does("tell"), keys: panel.keys ?? [] };
}
