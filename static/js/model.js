// The page of one model: its loss curve, and deleting it.
import { Panel } from "./chart.js";
import { confirmedDelete } from "./api.js";
import { lossOption } from "./learning.js";

const model = JSON.parse(document.getElementById("model-data").textContent);
const section = document.getElementById("panel-loss");

if (section) {
  const panel = new Panel(section, {
    name: `${model.id}-loss`,
    rows: () => ({ caption: "Loss by batch", columns: ["batch", "loss"], rows: model.losses }),
  });
  const option = lossOption();
  option.series = [{ ...option.series[1], name: "loss", data: model.losses.filter(([, loss]) => loss > 0) }];
  delete option.legend;
  panel.chart.set(option);
}

confirmedDelete(`/api/models/${model.id}`, "/");
