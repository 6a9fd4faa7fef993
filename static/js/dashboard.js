// The first page: import by choosing or dropping a file, runs as they go, and how far
// one has come with the lessons.
import "./runs.js";
import "./health.js";
import { at } from "./address.js";
import { request } from "./api.js";
import { showProgress } from "./lesson/progress.js";

const form = document.getElementById("import");
const file = document.getElementById("import-file");
const status = document.getElementById("import-status");

async function add(chosen) {
  const body = new FormData();
  body.append("file", chosen);
  status.classList.remove("wrong");
  status.textContent = `Reading ${chosen.name} …`;
  try {
    const model = await request("POST", "/api/models", body);
    status.textContent = `${model.title} was added.`;
    location.assign(at(`/models/${model.id}`));
  } catch (error) {
    status.classList.add("wrong");
    status.textContent = `${chosen.name}: ${error.message}`;
  }
}

// Only who may add models has the form.
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (file.files[0]) add(file.files[0]);
});
form?.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form?.addEventListener("dragleave", () => form.classList.remove("over"));
form?.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  const dropped = event.dataTransfer.files[0];
  if (dropped) add(dropped);
});

showProgress(document.getElementById("lessons-done"), document.querySelectorAll("[data-lesson]"));
