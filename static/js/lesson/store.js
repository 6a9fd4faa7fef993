// What somebody has predicted, computed and written in a lesson. It is kept in this
// browser; where site data are blocked it lasts as long as the page.

const key = (slug) => `lesson:${slug}`;

// storage is this browser's, or null where it keeps nothing.
export function storage() {
  try {
    const kept = window.localStorage;
    kept.setItem("lesson:", "1");
    kept.removeItem("lesson:");
    return kept;
  } catch {
    return null;
  }
}

// kept is what is known of a lesson; nothing where there is nothing, or nonsense.
export function kept(from, slug) {
  const nothing = { first: {}, chosen: {}, computed: {}, written: {} };
  try {
    return { ...nothing, ...JSON.parse(from?.getItem(key(slug)) ?? "{}") };
  } catch {
    return nothing;
  }
}

// progress says of a lesson whether it is done, begun or neither.
export function progress(from, slug) {
  const { done, chosen, written } = kept(from, slug);
  if (done) return "done";
  return Object.keys(chosen).length + Object.keys(written).length > 0 ? "begun" : "";
}

export class Store {
  // lost() is called once what is told could not be kept.
  constructor(from, { slug, seed, steps }, lost) {
    Object.assign(this, { from, slug, seed, steps, lost });
    this.state = kept(from, slug);
    if (!from) lost();
  }

  // begin forgets everything.
  begin() {
    this.from?.removeItem(key(this.slug));
    this.state = kept(null, this.slug);
  }

  save() {
    try {
      this.from?.setItem(key(this.slug), JSON.stringify(this.state));
    } catch {
      this.lost();
    }
  }

  // choose notes a choice of a step; the first one stays its prediction.
  choose(step, choice) {
    this.state.first[step] ??= choice;
    this.state.chosen[step] = choice;
    this.save();
  }

  // compute notes what a step's figure gave in the contexts of this seed.
  compute(step, result) {
    this.state.computed[this.seed] = { ...this.state.computed[this.seed], [step]: result };
    this.state.done ||= this.computed().length === this.steps.length;
    this.save();
  }

  write(box, text) {
    if (text.trim()) this.state.written[box] = text;
    else delete this.state.written[box];
    this.save();
  }

  result(step) {
    return this.state.computed[this.seed]?.[step];
  }

  // computed are the steps that have been computed in these contexts.
  computed() {
    return Object.keys(this.state.computed[this.seed] ?? {});
  }
}
