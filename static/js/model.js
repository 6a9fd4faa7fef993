// The page of one model: its loss curve, and deleting it.
import { request } from "./api.js";
import { Panel } from "./chart.js";
import { lossOption } from "./learning.js";

const model = JSON.parse(document.getElementById("model-data").textContent);
const section = document.getElementById("panel-loss");

if (section) {
  const panel = new Panel(section, {
    name: model.id + "-loss",
    rows: () => ({ caption: "Loss by batch", columns: ["batch", "loss"], rows: model.losses }),
  });
  const option = lossOption();
  option.series = [{ ...option.series[1], name: "loss", data: model.losses.filter(([, loss]) => loss > 0) }];
  delete option.legend;
  panel.chart.set(option);
}

const form = document.getElementById("delete");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const status = document.getElementById("delete-status");
  try {
    await request("DELETE", "/api/models/" + model.id);
    location.assign("/");
  } catch (error) {
    status.classList.add("wrong");
    status.textContent = error.message;
  }
});
