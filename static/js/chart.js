// ECharts as the lab uses it: colours from the style sheet, no animation, twice the
// pixels, sizes that follow the page, and pictures and tables to take away.
import { hatching, palette } from "./palette.js";
import { number } from "./format.js";

export const available = () => typeof window.echarts !== "undefined";

// coloured replaces the palette's tokens, "var(--name)", by the colours of now, and
// "hatch(--name)" by hatching in one of them.
export function coloured(value, colours = palette()) {
  if (typeof value === "string") {
    const hatch = /^hatch\(--([\w-]+)\)$/.exec(value);
    if (hatch) return { type: "pattern", image: hatching(colours[hatch[1]]), repeat: "repeat" };
    return value.replace(/var\(--([\w-]+)\)/g, (token, name) => colours[name] || token);
  }
  if (Array.isArray(value)) {
    return value.length && typeof value[0] === "number" ? value : value.map((v) => coloured(v, colours));
  }
  if (value && typeof value === "object" && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, coloured(v, colours)]));
  }
  return value;
}

const pixels = () => Math.max(2, devicePixelRatio || 1);

// Chart draws an option into an element and draws it again when colours change.
export class Chart {
  constructor(element, summary) {
    this.element = element;
    if (!available()) {
      element.innerHTML = '<p class="chart-missing">The chart cannot be drawn: ECharts is missing. The table holds the same numbers.</p>';
      return;
    }
    element.setAttribute("role", "img");
    if (summary) element.setAttribute("aria-label", summary);
    this.fit();
    new ResizeObserver(() => this.fit()).observe(element);
    document.addEventListener("lab:theme", () => this.option && this.set(this.option));
  }

  // fit begins to draw once the element has a size, and follows it; what is hidden, as on
  // a page that is being left, keeps the size that it had.
  fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height || (width === this.width && height === this.height)) return;
    Object.assign(this, { width, height });
    if (this.echarts) {
      this.echarts.resize();
      return;
    }
    this.echarts = window.echarts.init(this.element, null, { renderer: "canvas", devicePixelRatio: pixels() });
    if (this.option) this.set(this.option);
  }

  // set takes a whole option; its colours may be tokens.
  set(option) {
    this.option = option;
    this.echarts?.setOption(this.dressed(option), { notMerge: true });
  }

  // update changes series of the option set before.
  update(series, rest = {}) {
    if (this.option) Object.assign(this.option, rest);
    this.option.series = this.option.series.map((s, i) => ({ ...s, ...series[i] }));
    this.echarts?.setOption({ ...coloured(rest), series }, { lazyUpdate: true });
  }

  dressed(option) {
    const colours = palette();
    return {
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.ink },
      ...coloured(whole(option), colours),
    };
  }

  png(name) {
    const address = this.echarts.getDataURL({ type: "png", pixelRatio: 3, backgroundColor: palette().card });
    save(address, `${name}.png`);
  }

  svg(name) {
    const { clientWidth: width, clientHeight: height } = this.element;
    const drawing = window.echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    drawing.setOption({ ...this.dressed(this.option), backgroundColor: palette().card });
    const address = URL.createObjectURL(new Blob([drawing.renderToSVGString()], { type: "image/svg+xml" }));
    drawing.dispose();
    save(address, `${name}.svg`);
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

function save(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

// Panel is a panel of the page: its chart, its tools, its table. rows() gives
// {caption, columns, rows, note} when the table is opened.
export class Panel {
  constructor(section, { name, rows, flat = true }) {
    this.section = section;
    this.rows = rows;
    const title = section.querySelector("h3").textContent;
    const see = section.querySelector(".see").textContent;
    this.chart = new Chart(section.querySelector(".chart"), `${title}. ${see} The table of this panel holds the numbers.`);
    this.table = section.querySelector(".table-view");
    const tools = section.querySelector("[data-tools]");
    tools.hidden = false;
    for (const button of tools.querySelectorAll("button")) {
      const tool = button.dataset.tool;
      button.setAttribute("aria-label", `${button.textContent} of ${title}`);
      if (tool !== "table" && !available()) button.hidden = true;
      if (tool === "svg" && !flat) button.hidden = true;
      button.addEventListener("click", () => {
        if (tool === "table") this.toggle(button);
        else this.chart[tool](name);
      });
    }
    if (!available()) this.toggle(tools.querySelector('[data-tool="table"]'));
  }

  toggle(button) {
    this.table.hidden = !this.table.hidden;
    button.setAttribute("aria-pressed", String(!this.table.hidden));
    if (!this.table.hidden) fillTable(this.table, this.rows());
  }

  // refresh fills an open table anew.
  refresh() {
    if (!this.table.hidden) fillTable(this.table, this.rows());
  }
}

export function fillTable(box, { caption, columns, rows, note }) {
  const table = document.createElement("table");
  if (caption) table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  for (const column of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = column;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows || []) {
    const line = body.insertRow();
    for (const [i, value] of row.entries()) {
      const cell = line.insertCell();
      cell.dataset.column = columns[i];
      cell.textContent = typeof value === "string" ? value : Number.isInteger(value) ? String(value).replace("-", "−") : number(value);
    }
  }
  box.replaceChildren(table);
  if (note) {
    const p = document.createElement("p");
    p.className = "help";
    p.textContent = note;
    box.append(p);
  }
}

// whole keeps the labels at the ends of lines from lying on one another, and has
// large series drawn at once, so that a picture taken of them lacks nothing.
function whole(option) {
  const series = [option.series ?? []].flat().map((s) => ({
    progressive: 0,
    ...(s.endLabel?.show && { labelLayout: { moveOverlap: "shiftY" } }),
    ...s,
  }));
  return { ...option, series };
}

// axis is a value axis in the lab's manner.
export function axis(name, more = {}) {
  return {
    type: "value", name, nameLocation: "middle", nameGap: 30, scale: true,
    nameTextStyle: { color: "var(--muted)", fontSize: 13 },
    axisLabel: { color: "var(--muted)", fontSize: 12, hideOverlap: true },
    axisLine: { show: true, onZero: false, lineStyle: { color: "var(--muted)" } },
    splitLine: { show: false },
    ...more,
  };
}

// line is a series in the lab's manner, labelled at its end.
export function line(name, colour, more = {}) {
  return {
    type: "line", name, showSymbol: false, silent: true, data: [],
    lineStyle: { color: colour, width: 1.5 }, itemStyle: { color: colour },
    endLabel: { show: true, formatter: "{a}", color: colour, fontSize: 13, lineHeight: 16 },
    ...more,
  };
}
