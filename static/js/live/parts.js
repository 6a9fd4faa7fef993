// Elements that the live page's panels are made of.

// element makes one with attributes and children.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// build makes an entry's section: heading, legend, canvases, and a foot for controls.
export function build({ id, title, canvases = [] }) {
  const heading = element("h2", { id: `view-${id}-title` }, title);
  const legend = element("p", { class: "legend" });
  const foot = element("div", { class: "act" });
  const drawn = canvases.map(({ id: name, label, height, ...attributes }) => {
    const canvas = element("canvas", { id: name, role: "img", "aria-label": label, ...attributes });
    canvas.style.setProperty("--height", `${height[0]}px`);
    canvas.style.setProperty("--height-wide", `${height[1]}px`);
    return canvas;
  });
  const body = drawn.length > 1 ? [element("div", { class: "pictures" }, ...drawn)] : drawn;
  const section = element("section", { class: "card view", id: `view-${id}`, "aria-labelledby": heading.id }, element("header", {}, heading, legend), ...body, foot);
  return { section, heading, legend, foot, canvases: Object.fromEntries(drawn.map((canvas) => [canvas.id, canvas])) };
}

// keys fills a legend with lines' colours and names; [colour, words, dotted].
export function keys(legend, list) {
  legend.replaceChildren(...list.map(([colour, words, dotted]) => element("span", { class: `key ${colour}${dotted ? " dotted" : ""}` }, element("span", {}, words))));
}
