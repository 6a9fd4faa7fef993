// The account of what happened, in sentences, for everybody to read.
import { element } from "./parts.js";

export default {
  id: "account",
  title: "Account",
  start: ({ body }, desk) => {
    const list = element("ol", { class: "account" });
    const fill = (sentences) => list.replaceChildren(...sentences.map((s) => element("li", {}, s)));
    fill(desk.speaker.sentences);
    const box = element("div", { class: "scroll account-box", tabindex: 0, role: "region", "aria-label": "Account of what happened" }, list);
    const newest = () => (box.scrollTop = box.scrollHeight);
    const listening = (s) => {
      const reading = box.scrollTop + box.clientHeight < box.scrollHeight - 8; // what stands further up
      list.append(element("li", {}, s));
      if (!reading) newest();
    };
    desk.speaker.listeners.add(listening);
    body.append(box);
    requestAnimationFrame(newest);
    return { close: () => desk.speaker.listeners.delete(listening) };
  },
};
