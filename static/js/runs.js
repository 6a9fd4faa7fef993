// Tables of runs, kept up to date while the page is looked at: on the first page the
// newest, on the page of runs those of a search, of which only what is seen is drawn.
import { at } from "./address.js";
import { get, post } from "./api.js";
import { count, duration, number } from "./format.js";
import { shown, spaces } from "./stretch.js";

const every = 2000; // ms
const typing = 200; // ms
const $ = (id) => document.getElementById(id);
const body = $("runs");
const whole = $("chosen"); // the form round the table of all runs; null on the first page

const search = new URLSearchParams(location.search);
const chosen = new Set();
let found = body ? Number(body.dataset.found ?? body.dataset.limit) : 0;
let from = 0; // of the first row that is there
let asked = null; // the request under way
let timer = 0;

const rows = () => [...(body?.querySelectorAll("[data-run]") ?? [])];

function blank() {
  return $("run-row") ? $("run-row").content.firstElementChild.cloneNode(true) : rows()[0].cloneNode(true);
}

function show(row, run, place) {
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  if (row.dataset.run !== run.id) {
    row.dataset.run = run.id;
    part("label").href = at(`/runs/${run.id}`);
    part("created").dateTime = run.created;
    part("created").textContent = run.when;
  }
  row.setAttribute("aria-rowindex", place + 1);
  row.dataset.state = run.state;
  part("label").textContent = run.label;
  part("line").textContent = run.line;
  part("tags").replaceChildren(...run.tags.map((tag) => Object.assign(document.createElement("span"), { className: "tag", textContent: tag })));
  part("state").dataset.state = run.state;
  part("state").textContent = run.state;
  part("progress").value = (100 * run.batch) / run.batches;
  part("progress").setAttribute("aria-label", `Progress of ${run.label}`);
  part("batch").textContent = `${count(run.batch)} of ${count(run.batches)}`;
  part("loss").textContent = number(run.loss);
  part("eta").textContent = run.eta_seconds === null ? "–" : duration(run.eta_seconds);
  const choose = part("choose");
  if (!choose) return;
  choose.value = run.id;
  choose.checked = chosen.has(run.id);
  choose.setAttribute("aria-label", `Choose ${run.label}`);
}

// draw has the table show a stretch of the runs found. Rows of runs that were there stay
// the same elements, so that what has the focus keeps it.
function draw(list) {
  found = list.found;
  const before = new Map(rows().map((row) => [row.dataset.run, row]));
  const spare = [...before.entries()].filter(([id]) => !list.runs.some((run) => run.id === id)).map(([, row]) => row);
  const now = list.runs.map((run, i) => {
    const row = before.get(run.id) ?? spare.pop() ?? blank();
    show(row, run, from + i);
    return row;
  });
  for (const [i, row] of now.entries()) if (body.children[i] !== row) body.insertBefore(row, body.children[i] ?? null);
  while (body.children.length > now.length) body.lastElementChild.remove();
  if (whole) frame();
}

// frame keeps the place of runs that are not drawn, and says how many there are.
function frame() {
  const height = rows()[0]?.offsetHeight ?? 0;
  const space = spaces(from, rows().length, found, height);
  for (const [id, pixels] of Object.entries(space)) {
    $(id).hidden = !pixels;
    $(id).querySelector("td").style.height = `${pixels}px`;
  }
  $("found").textContent = `${count(found)} ${found === 1 ? "run" : "runs"}${search.get("q")?.includes("state=deleted") ? " deleted within the last day" : ""}`;
  $("none").hidden = found > 0;
  body.parentElement.setAttribute("aria-rowcount", found);
  choice();
}

// wanted is the stretch that the window shows, with some rows above and below it.
function wanted() {
  if (!whole) return { from: 0, length: Number(body.dataset.limit) };
  const row = rows()[0]?.offsetHeight || 64;
  const top = $("before").hidden ? body.getBoundingClientRect().top : $("before").getBoundingClientRect().top;
  return shown(top, row, innerHeight, found);
}

async function load() {
  clearTimeout(timer);
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const stretch = wanted();
  const query = new URLSearchParams({ q: search.get("q") ?? "", sort: search.get("sort") ?? "", offset: stretch.from, limit: stretch.length });
  try {
    const list = await get(`/api/runs/rows?${query}`, mine.signal);
    from = stretch.from;
    draw(list);
    $("q")?.removeAttribute("aria-invalid");
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 422) {
      refuse(error.message); // until something else is typed
      return;
    }
    // else the lab may be starting again: ask once more later
  }
  timer = setTimeout(again, every);
}

function again() {
  if (document.visibilityState === "visible") load();
  else timer = setTimeout(again, every);
}

