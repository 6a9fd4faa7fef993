// How a presenter looks at a session, as it is sent to those who follow, and how it is read.

const kept = 8; // marks and frozen stretches that are sent, the last ones
const longest = 3000; // characters of a scene's address: with a path of 64 contexts it has some 2,000

// shareable is a view as JSON has it: frozen stretches that last end with null.
export function shareable({ marks, frozen }, { words = "", query = "", ...view }) {
  return {
    ...view,
    words: words.slice(0, 300),
    query: query.length > longest ? "" : query,
    marks: marks.slice(-kept).map(({ sample, last, kind, words: told }) => ({ sample, last, kind, words: told.slice(0, 60) })),
    frozen: frozen.slice(-kept).map(({ from, to, hold }) => ({ from, to: to === Infinity ? null : to, hold })),
  };
}

// follow puts into a viewer's history and view what the presenter's are: what was done
// when, to the sample, and which samples are shown.
export function follow(shared, history, view) {
  history.marks = shared.marks;
  history.frozen = shared.frozen.map((k) => ({ ...k, to: k.to ?? Infinity }));
  view.mode = shared.mode;
  view.span = shared.span;
  view.scrub(shared.at);
}
