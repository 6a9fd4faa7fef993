// Scenes that play by themselves. Adding one is adding an entry:
//   slug, title   of its button
//   model         that it needs, where it is not the one on the stage
//   settings      that it begins with, see scene.js
//   mode          of its window where that is not hold: "follow"
//   steps         [{ at, say, act }] at so many samples after its beginning a sentence is
//                 said and settings change

const plain = { hold: 0, clamps: {}, noise: 0.001, twin: "", units: [], tau: null, swap: false };

export const scenes = [
  {
    slug: "two-contexts",
    title: "Two contexts",
    settings: { ...plain, speed: 500, context: [0.9, 0.2] },
    steps: [
      { at: 0, say: "Two sources reach the network as two mixtures. It has to give the sources back." },
      { at: 1200, say: "The context changes: other mixtures of the same sources. For a moment the outputs are wrong.", act: { context: [0.3, 0.8] } },
      { at: 2600, say: "Feedback has found the new inverse. Now back to the first context.", act: { context: [0.9, 0.2] } },
      { at: 4000, say: "The network need not learn anything again: drag the point and try any other context." },
    ],
  },
  {
    slug: "freeze",
    title: "Freeze, change, release",
    settings: { ...plain, speed: 500, context: [0.85, 0.25] },
    steps: [
      { at: 0, say: "The outputs lie on their sources: feedback has set the modulation for this context." },
      { at: 1000, say: "Feedback is frozen. The modulation stays as it is, and as long as the context stays, nothing is lost.", act: { hold: 1 } },
      { at: 2600, say: "The context changes while feedback is frozen: the outputs are mixtures again, and stay so.", act: { context: [0.3, 0.75] } },
      { at: 4200, say: "Feedback is released, and undoes the context.", act: { hold: 0 } },
      { at: 5800, say: "Without feedback the readout knows one context only. Try it: F freezes and releases." },
    ],
  },
  {
    slug: "silent",
    title: "One signal silent",
    settings: { ...plain, speed: 500, context: [0.8, 0.3] },
    steps: [
      { at: 0, say: "A few feedback signals reach the whole network. What if one falls silent?" },
      { at: 1000, say: "Feedback signal 1 is silent.", act: { clamps: { 0: 0 } } },
      { at: 2200, say: "And a change of context: the others have to do without it.", act: { context: [0.25, 0.7] } },
      { at: 3800, say: "Signal 1 acts again.", act: { clamps: {} } },
    ],
  },
  {
    slug: "diagonal",
    title: "Near the diagonal",
    settings: { ...plain, speed: 500, context: [0.9, 0.1] },
    steps: [
      { at: 0, say: "Both stimuli are different mixtures: there is an inverse, and feedback finds it." },
      { at: 1000, say: "Nearer to the diagonal the mixtures become alike, and the inverse weights large.", act: { context: [0.62, 0.4] } },
      { at: 2200, say: "So near, undoing takes weights of about nine: noise grows as much, and training stayed further away.", act: { context: [0.54, 0.48] } },
      { at: 3600, say: "Away from the diagonal it works again.", act: { context: [0.9, 0.1] } },
    ],
  },
  {
    slug: "slow",
    title: "Too slow to follow",
    model: "modulation-slow",
    mode: "follow",
    settings: { ...plain, speed: 1000, context: [0.85, 0.2] },
    steps: [
      { at: 0, say: "This network's feedback is slow: it changes over about 100 samples." },
      { at: 1200, say: "After a change it takes its time …", act: { context: [0.3, 0.8] } },
      { at: 2400, say: "… which is enough, as long as the context stays.", act: { context: [0.85, 0.2] } },
      { at: 3600, say: "Contexts that change faster than feedback leave it behind.", act: { context: [0.3, 0.8] } },
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => ({ at: 3600 + 120 * k, act: { context: k % 2 ? [0.85, 0.2] : [0.3, 0.8] } })),
      { at: 5600, say: "Once the context stays, feedback catches up." },
    ],
  },
  {
    slug: "ideal",
    title: "The ideal feedback",
    model: "ideal-spatial",
    settings: { ...plain, speed: 500, context: [0.85, 0.2] },
    steps: [
      { at: 0, say: "Nothing is trained here: the feedback is computed from the context, in closed form." },
      { at: 1200, say: "It undoes a change at once: there is no moment of error.", act: { context: [0.25, 0.75] } },
      { at: 2400, say: "Frozen, it fails as any other does.", act: { hold: 1 } },
      { at: 3000, say: "The context changes, the modulation does not.", act: { context: [0.9, 0.4] } },
      { at: 4200, say: "Released, the population's plane is back where it was.", act: { hold: 0 } },
    ],
  },
];

// Player plays a scene by the samples that come, so that it goes slower in slow motion and
// waits while somebody pauses. It ends when somebody takes over.
export class Player {
  // does has begin(scene), act(change), say(sentence), ended(scene, taken).
  constructor(does) {
    Object.assign(this, { does, scene: null });
  }

  play(scene) {
    this.scene = scene;
    this.next = 0;
    this.from = null;
    this.does.begin(scene);
  }

  // reach is told of every sample that has come.
  reach(sample) {
    if (!this.scene) return;
    this.from ??= sample;
    const { steps } = this.scene;
    while (this.next < steps.length && sample - this.from >= steps[this.next].at) {
      const { say, act } = steps[this.next++];
      if (act) this.does.act(act);
      if (say) this.does.say(say);
    }
    if (this.next === steps.length) this.end(false);
  }

  // takeOver ends it where it is.
  takeOver() {
    if (this.scene) this.end(true);
  }

  end(taken) {
    const { scene } = this;
    this.scene = null;
    this.does.ended(scene, taken);
  }
}
