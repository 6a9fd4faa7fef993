// Elements that the stage's parts are made of.

// element makes one with attributes and children.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// button makes one that does something.
export function button(words, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

// picture makes a canvas that says what it shows.
export function picture(id, label, height, attributes = {}) {
  const canvas = element("canvas", { id, role: "img", "aria-label": label, ...attributes });
  canvas.style.setProperty("--height", `${height}px`);
  return canvas;
}

// keys fills a legend with lines' colours and names; [colour, words, kind].
export function keys(legend, list) {
  legend.replaceChildren(...list.map(([colour, words, kind = ""]) => element("span", { class: `key ${colour} ${kind}` }, element("span", {}, words))));
}

// Pointer tells the value and the time of what is pointed at in a plot, with a line at
// its sample: words(sample, x, y) gives text, or "" where there is nothing; end() is the
// first sample that has not come. keyed(say) has the arrow keys point too, and what is
// there said.
export class Pointer {
  constructor(plot, words, end = () => Infinity) {
    Object.assign(this, { plot, words, end });
    this.line = element("div", { class: "pointer-line", hidden: "" });
    this.tip = element("div", { class: "pointer-tip", hidden: "" });
    const { canvas } = plot;
    canvas.parentElement.classList.add("pointed");
    canvas.after(this.line, this.tip);
    canvas.addEventListener("pointermove", (event) => this.show(event.offsetX, event.offsetY));
    canvas.addEventListener("pointerleave", () => this.hide());
  }

  keyed(say) {
    const { plot } = this, { canvas } = plot;
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !plot.rows) return;
      if (event.key === "Escape") this.hide();
      const by = event.shiftKey ? 100 : 10;
      const move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-Infinity, 0], End: [Infinity, 0] }[event.key];
      if (!move) return;
      event.preventDefault();
      this.cursor = moved(this.cursor ?? { sample: Math.round((plot.from + plot.to) / 2), row: 0 }, move, plot, this.end());
      const { top, height } = plot.rows[this.cursor.row];
      this.show(plot.x(this.cursor.sample) + 0.01, top + height / 2);
      say(this.tip.hidden ? "There is no sample here." : this.tip.textContent);
    });
    canvas.addEventListener("blur", () => this.hide());
  }

  show(x, y) {
    const sample = this.plot.sampleAt(x);
    const text = Number.isNaN(sample) ? "" : this.words(sample, x, y);
    if (!text) {
      this.hide();
      return;
    }
    const { offsetLeft, offsetTop, offsetHeight } = this.plot.canvas;
    const right = x > this.plot.width / 2;
    this.tip.textContent = text;
    for (const it of [this.line, this.tip]) it.hidden = false;
    Object.assign(this.line.style, { left: `${offsetLeft + x}px`, top: `${offsetTop}px`, height: `${offsetHeight}px` });
    const [left, top] = [offsetLeft + x + (right ? -10 : 10), offsetTop + Math.max(4, y - 12)];
    Object.assign(this.tip.style, { left: `${left}px`, top: `${top}px`, transform: right ? "translateX(-100%)" : "" });
  }

  hide() {
    for (const it of [this.line, this.tip]) it.hidden = true;
  }
}

// moved is a cursor after a key, within the samples of a plot up to an end and its rows.
export function moved({ sample, row }, [along, down], { from, to, rows }, end) {
  const last = Math.max(from, Math.min(to, end) - 1);
  return { sample: Math.max(from, Math.min(last, sample + along)), row: Math.max(0, Math.min(rows.length - 1, row + down)) };
}
