// The page of one who follows a stage: what the presenter shows, and a way to an own copy.
import { at } from "./address.js";
import { count } from "./format.js";
import { Connection, blocks, connectionLine } from "./socket.js";
import { Square } from "./square.js";
import { Desk } from "./stage/desk.js";
import { Meters } from "./stage/meters.js";
import { Dock } from "./stage/panels.js";
import { element } from "./stage/parts.js";
import { Population } from "./stage/population.js";
import { parse } from "./stage/scene.js";
import { follow } from "./stage/shared_view.js";
import { Speaker } from "./stage/speak.js";
import { Timeline } from "./stage/timeline.js";
import { Traces } from "./stage/traces.js";
import { Weights } from "./stage/weights.js";

const $ = (id) => document.getElementById(id);
const start = JSON.parse($("live-data").textContent);
const speaker = new Speaker($("live-status"), $("live-log"));
const nothing = () => {};

// Follower is a desk at which nothing can be done.
class Follower extends Desk {
  send() {
    return false;
  }
  say() {}
  remember() {}
}

const desk = new Follower(start, parse(""), speaker);
const { view, history: past } = desk;
const square = $("square") && new Square($("square"), { threshold: start.threshold, nearest: 0.05, moved: nothing, released: nothing });
const traces = new Traces($("traces"), $("traces-legend"), desk);
const population = $("space") && new Population($("space"), $("readout"), { view, look: [0.6, 0.4], remember: nothing });
const weights = $("side-weights") && new Weights($("side-weights"), $("side-legend"), desk);
const meters = new Meters($("meters"), population);
const dock = new Dock($("dock"), element("div"), desk);
const timeline = new Timeline($("timeline"), { view, scrub: nothing });
const dot = element("div", { class: "presenter-dot", hidden: "", "aria-hidden": "true" });
document.body.append(dot);
view.parts = [traces, ...[population, weights].filter(Boolean), timeline, meters, dock, { draw: () => point(seen?.pointer) }];

let seen = null; // what the presenter showed last
let names = {};
let path; // of contexts, where the presenter has one
const nothingKept = {};

function hello(message) {
  names = Object.fromEntries(Object.entries(message.kinds).map(([name, kind]) => [kind, name]));
  const { spec, speeds, readout, can } = message;
  Object.assign(desk, { spec, speeds, readout, can });
  past.open(message.widths, message.feedback, { ...spec, tau: message.tau });
  desk.heard(message.state);
  dock.session([]);
  meters.clear();
}

function state(message) {
  desk.heard(message);
  if (seen) follow(seen, past, view);
  dock.state(desk.settings, message);
  const { hold, context } = desk.settings;
  $("stage").classList.toggle("frozen", hold > 0);
  if (context) square?.show(...context, { kept: nothingKept, path, frozen: hold > 0 });
  const place = context ? `Context ${context.map((v) => v.toFixed(2)).join(", ")}. ` : "";
  const words = `${message.playing ? "Playing" : "Paused"}. ${place}${hold ? `Feedback frozen, ${Math.round(100 * hold)} %.` : "Feedback acts."}`;
  if ($("followed-state").textContent !== words) $("followed-state").textContent = words;
}

function looked(shared) {
  const before = seen;
  seen = shared;
  follow(shared, past, view);
  $("span-value").textContent = `${count(view.span)} samples`;
  if (shared.look && population) {
    population.turned = true;
    population.space.look(...shared.look);
  }
  if (shared.words && shared.words !== before?.words) speaker.say(shared.words);
  for (const id of dock.ids) if (!shared.panels.includes(id)) dock.close(id);
  for (const id of shared.panels) dock.show(id);
  path = parse(shared.query).settings.path;
  copy(shared.query);
}

// copy has the link to an own copy lead to the scene as it is now.
function copy(query) {
  if (!$("own")) return;
  const scene = new URLSearchParams(query);
  for (const name of ["present", "embed", "hide", "scene", "hear"]) scene.delete(name);
  scene.set("follow", start.stage);
  $("own").href = at(`/models/${encodeURIComponent(start.id)}/live?${scene}`);
}

// point shows where the presenter points, at the same sample where it is a trace.
function point(pointer) {
  const canvas = pointer && $(pointer.on);
  dot.hidden = !canvas;
  if (!canvas) return;
  const box = canvas.getBoundingClientRect();
  Object.assign(dot.style, { left: `${box.left + scrollX + pointer.x * box.width}px`, top: `${box.top + scrollY + pointer.y * box.height}px` });
}

function over(words) {
  $("over").hidden = false;
  $("over").textContent = `${words} What you see is how it was left.${$("own") ? " You can go on in a copy of your own." : ""}`;
  connection.end("the stage has ended");
}

const connection = new Connection(`/api/stages/${start.stage}`, {
  state: connectionLine(() => connection.hurry()),
  text(message) {
    if (message.type === "hello") hello(message);
    else if (message.type === "state") state(message);
    else if (message.type === "view") looked(message.view);
    else if (message.type === "ended") over(message.message);
    view.drawSoon();
  },
  binary(buffer) {
    past.push(blocks(buffer).map(({ kind, ...block }) => ({ signal: names[kind], ...block })));
    view.drawSoon();
  },
});
copy("");
view.drawSoon();
