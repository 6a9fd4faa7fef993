// The form of a run: shows the fields that matter, checks while one types, uploads
// sounds, and starts the run. Without this module the form works by itself.
import { at } from "./address.js";
import { get, post, request, Problem } from "./api.js";

const form = document.getElementById("run-form");
const estimate = document.getElementById("estimate");
const summary = document.getElementById("errors");
const model = form.elements.model;
const fields = [...form.querySelectorAll("[data-field]")];
const touched = new Set();

document.getElementById("check").hidden = true;

const inputs = (field) => [...field.querySelectorAll(`[name="${field.dataset.field}"]`)];
const shown = (field) => !field.classList.contains("irrelevant");

// relevant hides what does not matter for the chosen model and sources.
function relevant() {
  for (const field of fields) {
    const models = field.dataset.models.trim().split(/\s+/).filter(Boolean);
    const sources = form.elements.sources.value;
    const name = field.dataset.field;
    const out = (models.length && !models.includes(model.value)) || (name === "wav" && sources !== "wav") || (name === "frequencies" && sources === "wav");
    field.classList.toggle("irrelevant", Boolean(out));
  }
}

// fill writes a spec's value into a field.
function fill(field, value) {
  const kind = field.dataset.kind;
  for (const input of inputs(field)) {
    if (kind === "bool") input.checked = Boolean(value);
    else if (kind === "set") input.checked = (value || []).includes(input.value);
    else if (kind === "list") input.value = (value || []).join(", ");
    else if (kind !== "files") input.value = value ?? "";
  }
}

// typed is the form as it stands, what is hidden apart: the lab reads it, so that the
// page and the lab cannot read one text differently.
function typed() {
  const hidden = new Set(fields.filter((f) => !shown(f)).map((f) => f.dataset.field));
  return new URLSearchParams([...new FormData(form)].filter(([name, v]) => typeof v === "string" && !hidden.has(name)));
}

// mark writes errors beside their fields; only, when given, names those to change.
function mark(errors, only) {
  for (const field of fields) {
    const name = field.dataset.field;
    if (only && !only.has(name)) continue;
    const error = errors.find((e) => e.field === name);
    const label = (field.querySelector(".label, label")?.firstChild?.textContent || name).trim();
    field.querySelector(".error").textContent = error ? `${label} ${error.message}` : "";
    field.classList.toggle("wrong", Boolean(error));
    for (const input of inputs(field)) input.toggleAttribute("aria-invalid", Boolean(error));
  }
}

function list(errors) {
  summary.hidden = errors.length === 0;
  summary.querySelector("ul").replaceChildren(
    ...errors.map(({ field, message }) => {
      const item = document.createElement("li");
      const place = fields.find((f) => f.dataset.field === field);
      if (place) {
        const link = document.createElement("a");
        link.href = `#field-${field}`;
        link.textContent = place.querySelector(".label, label").firstChild.textContent.trim() || field;
        item.append(link, " ");
      }
      item.append(message);
      return item;
    }),
  );
  if (errors.length) summary.focus();
}

let timer = 0, asked = 0;

// check asks the lab what it thinks of the form as it stands.
function check() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const mine = ++asked;
    try {
      const answer = await request("POST", "/runs/new/check", typed());
      if (mine !== asked) return;
      estimate.textContent = answer.estimate;
      mark(answer.errors, touched);
    } catch (error) {
      estimate.textContent = error.message;
    }
  }, 250);
}

// begin starts the run, or forks the one that the form names.
async function begin(spec) {
  const { fork, at: batch, name, tags, milestones } = form.elements;
  const keep = { name: name.value.trim(), tags: tags.value.trim(), milestones: milestones.value.trim() || "0" };
  if (!fork) return post(`/api/runs?${new URLSearchParams(keep)}`, spec);
  return post(`/api/runs/${fork.value}/fork?${new URLSearchParams({ at: batch.value, ...keep })}`, spec);
}

async function start(event) {
  if (event.submitter?.value === "check") return;
  event.preventDefault();
  const button = event.submitter || form.querySelector(".primary");
  button.disabled = true;
  estimate.textContent = "Starting …";
  try {
    const read = await request("POST", "/runs/new/check", typed());
    if (read.errors.length) throw Object.assign(new Error(), { fields: read.errors });
    const run = await begin(read.spec);
    location.assign(at(`/runs/${run.id}`));
  } catch (error) {
    const errors = error.fields?.length ? error.fields : [{ field: "", message: error.message }];
    mark(errors);
    list(errors);
    estimate.textContent = "";
    button.disabled = false;
  }
}

// What was read of a sound's file.
function contents({ seconds, file }) {
  const channels = file.channels === 1 ? "1 channel" : `the mean of ${file.channels} channels`;
  return `${Number(seconds.toPrecision(3))} s, ${channels}, ${file.format} at ${file.rate.toLocaleString("en")} Hz`;
}

async function upload(event) {
  const file = event.target.files[0];
  const status = document.getElementById("upload-status");
  if (!file) return;
  const body = new FormData();
  body.append("file", file);
  status.textContent = `Uploading ${file.name} …`;
  status.classList.remove("wrong");
  try {
    const sound = await request("POST", "/api/sources", body);
    const box = document.getElementById("field-wav");
    let input = box.querySelector(`[value="${sound.id}"]`);
    if (!input) {
      const label = document.createElement("label");
      label.className = "option";
      input = Object.assign(document.createElement("input"), { type: "checkbox", name: "wav", value: sound.id });
      label.append(input, ` ${sound.name} (${sound.seconds.toFixed(1)} s)`);
      box.append(label);
    }
    input.checked = true;
    status.textContent = [`${sound.name} is there: ${contents(sound)}.`, ...sound.file.notes].join(" ");
    event.target.value = "";
    check();
  } catch (error) {
    status.textContent = error.message;
    status.classList.add("wrong");
  }
}

// A new model brings its defaults, for fields that were not typed in.
async function changeModel() {
  relevant();
  try {
    defaults ??= (await get("/api/spec")).defaults;
    for (const field of fields) {
      const name = field.dataset.field;
      if (name !== "model" && !touched.has(name)) fill(field, defaults[model.value][name]);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    estimate.textContent = error.message;
  }
  check();
}
let defaults;

// Other sources or another number of them need other frequencies.
function clearFrequencies() {
  if (!touched.has("frequencies")) form.elements.frequencies.value = "";
}

form.addEventListener("input", (event) => {
  const field = event.target.closest("[data-field]")?.dataset.field;
  if (field) touched.add(field);
  if (field === "sources" || field === "dim") clearFrequencies();
  relevant();
  if (field !== "model") check();
});
model.addEventListener("change", changeModel);
form.querySelector('[name="upload"]').addEventListener("change", upload);
form.addEventListener("submit", start);
relevant();
