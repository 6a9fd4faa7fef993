// The page of one run: its state and curves as they come.
import "./health.js";
import { at } from "./address.js";
import { confirmedDelete, get, post, request } from "./api.js";
import { Connection, blocks, connectionLine } from "./socket.js";
import { Series } from "./series.js";
import { watchEnds } from "./ends.js";
import { Learning } from "./learning.js";
import { Activity } from "./activity.js";
import { number, count, duration } from "./format.js";
import { states } from "./states.js";

const start = JSON.parse(document.getElementById("run-data").textContent);
const $ = (id) => document.getElementById(id);
const series = new Series();
const learning = new Learning(series, `run-${start.id}`);
const activity = new Activity(`run-${start.id}`, $("window"));
const drawEvery = 250; // ms

const told = watchEnds($("ends"));

let kinds = {};
let drawn = 0, waiting = 0;

function draw() {
  clearTimeout(waiting);
  waiting = 0;
  drawn = performance.now();
  learning.draw();
}

function drawSoon() {
  if (!waiting) waiting = setTimeout(draw, Math.max(0, drawn + drawEvery - performance.now()));
}

// history takes the curve by HTTP: at the start, and after a gap in the stream. What the
// stream tells in the meantime comes after it: an answer may be older than that.
let held = null;
async function history() {
  if (held) return;
  held = [];
  try {
    series.load(await get(`/api/runs/${start.id}/metrics?points=${series.most}`));
    draw();
  } catch (error) {
    $("control-status").textContent = `The curve so far did not arrive: ${error.message}`;
  }
  const messages = held;
  held = null;
  for (const message of messages) metrics(message);
}

function metrics({ points, means }) {
  if (held) {
    held.push({ points, means });
    return;
  }
  const takenBack = points.length && points.at(-1)[0] < series.last; // to a checkpoint, or to the beginning
  if (points.length && (takenBack || points[0][0] > series.last + 1)) {
    history();
    return;
  }
  let fresh = false;
  for (const [i, point] of points.entries()) fresh = series.put(...point, ...means[i]) || fresh;
  if (!fresh) return;
  const [batch, loss, grad] = points.at(-1);
  $("batch").textContent = count(batch);
  $("loss").textContent = number(loss);
  $("grad").textContent = number(grad);
  $("progress").value = (100 * batch) / start.batches;
  drawSoon();
}

function show(run) {
  const state = $("state");
  const { text, active, resumable, stoppable } = states[run.state];
  const words = text + (run.error ? ` ${run.error}` : "");
  if (state.dataset.state !== run.state || $("state-text").textContent !== words) {
    state.dataset.state = run.state;
    state.textContent = run.state;
    $("state-text").textContent = words;
  }
  $("run-notice").textContent = run.notice;
  $("run-notice").hidden = !run.notice;
  if ($("run-advice").textContent !== run.advice) $("run-advice").textContent = run.advice;
  $("run-advice").hidden = !run.advice;
  told(run);
  $("progress").value = (100 * run.batch) / run.batches;
  $("batch").textContent = count(run.batch);
  if (run.loss !== null) $("loss").textContent = number(run.loss);
  if (run.grad_norm !== null) $("grad").textContent = number(run.grad_norm);
  if (run.seconds_per_batch) $("pace").textContent = duration(run.seconds_per_batch);
  $("eta").textContent = run.eta_seconds === null ? "–" : duration(run.eta_seconds);
  const button = (action) => document.querySelector(`#controls [value="${action}"]`);
  button("pause").hidden = !active;
  button("stop").hidden = !stoppable;
  button("resume").hidden = !resumable;
  if (active) $("again").hidden = $("other-kernel").hidden = true;
  $("save").hidden = run.batch === 0;
  $("remove").hidden = active;
  $("extend").hidden = active;
  if (!active && run.batch > series.last) history(); // no message of the stream will close the gap
  if (active) $("activity-panels").hidden = false;
}

