// Which rows of a long table are drawn: those that the window shows, and a few more.

const more = 12; // rows above and below

// shown is the stretch of a table of so many rows, each so high, whose first row is at
// top within a window: all in pixels. No more than the window needs is drawn.
export function shown(top, row, window, rows) {
  const first = Math.max(0, Math.floor(-top / row) - more);
  const length = Math.ceil(window / row) + 2 * more;
  return { from: Math.max(0, Math.min(first, rows - length)), length };
}

// spaces are the heights that stand for the rows before and after those drawn.
export function spaces(from, drawn, rows, row) {
  return { before: from * row, after: Math.max(0, rows - from - drawn) * row };
}
