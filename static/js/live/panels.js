// The panels of the live page, in their order. Each is an entry of this list and a
// module beside it; the page, its wiring and its keys are made from the list.
//
// An entry is
//   id, title   of its section, #view-ID
//   column      0, 1 or "below"
//   canvases    { id, label, height: [px, px on a wide page], … } with the attributes of each
//   applies     (signals) whether it has anything to show; always, where it is left out
//   start       (panel, desk) is called once and returns what the panel does:
//     open      (signals) a session has begun, and says which signals there are
//     clear     () it begins at sample 0 again
//     state     (message) the session says how it stands
//     draw      (signals, from, to) draws the samples from..to
//     tell      (signals) writes numbers, at most twice a second
//     keys      [{ key, words, act }] a pattern for keys, what they do in words, and act(key)
// all of which may be left out. A panel has its section, heading, legend and foot, and its
// canvases by their id. The desk has n, how many sources there are; send(command) and
// say(words); sound; drawSoon(); and state, what the session last said.
import error from "./error.js";
import modulation from "./modulation.js";
import now from "./now.js";
import population from "./population.js";
import traces from "./traces.js";
import weights from "./weights.js";

export const panels = [traces, error, modulation, weights, population, now];
