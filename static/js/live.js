// The page that plays a model: its parts, and how they hear of one another.
import { at } from "./address.js";
import { palette } from "./palette.js";
import { connectionLine } from "./socket.js";
import { Controls } from "./stage/controls.js";
import { Desk } from "./stage/desk.js";
import { csv, pictured, save, vectored, wav } from "./stage/export.js";
import { npz } from "./stage/npz.js";
import { obey } from "./stage/guest.js";
import { keysOf, listen } from "./stage/keyboard.js";
import { Meters } from "./stage/meters.js";
import { Dock } from "./stage/panels.js";
import { button } from "./stage/parts.js";
import { Population } from "./stage/population.js";
import { commands, opening, parse } from "./stage/scene.js";
import { Player, scenes } from "./stage/scripts.js";
import { liveSource } from "./stage/source.js";
import { Share } from "./stage/share.js";
import { Speaker } from "./stage/speak.js";
import { Timeline } from "./stage/timeline.js";
import { Traces } from "./stage/traces.js";
import { Weights } from "./stage/weights.js";

const $ = (id) => document.getElementById(id);
const start = JSON.parse($("live-data").textContent);
const scene = parse(location.search);
const speaker = new Speaker($("live-status"), $("live-log"));
const desk = new Desk(start, scene, speaker);
const { view, history: past } = desk;

for (const name of ["present", "embed"]) document.documentElement.classList.toggle(name, scene.view[name]);
for (const part of scene.view.hide) document.documentElement.classList.add(`hide-${part}`);

const controls = new Controls(desk);
const traces = new Traces($("traces"), $("traces-legend"), desk);
const population = $("space") && new Population($("space"), $("readout"), { view, look: scene.view.view, remember: () => desk.remember(), say: (words) => speaker.say(words) });
const weights = $("side-weights") && new Weights($("side-weights"), $("side-legend"), desk);
const meters = new Meters($("meters"), population);
const dock = new Dock($("dock"), $("panel-buttons"), desk);
const timeline = new Timeline($("timeline"), {
  view,
  scrub(sample) {
    if (sample !== null && desk.playing) desk.send({ type: "pause" });
    view.scrub(sample);
  },
  say: (words) => speaker.say(words),
});
const share = new Share(desk, () => population && [population.space.azimuth, population.space.elevation]);
view.parts = [traces, ...[population, weights].filter(Boolean), timeline, meters, dock, controls, speaker, share];
if (scene.view.follow) Object.assign($("back"), { hidden: false, href: at(`/stages/${scene.view.follow}`) });
desk.panels = () => dock.ids;
desk.look = () => population?.look ?? null;
desk.openPanel = (id) => dock.ids.includes(id) || dock.toggle(id);

// Scenes, which end as soon as somebody does something else.
let scripted = false;
const player = new Player({
  begin({ slug, title, settings, mode = "hold" }) {
    speaker.say(`Scene: ${title}.`);
    speaker.scene = true;
    desk.scene = slug;
    act(settings, title);
    view.scrub(null);
    controls.mode(mode);
    if (!desk.playing) desk.send({ type: "play" });
    shown();
  },
  act: (change) => act(change, "A step of the scene"),
  say: (sentence) => speaker.say(sentence),
  ended({ title }, taken) {
    speaker.scene = false;
    if (taken) speaker.say(`You have taken over from the scene ${title}.`);
    desk.scene = "";
    desk.remember();
    shown();
  },
});

function act({ speed, ...change }, words) {
  scripted = true;
  if (speed && speed !== desk.settings.speed) desk.send({ type: "speed", samples_per_second: speed });
  desk.actions.act(words, change);
  scripted = false;
}

desk.changed = () => {
  controls.undoing();
  if (!scripted) player.takeOver();
};

const strip = scenes.filter(({ model }) => !model || start.models.some((m) => m.id === model));
for (const it of strip) {
  $("scenes").append(button(it.title, () => {
    if (player.scene === it) player.takeOver();
    else if (it.model && it.model !== start.id) location.assign(at(`/models/${it.model}/live?scene=${it.slug}`));
    else player.play(it);
  }, { "aria-pressed": "false", "data-scene": it.slug }));
}
function shown() {
  for (const it of $("scenes").children) it.setAttribute("aria-pressed", String(it.dataset.scene === player.scene?.slug));
}

document.addEventListener("lab:lost", () => speaker.note("The lab cannot be reached: nothing plays."));

