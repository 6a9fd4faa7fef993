// A stage inside a lesson, in a frame of its page: links in the lesson's text set it and
// show its controls.

// obey has the page round this one rule, if it is the lab's own. set(query, words) takes
// settings as they stand in an address; controls are the selectors of what sets them.
export function obey(set, controls) {
  if (!inLesson()) return;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== location.origin || data?.lesson !== "set") return;
    if (data.query) set(data.query, data.words);
    point(data.show.map((name) => controls[name] && document.querySelector(controls[name])).filter(Boolean));
  });
  parent.postMessage({ stage: "ready" }, location.origin);
}

function inLesson() {
  try {
    return parent !== window && parent.location.origin === location.origin;
  } catch {
    return false; // another site's page, which may not be looked at
  }
}

// point marks the controls that a link names, until the next link.
function point(elements) {
  for (const before of document.querySelectorAll(".meant")) before.classList.remove("meant");
  for (const element of elements) element.classList.add("meant");
  elements[0]?.scrollIntoView({ block: "nearest" });
}
