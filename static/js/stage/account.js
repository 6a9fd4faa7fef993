// The account of what happened, in sentences, for everybody to read.
import { element } from "./parts.js";

export default {
  id: "account",
  title: "Account",
  start: ({ body }, desk) => {
    const list = element("ol", { class: "account" });
    const fill = (sentences) => list.replaceChildren(...sentences.map((s) => element("li", {}, s)));
    fill(desk.speaker.sentences);
    const listening = (s) => list.append(element("li", {}, s));
    desk.speaker.listeners.add(listening);
    body.append(element("div", { class: "scroll account-box", tabindex: 0, role: "region", "aria-label": "Account of what happened" }, list));
    return { close: () => desk.speaker.listeners.delete(listening) };
  },
};
