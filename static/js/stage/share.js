// A stage that is shared: the presenter's dialog with link and code, and the view that
// viewers are shown, fifteen times a second at most.
import { at } from "../address.js";
import { shareable } from "./shared_view.js";

const showEvery = 1000 / 15; // ms
const pointed = ["traces", "timeline", "space", "readout", "square"]; // whose pointer viewers see

const $ = (id) => document.getElementById(id);

export class Share {
  // look() gives the angles from which the population is seen, or null.
  constructor(desk, look) {
    Object.assign(this, { desk, look, id: "", told: "", next: 0, pointer: null });
    $("share").addEventListener("click", () => this.open());
    $("unshare").addEventListener("click", () => desk.send({ type: "unshare" }));
    $("share-close").addEventListener("click", () => $("share-box").close());
    $("share-copy").addEventListener("click", () => this.copy());
    for (const id of pointed) {
      $(id)?.addEventListener("pointermove", (event) => this.point(id, event));
      $(id)?.addEventListener("pointerleave", () => this.point(null));
    }
  }

  get link() {
    const path = `/stages/${this.id}`;
    return shareLink(new URL(at(path), location.href), this.desk.public, path);
  }

  open() {
    if (!this.id && !this.desk.send({ type: "share" })) return;
    this.wanted = true;
    if (this.id) this.show();
  }

  show() {
    this.wanted = false;
    $("share-link").value = this.link;
    $("share-code").src = at(`/api/stages/${this.id}/code.svg?link=${encodeURIComponent(this.link)}`);
    $("share-alone").hidden = !alone(new URL(this.link).hostname);
    if (!$("share-box").open) $("share-box").showModal();
    $("share-link").select();
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.link);
      $("share-status").textContent = "The address is copied.";
    } catch {
      $("share-link").select();
      $("share-status").textContent = "Copy the address that is marked: this browser does not let the page do it.";
    }
  }

  // state takes how the session stands: its stage and how many follow.
  state({ stage, viewers }) {
    const before = this.id;
    this.id = stage;
    $("share").textContent = stage ? `Shared, ${viewers}` : "Share";
    $("share").setAttribute("aria-label", stage ? `This stage is shared, ${followers(viewers)}` : "Share this stage");
    if (viewers !== this.viewers) $("share-status").textContent = stage ? `${followers(viewers)}.` : "";
    this.viewers = viewers;
    if (stage === before) return;
    this.told = "";
    if (stage) this.desk.say("This stage is shared.");
    else {
      $("share-box").close();
      this.desk.say("This stage is no longer shared.");
    }
    if (stage && this.wanted) this.show();
    this.desk.view.drawSoon();
  }

  point(id, event) {
    if (!this.id) return;
    const canvas = id && $(id);
    this.pointer = canvas && { on: id, x: share(event.offsetX, canvas.clientWidth), y: share(event.offsetY, canvas.clientHeight) };
    this.desk.view.drawSoon();
  }

  // draw shows viewers what has changed, once it is time again.
  draw(moment) {
    if (!this.id || this.waiting) return;
    const wait = this.next - performance.now();
    if (wait > 0) {
      this.waiting = setTimeout(() => {
        this.waiting = 0;
        this.desk.view.drawSoon();
      }, wait);
      return;
    }
    this.next = performance.now() + showEvery;
    const { desk, pointer } = this;
    const text = JSON.stringify({
      type: "view",
      view: shareable(moment, { mode: desk.view.mode, span: desk.view.span, at: desk.view.at, pointer, look: this.look(), panels: desk.panels(), words: $("live-status").textContent, query: new URL(desk.link).search }),
    });
    if (text === this.told) return;
    this.told = text;
    desk.source?.send(JSON.parse(text));
  }
}

// shareLink is an address of the lab as others reach it: a presenter who has opened the
// lab by a name of this machine alone gives another one, where there is one.
export function shareLink(here, open, path) {
  return alone(here.hostname) && !alone(new URL(open).hostname) ? open + path : here.href;
}

// alone tells whether a host is this machine by a name that others have for theirs.
export const alone = (host) => host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

const share = (v, whole) => Math.round((1000 * v) / Math.max(1, whole)) / 1000;
const followers = (n) => (n === 1 ? "one follows" : `${n || "nobody"} ${n ? "follow" : "follows"}`);
