// Words of the glossary are explained where they stand: the link to the glossary opens a
// small box with the sentence and the way there. Esc and a click elsewhere close it, and the browser
// gives the focus back to the word.

const margin = 8; // px

let box = null;

// explainTerms has the links in a part of the page do so that do not yet.
export function explainTerms(root = document) {
  const links = root.querySelectorAll("a.term:not([aria-haspopup])");
  if (links.length === 0 || !("popover" in HTMLElement.prototype)) return;
  box ??= build();
  for (const link of links) {
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(box, link);
    });
  }
}

function build() {
  const box = Object.assign(document.createElement("div"), { className: "term-box", popover: "auto", tabIndex: -1 });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", "term-name");
  const name = Object.assign(document.createElement("strong"), { id: "term-name" });
  const more = Object.assign(document.createElement("a"), { textContent: "In the glossary" });
  box.append(name, document.createElement("p"), more);
  document.body.append(box);
  return box;
}

// open shows a term's explanation below its word, or above where there is no room.
function open(box, link) {
  const [name, text, more] = box.children;
  link.focus(); // which some browsers do not do at a click
  name.textContent = link.dataset.term;
  text.textContent = link.dataset.explains;
  more.href = link.href;
  box.showPopover();
  const word = link.getBoundingClientRect();
  const below = word.bottom + margin;
  const left = Math.min(word.left, document.documentElement.clientWidth - box.offsetWidth - margin);
  box.style.left = `${Math.max(margin, left)}px`;
  box.style.top = `${below + box.offsetHeight < innerHeight ? below : Math.max(margin, word.top - margin - box.offsetHeight)}px`;
  box.focus();
}
