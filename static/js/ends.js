// Tells when a run ends, in the ways that were chosen: in the window's title, by a sound,
// by a notice of the system.
import { number } from "./format.js";
import { states } from "./states.js";

const ways = ["title", "sound", "system"];
const key = "tell-when-a-run-ends";
const signs = { finished: "✓", failed: "✗" };

// Watch notices that runs end: it is told of runs as they stand.
export class Watch {
  constructor(ended) {
    this.ended = ended;
    this.active = new Map();
  }

  see(run, active) {
    const before = this.active.get(run.id);
    this.active.set(run.id, active);
    if (before && !active && run.state !== "paused") this.ended(run);
  }
}

// sentence says how a run ended.
export function sentence(run) {
  const loss = run.loss === null ? "" : `, loss ${number(run.loss)}`;
  return `${run.name || run.title}: ${run.state} after ${run.batch} of ${run.batches} batches${loss}`;
}

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return []; // no site data: what is chosen lasts as long as the page
  }
}

function keep(names) {
  try {
    localStorage.setItem(key, JSON.stringify(names));
  } catch {
    // the boxes stay as they are as long as the page
  }
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.6);
}

const acts = {
  title: (run) => (document.title = `${signs[run.state] ?? "■"} ${sentence(run)}`),
  sound: beep,
  system: (run) => window.Notification?.permission === "granted" && new Notification("A run has ended", { body: sentence(run), tag: run.id }),
};

// watchEnds has a page's boxes say what is to be done, and gives what is to be told of runs.
export function watchEnds(place) {
  const box = (way) => place.querySelector(`[value="${way}"]`);
  const status = place.querySelector(".status");
  place.hidden = false;
  for (const way of ways) box(way).checked = chosen().includes(way);
  place.addEventListener("change", async ({ target }) => {
    status.textContent = "";
    if (target.value === "system" && target.checked && (!window.Notification || (await Notification.requestPermission()) !== "granted")) {
      target.checked = false;
      status.textContent = "The browser does not let the lab show notices of the system.";
    }
    keep(ways.filter((way) => box(way).checked));
  });
  const watch = new Watch((run) => {
    for (const way of ways) if (box(way).checked) acts[way](run);
  });
  return (run) => watch.see(run, Boolean(states[run.state]?.active));
}