// unknown is how a run stands while the lab cannot be reached: what the page shows is of
// before, until the lab tells again.
function unknown() {
  $("state").dataset.state = "unknown";
  $("state").textContent = "unknown";
  $("state-text").textContent = "The lab cannot be reached: this is how the run stood last.";
  $("eta").textContent = "–";
}

async function control(event) {
  event.preventDefault();
  const action = event.submitter.value;
  const status = $("control-status");
  const buttons = [...$("controls").querySelectorAll("button")];
  for (const b of buttons) b.disabled = true;
  status.textContent = { pause: "Pausing after the batch under way …", stop: "Stopping after the batch under way …", resume: "Resuming …", again: "Beginning again …", kernel: "Resuming …" }[action];
  status.classList.remove("wrong");
  try {
    show(await post(`/api/runs/${start.id}/${{ again: "resume?anew=true", kernel: "resume?kernel=any" }[action] ?? action}`));
    status.textContent = { pause: "Paused; nothing is lost.", stop: "Stopped. Everything up to here is kept, and Resume goes on from here.", resume: "", again: "", kernel: "" }[action];
  } catch (error) {
    status.textContent = error.message;
    status.classList.add("wrong");
    const wrong = (name) => error.fields?.some(({ field }) => field === name);
    if (wrong("anew")) $("again").hidden = false;
    if (wrong("kernel")) $("other-kernel").hidden = false;
  }
  for (const b of buttons) b.disabled = false;
}

async function save(event) {
  event.preventDefault();
  const status = $("save-status");
  status.textContent = "Saving …";
  status.classList.remove("wrong");
  try {
    const model = await post(`/api/runs/${start.id}/save?title=${encodeURIComponent($("save-title").value)}`);
    const link = document.createElement("a");
    link.href = at(`/models/${model.id}`);
    link.textContent = model.title;
    status.replaceChildren("Saved as ", link, ".");
  } catch (error) {
    status.textContent = error.message;
    status.classList.add("wrong");
  }
}

async function label(event) {
  event.preventDefault();
  const status = $("label-status");
  status.classList.remove("wrong");
  try {
    const tags = $("label-tags").value.split(/[\s,;]+/).filter(Boolean);
    const run = await request("PATCH", `/api/runs/${start.id}`, { name: $("label-name").value, note: $("label-note").value, tags, milestones: Number($("label-milestones").value) });
    $("label").textContent = run.name || run.title;
    $("tags").replaceChildren(...run.tags.map((tag) => Object.assign(document.createElement("a"), { className: "tag", textContent: tag, href: at(`/runs?q=${encodeURIComponent(`tag=${tag}`)}`) })));
    status.textContent = "Kept.";
  } catch (error) {
    status.classList.add("wrong");
    status.textContent = error.message;
  }
}

$("controls").addEventListener("submit", control);
$("labels").addEventListener("submit", label);
$("save").addEventListener("submit", save);
confirmedDelete(`/api/runs/${start.id}`, `/runs?deleted=${start.id}`);

let before = false; // whether there was a connection before
history();
const line = connectionLine(() => connection.hurry());
const connection = new Connection(`/api/runs/${start.id}/stream`, {
  state(name, words) {
    line(name, words);
    if (name === "lost" || (name === "reconnecting" && words !== "connecting …")) unknown();
  },
  opened() {
    if (before) history(); // what was missed, and nothing that a restart took back
    before = true;
  },
  text(message) {
    if (message.type === "hello") kinds = Object.fromEntries(Object.entries(message.kinds).map(([name, kind]) => [kind, name]));
    else if (message.type === "state") show(message);
    else if (message.type === "metrics") metrics(message);
    else if (message.type === "activity") activity.head(message);
  },
  binary(buffer) {
    for (const block of blocks(buffer)) {
      if (activity.add(kinds[block.kind], block)) $("activity-batch").textContent = `after ${count(activity.snapshot.batch)} batches`;
    }
  },
});
