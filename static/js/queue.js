// The runs that wait for their turn: put into another order by dragging, by keys and by
// buttons.
import { at } from "./address.js";
import { get, request } from "./api.js";
import { watchEnds } from "./ends.js";

const every = 2000; // ms
const $ = (id) => document.getElementById(id);
const form = $("queue");
const list = $("queued");

const told = form && watchEnds($("ends"));

let dragged = null;
let sending = 0; // orders on their way: what is read meanwhile is older

const items = () => [...list.querySelectorAll("[data-queued]")];
const name = (item) => item.querySelector('[data-part="label"]').textContent;

function make(run) {
  const item = $("queue-item").content.firstElementChild.cloneNode(true);
  const label = run.name || run.title;
  item.dataset.queued = run.id;
  item.querySelector("a").href = at(`/runs/${run.id}`);
  item.querySelector('[data-part="line"]').textContent = `seed ${run.spec.seed}`;
  item.querySelector('[data-part="label"]').textContent = label;
  item.querySelector(".handle").setAttribute("aria-label", `Move ${label} with the arrow keys`);
  for (const [way, button] of Object.entries({ sooner: item.querySelector('[name="sooner"]'), later: item.querySelector('[name="later"]') })) {
    button.value = run.id;
    button.setAttribute("aria-label", `${label}: ${way}`);
  }
  return item;
}

// draw shows the queue as the lab has it; items that stay are the same elements, so that
// the focus stays on them.
function draw(queued) {
  const before = new Map(items().map((item) => [item.dataset.queued, item]));
  const now = queued.map((run) => before.get(run.id) ?? make(run));
  for (const item of before.values()) if (!now.includes(item)) item.remove();
  for (const [i, item] of now.entries()) if (list.children[i] !== item) list.insertBefore(item, list.children[i] ?? null);
  for (const item of now) dress(item);
  form.hidden = now.length === 0;
}

function dress(item) {
  item.draggable = true;
  item.querySelector(".handle").hidden = false;
}

async function refresh() {
  if (!dragged && !sending) { // in a hidden window as well: that a run ends is told there
    try {
      const { running, queued } = await get("/api/runs/queue");
      if (!dragged && !sending) draw(queued);
      await tell([...running, ...queued]);
    } catch {
      // the lab may be starting again: ask once more later
    }
  }
  setTimeout(refresh, every);
}

// tell tells of runs that have ended: those that were under way before, and are not now.
let before = new Map();
async function tell(active) {
  const now = new Map(active.map((run) => [run.id, run]));
  for (const run of active) told(run);
  for (const id of before.keys()) {
    if (now.has(id)) continue;
    const run = await get(`/api/runs/${id}`).catch(() => null); // it may be deleted by now
    if (run) told(run);
  }
  before = now;
}

// keep tells the lab the order that the list has.
async function keep(item) {
  const place = items().indexOf(item) + 1;
  sending++;
  try {
    const { queued } = await request("PUT", "/api/runs/queue", { ids: items().map((i) => i.dataset.queued) });
    $("queue-status").textContent = `${name(item)} is number ${place} of ${items().length}.`;
    $("queue-status").classList.remove("wrong");
    if (sending === 1) draw(queued);
  } catch (error) {
    $("queue-status").textContent = error.message;
    $("queue-status").classList.add("wrong");
  }
  sending--;
}

// move puts an item so many places further, and leaves the focus where it is.
function move(item, by) {
  const focus = document.activeElement;
  const all = items();
  const to = all.indexOf(item) + by;
  if (to < 0 || to >= all.length) return;
  if (by < 0) all[to].before(item);
  else all[to].after(item);
  focus?.focus();
  keep(item);
}

if (form) {
  for (const item of items()) dress(item);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { submitter } = event;
    if (submitter) move(submitter.closest("li"), submitter.name === "sooner" ? -1 : 1);
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.target.closest("button")) return;
    event.preventDefault();
    move(event.target.closest("li"), by);
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", name(dragged));
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    const item = dragged;
    dragged = null;
    if (item) keep(item);
  });
  setTimeout(refresh, every);
}
