// The page that plays a model: commands out, signals in, drawn as they come.
import { Connection, connectionLine, frame } from "./socket.js";
import { Square } from "./square.js";
import { LiveView } from "./live_view.js";
import { Sound, ownSpeed } from "./sound.js";
import { count } from "./format.js";

const start = JSON.parse(document.getElementById("live-data").textContent);
const $ = (id) => document.getElementById(id);
const speeds = [200, 500, 1000, 2000, 4000, 8000, 16000]; // samples a second
const noises = [0, 0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5]; // sd
const spans = [500, 1000, 2000, 4000]; // samples
const sound = new Sound();

let kinds = {};

function say(text) {
  $("live-status").textContent = text;
}

// What to say of a session that began anew, until somebody does something in it.
let anew = "";

function send(message) {
  anew = "";
  const sent = connection.send(message);
  if (!sent) say("There is no connection: the command did not reach the lab.");
  return sent;
}

// desk is what the panels act by; its state is what the session last said of itself.
const desk = { n: start.dim, sound, send, say, state: null };
const view = new LiveView($("views"), spans[1], desk);

const square = $("square") && new Square($("square"), {
  threshold: start.threshold,
  nearest: 0.05,
  moved(a, b) {
    $("context-a").value = a;
    $("context-b").value = b;
    placeSoon(a, b);
  },
});

// placeSoon sends at most 30 places a second, the last one for certain.
let place = null;
function placeSoon(a, b) {
  if (place) {
    place = [a, b];
    return;
  }
  place = [a, b];
  const [x, y] = place;
  send({ type: "context", a: x, b: y });
  setTimeout(() => {
    const [p, q] = place;
    place = null;
    if (p !== x || q !== y) placeSoon(p, q);
  }, 33);
}

function show(message) {
  const before = desk.state;
  desk.state = message;
  view.state(message);
  $("play").textContent = message.playing ? "Pause" : "Play";
  $("freeze").textContent = message.frozen ? "Release feedback" : "Freeze feedback";
  $("freeze").setAttribute("aria-pressed", String(message.frozen));
  $("seed").value = message.seed;
  slider("speed", speeds, message.speed, (v) => `${count(v)} samples/s`);
  slider("noise", noises, message.noise, (v) => `${v} sd`);
  const { a } = message.context;
  if (square && a.length === 4) {
    square.show(a[0], a[2]);
    if (document.activeElement?.closest(".pair") === null) {
      $("context-a").value = a[0].toFixed(2);
      $("context-b").value = a[2].toFixed(2);
    }
  }
  tell(before, message);
  remember();
}

// remember keeps what was set in the address, so that it can be shared and outlives a
// lost connection; restore sets it again in a new session.
let remembering = 0;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(keep, 500);
}

function keep() {
  const { seed, noise, speed, clamps, context, frozen } = desk.state;
  const silent = Object.keys(clamps).filter((j) => clamps[j] === 0).map((j) => Number(j) + 1);
  const [a, rest, b] = context.a;
  const placed = square && Math.abs(a + rest - 1) < 1e-6 && { a: a.toFixed(3), b: b.toFixed(3) };
  const kept = { seed, noise, speed, ...placed, ...(silent.length && { silent }), ...(frozen && { hold: 100 }) };
  history.replaceState(null, "", `?${new URLSearchParams(kept)}`);
}

// begin makes of a new session what the page was before, or what its address says, and
// says so where somebody comes back to it.
function begin(seed) {
  const before = desk.state;
  if (before) keep();
  restore(seed);
  if (before?.playing) send({ type: "play" });
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (before || back) anew = "A new session began, at its first sample and with the settings as they were left.";
}