// What comes from the simulation.
let begun = false; // whether there was a simulation before
let back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
let restoring = null; // what a simulation is to become in which somebody comes back
function hello(message) {
  const before = desk.settings, { playing } = desk, { froze } = past;
  desk.hello(message);
  controls.session();
  dock.session(begun ? dock.ids : scene.view.panels);
  meters.clear();
  speaker.clear();
  const wanted = { ...desk.settings, ...(begun ? before : scene.settings) };
  const play = begun ? playing : scene.view.play && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const command of opening(desk.settings, wanted, { froze: begun ? froze : scene.view.froze, play })) desk.send(command);
  restoring = begun || back ? { wanted, play } : null;
  back = false;
  if (!begun) begin();
  begun = true;
}

function begin() {
  for (const sentence of scene.wrong) speaker.say(sentence);
  $("hear").value = scene.view.hear;
  // Browsers let nothing sound before somebody has done something.
  const wake = () => desk.sound.id || desk.hear($("hear").value);
  if ($("hear").value) for (const done of ["pointerdown", "keydown"]) addEventListener(done, wake, { once: true });
  const script = scenes.find((it) => it.slug === scene.view.scene);
  if (script) player.play(script);
  else desk.scene = "";
}

function state(message) {
  const before = desk.message;
  for (const mark of desk.heard(message)) speaker.mark(mark, past.rings.error.at(past.next - 1, 0));
  if (!before || before.playing !== message.playing) speaker.note(message.playing ? "Playing." : "Paused.");
  controls.show(desk.settings, message);
  dock.state(desk.settings, message);
  share.state(message);
  view.drawSoon();
  returned(message);
  beGuest();
}

// returned says, once the scene is what it was, that it is another session's.
function returned(message) {
  if (!restoring) return;
  const { course, context, ...wanted } = restoring.wanted; // on its way a context is never what it was
  if (message.playing !== restoring.play || commands(desk.settings, course ? wanted : { ...wanted, context }).length) return;
  restoring = null;
  speaker.clear(); // so that the sentence stays until somebody does something
  speaker.say("A new session began. The scene is as it was left; the samples before are gone.");
}

// A lesson round this page sets what its links say. Feedback is not frozen before there is
// a modulation to keep.
const settled = 1000; // samples
const pointed = { a: "#square", b: "#square", hold: "#freeze", speed: "#speed", noise: "#noise", seed: "#seed", twin: "#twin", play: "#play", panels: "#dock" };
let guest = false;
function beGuest() {
  if (guest) return;
  guest = true;
  obey((query, words) => {
    const { settings, view: look } = parse(query);
    if (settings.hold && desk.message.sample < settled) desk.send({ type: "step", samples: settled });
    desk.actions.act(words || "Set by the lesson", settings);
    for (const id of look.panels) desk.openPanel(id);
    desk.send({ type: "play" });
  }, pointed);
}

function samples(blocks) {
  past.push(blocks);
  const speed = desk.message?.speed ?? 0;
  for (const block of blocks) desk.sound.push(block, speed);
  desk.sound.pitch(past.rings.error.at(past.next - 1, 0));
  player.reach(past.next);
  view.drawSoon();
}

// Taking away.
const shownSamples = () => {
  const { window, now } = view.moment();
  return [Math.max(past.first, window.from), Math.min(now, window.to)];
};
const sides = () => past.sides.map((side) => side.rings);
$("take-npz").addEventListener("click", () => save(`${start.id}.npz`, npz(sides(), ...shownSamples(), desk.link), "application/zip"));
$("take-csv").addEventListener("click", () => save(`${start.id}.csv`, [csv(sides(), ...shownSamples(), desk.link)], "text/csv"));
$("take-wav").addEventListener("click", () => save(`${start.id}.wav`, [wav(past.rings.y, [...Array(desk.n).keys()], ...shownSamples())], "audio/wav"));
$("take-png").addEventListener("click", () => pictured($("stage"), palette().card).toBlob((blob) => save(`${start.id}.png`, [blob], "image/png")));
$("take-svg").addEventListener("click", () => {
  try {
    save(`${start.id}.svg`, [vectored($("stage"), palette().card, () => view.draw(), `${start.title}: ${desk.link}`)], "image/svg+xml");
  } catch (error) {
    speaker.say(error.message);
  }
});
$("copy-link").addEventListener("click", async () => {
  history.replaceState(null, "", desk.link);
  try {
    await navigator.clipboard.writeText(desk.link);
    speaker.say("The link to this scene is copied.");
  } catch {
    speaker.say("The link to this scene stands in the address line.");
  }
});

const keys = keysOf(desk, controls);
listen(keys, desk);
$("keys").textContent = `${keys.map((k) => k.words).filter(Boolean).join(", ")}; Ctrl+Z undoes. Buttons are pressed by Enter.`;

desk.source = liveSource(start.id, {
  connected: connectionLine(() => desk.source.hurry()),
  hello, state, samples,
  refused: ({ field, message }) => speaker.say(`${field ? `${field} ` : ""}${message}`),
});
view.drawSoon();
