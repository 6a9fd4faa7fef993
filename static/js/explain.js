// Words of the glossary in sentences that scripts have written: each becomes a link that
// explains it, where it stands first, as web.explained does on the server. The page says
// what the terms are, in #terms; without it nothing is explained.
import { at } from "./address.js";
import { explainTerms } from "./terms.js";

// finder finds terms in a text, in the singular or with an s, the longest that stands at a
// place.
export function finder(terms) {
  const names = terms.map((t) => t.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
  return new RegExp(`(?<![\\p{L}\\p{N}-])(${names.join("|")})(s?)(?![\\p{L}\\p{N}-])`, "gu");
}

// pieces are a text as strings and [words, name]: a term that has not been told is such a
// pair, and is told from then on.
export function pieces(text, find, told) {
  const list = [];
  let from = 0;
  for (const { 0: words, 1: name, index } of text.matchAll(find)) {
    if (told.has(name)) continue;
    told.add(name);
    list.push(text.slice(from, index), [words, name]);
    from = index + words.length;
  }
  return [...list, text.slice(from)].filter((piece) => piece !== "");
}

// explainIn explains what has not been explained within root already, in these elements of
// it, one after the other.
export function explainIn(root, selector) {
  const data = document.getElementById("terms");
  if (!data) return;
  const terms = new Map(JSON.parse(data.textContent).map((t) => [t.name, t]));
  const find = finder([...terms.values()]);
  const told = new Set([...root.querySelectorAll("a.term")].map((link) => link.dataset.term));
  for (const element of root.querySelectorAll(selector)) {
    for (const node of [...element.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE)) {
      node.replaceWith(...pieces(node.data, find, told).map((piece) => (typeof piece === "string" ? piece : link(piece[0], terms.get(piece[1])))));
    }
    explainTerms(element);
  }
}

function link(words, { name, text, id }) {
  const made = Object.assign(document.createElement("a"), { className: "term", href: at(`/glossary#${id}`), textContent: words });
  Object.assign(made.dataset, { term: name, explains: text });
  return made;
}