function restore(seed) {
  const kept = new URLSearchParams(location.search);
  const number = (name) => (kept.has(name) ? Number(kept.get(name)) : NaN);
  if (number("seed") !== seed && Number.isInteger(number("seed"))) send({ type: "seed", seed: number("seed") });
  if (Number.isFinite(number("noise"))) send({ type: "noise", sd: number("noise") });
  if (Number.isFinite(number("speed"))) send({ type: "speed", samples_per_second: number("speed") });
  if (square && Number.isFinite(number("a") + number("b"))) send({ type: "context", a: number("a"), b: number("b") });
  for (const j of (kept.get("silent") || "").split(",").filter(Boolean)) send({ type: "clamp", signal: Number(j) - 1, value: 0 });
  if (number("hold") > 0) send({ type: "freeze" });
}

// tell says what changed, for those who do not see it.
function tell(before, now) {
  if (anew) say(`${anew} ${now.frozen ? "Feedback is frozen from there on. " : ""}${now.playing ? "Playing." : "Paused."}`);
  else if (!before || before.playing !== now.playing) say(now.playing ? "Playing." : "Paused.");
  else if (before.frozen !== now.frozen) say(now.frozen ? "Feedback is frozen: the modulation stays as it is." : "Feedback acts again.");
  else if (String(before.context.a) !== String(now.context.a)) say("New context.");
}

function slider(id, values, value, words) {
  const input = $(id);
  const away = values.map((v) => Math.abs(v - value));
  if (document.activeElement !== input) input.value = away.indexOf(Math.min(...away));
  $(`${id}-value`).textContent = words(value);
}

const play = () => send({ type: desk.state?.playing ? "pause" : "play" });
const freeze = () => send({ type: desk.state?.frozen ? "unfreeze" : "freeze" });
const next = () => send({ type: "next" });

$("play").addEventListener("click", play);
$("freeze").addEventListener("click", freeze);
$("next").addEventListener("click", next);
$("step").addEventListener("click", () => send({ type: "step", samples: 250 }));
$("speed").addEventListener("input", (event) => send({ type: "speed", samples_per_second: speeds[event.target.value] }));
$("noise").addEventListener("input", (event) => send({ type: "noise", sd: noises[event.target.value] }));
$("span").addEventListener("input", (event) => {
  view.span = spans[event.target.value];
  $("span-value").textContent = `${count(view.span)} samples`;
  view.draw();
});
$("reset").addEventListener("click", () => {
  view.clear();
  const seed = Number($("seed").value);
  send(seed === desk.state?.seed ? { type: "reset" } : { type: "seed", seed });
});
for (const id of ["context-a", "context-b"]) {
  $(id)?.addEventListener("change", () => square.move(Number($("context-a").value), Number($("context-b").value)));
}

// keys are those of the controls and of the panels.
const keys = [
  { key: /^ $/, words: "Space plays and pauses", act: play },
  { key: /^n$/i, words: "N takes the next context", act: next },
  { key: /^f$/i, words: "F freezes", act: freeze },
  ...view.keys,
];
$("keys").textContent = `${keys.map((k) => k.words).join(", ")}.`;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return; // which it presses
  const pressed = keys.find((k) => k.key.test(event.key));
  if (!pressed) return;
  event.preventDefault();
  pressed.act(event.key);
});

const connection = new Connection(`/api/live?model=${encodeURIComponent(start.id)}`, {
  state: connectionLine(() => connection.hurry()),
  opened: () => view.clear(), // a new session begins at sample 0
  text(message) {
    if (message.type === "hello") {
      kinds = Object.fromEntries(Object.entries(message.kinds).map(([name, kind]) => [kind, name]));
      view.open(message);
      begin(message.state.seed);
    } else if (message.type === "state") {
      show(message);
    } else if (message.type === "error") {
      say(`${message.field ? `${message.field} ` : ""}${message.message}`);
    }
  },
  binary(buffer) {
    const f = frame(buffer);
    view.push(kinds[f.kind], f);
    sound.push(kinds[f.kind], f, desk.state?.speed ?? ownSpeed);
  },
});
