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

// picture makes a canvas that says what it shows, and that the arrow keys point in.
export function picture(id, label, height) {
  const canvas = element("canvas", { id, role: "img", tabindex: 0, "aria-label": `${label}; the arrow keys point at samples, and say their values` });
  canvas.style.setProperty("--height", `${height}px`);
  return canvas;
}

// keys fills a legend with lines' colours and names; [colour, words, kind].
export function keys(legend, list) {
  legend.replaceChildren(...list.map(([colour, words, kind = ""]) => element("span", { class: `key ${colour} ${kind}` }, element("span", {}, words))));
}
