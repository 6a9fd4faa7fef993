// The window of samples that is shown: Follow has it end now, Hold has it stand still
// round the last change, as an oscilloscope's trigger does, with the change before as a
// ghost. Before the first change there is nothing to hold, and Hold follows.

export const before = 200; // samples of a held window that come before its change
const lasted = 200; // samples that a change must have been alone for to leave a ghost

// frame is the window { from, to, zero, ghost } of so many samples as now is: zero is the
// change that it stands round, or null where it ends now; ghost, or null, is the change
// before as { zero, until }: its samples are drawn as far as its own time goes.
export function frame(mode, span, changes, now) {
  const past = changes.filter((t) => t > 0 && t <= now);
  const zero = past.at(-1);
  if (mode !== "hold" || zero === undefined) return { from: now - span, to: now, zero: null, ghost: null };
  const lead = Math.min(before, Math.round(span / 4));
  const last = past.findLastIndex((t, i) => i + 1 < past.length && past[i + 1] - t >= lasted);
  const ghost = last < 0 ? null : { zero: past[last], until: past[last + 1] };
  return { from: zero - lead, to: zero - lead + span, zero, ghost };
}