function refuse(message) {
  $("q").setAttribute("aria-invalid", "true");
  $("found").replaceChildren(Object.assign(document.createElement("span"), { className: "wrong", textContent: message }));
}

function choice() {
  const n = chosen.size;
  $("chosen-count").textContent = n ? `${count(n)} chosen` : "Choose runs in the table:";
  $("choose-all").checked = n > 0 && n >= found;
  $("choose-all").indeterminate = n > 0 && n < found;
  for (const button of $("chosen-tools").querySelectorAll("button[name]")) button.disabled = n === 0;
}

// chooseAll chooses all runs found, also those that are not drawn.
async function chooseAll(all) {
  chosen.clear();
  for (let offset = 0; all && offset < found; offset += 1000) {
    const list = await get(`/api/runs/rows?${new URLSearchParams({ q: search.get("q") ?? "", offset, limit: 1000 })}`);
    for (const run of list.runs) chosen.add(run.id);
  }
  for (const box of body.querySelectorAll('[data-part="choose"]')) box.checked = chosen.has(box.value);
  choice();
}

const done = {
  delete: (n) => `${n === 1 ? "1 run is" : `${count(n)} runs are`} deleted; for a day that can be undone. `,
  restore: (n) => `${n === 1 ? "1 run is" : `${count(n)} runs are`} back.`,
  purge: (n) => `${n === 1 ? "1 run is" : `${count(n)} runs are`} gone for good.`,
  tag: (n) => `${n === 1 ? "1 run has" : `${count(n)} runs have`} the tag.`,
};

async function act(action, ids) {
  const status = $("chosen-status");
  status.classList.remove("wrong");
  try {
    await post(`/api/runs/${action}`, action === "tag" ? { ids, tag: $("tag").value.trim() } : { ids });
    status.replaceChildren(done[action](ids.length));
    if (action === "delete") status.append(undo(ids));
    if (action !== "tag") chosen.clear();
  } catch (error) {
    status.classList.add("wrong");
    status.textContent = error.message;
  }
  await load();
}

function undo(ids) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo", id: "undo" });
  button.addEventListener("click", () => act("restore", ids));
  return button;
}

function submitted(event) {
  const action = event.submitter?.value ?? "tag";
  event.preventDefault();
  if (action === "compare") location.assign(at(`/runs/compare?${new URLSearchParams([...chosen].map((id) => ["id", id]))}`));
  else act(action, [...chosen]);
}

// sorted has the heads of the table say by what it is sorted.
function sorted() {
  const by = search.get("sort") || "-started";
  for (const head of document.querySelectorAll("[data-column]")) {
    const name = head.dataset.column;
    if (by === name || by === `-${name}`) head.setAttribute("aria-sort", by === name ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  }
}

function sortBy(event) {
  const name = event.target.closest("[data-column]").dataset.column;
  event.preventDefault();
  $("sort").value = search.get("sort") === name ? `-${name}` : name;
  type();
}

function type() {
  search.set("q", $("q").value);
  search.set("sort", $("sort").value);
  for (const name of ["from", "deleted", "q", "sort"]) if (!search.get(name) || name === "from" || name === "deleted") search.delete(name);
  history.replaceState(null, "", search.size ? `?${search}` : location.pathname);
  sorted();
  clearTimeout(timer);
  timer = setTimeout(load, typing);
}

function begin() {
  from = Number(search.get("from")) || 0;
  $("stretches").hidden = true;
  $("choose-all").hidden = false;
  $("find").addEventListener("submit", (event) => {
    event.preventDefault();
    if ((search.get("q") ?? "").includes("state=deleted") === $("q").value.includes("state=deleted")) type();
    else event.target.submit(); // the deleted ones have other tools
  });
  $("q").addEventListener("input", type);
  $("sort").addEventListener("change", type);
  for (const link of document.querySelectorAll(".column")) link.addEventListener("click", sortBy);
  $("choose-all").addEventListener("change", (event) => chooseAll(event.target.checked));
  whole.addEventListener("submit", submitted);
  whole.addEventListener("change", ({ target }) => {
    if (target.dataset.part !== "choose") return;
    if (target.checked) chosen.add(target.value);
    else chosen.delete(target.value);
    choice();
  });
  for (const box of body.querySelectorAll('[data-part="choose"]:checked')) chosen.add(box.value); // of a page gone back to
  let due = false;
  const look = () => {
    due = false;
    const stretch = wanted();
    if (stretch.from < from || stretch.from + stretch.length > from + rows().length) load();
  };
  addEventListener("scroll", () => {
    if (!due) requestAnimationFrame(look);
    due = true;
  }, { passive: true });
  load();
}

if (whole) begin();
else if (body) timer = setTimeout(again, every);
