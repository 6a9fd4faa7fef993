// The stage inside a lesson, and the links of its text that set it. A stage that says it
// is ready is told what to set; any other is opened again as the link wants it.

export class LessonStage {
  constructor(figure, links) {
    this.figure = figure;
    this.link = figure.querySelector(".stage-open");
    this.scene = new URLSearchParams(figure.dataset.scene);
    this.ready = false;
    this.meant = null; // what the last link shows
    this.frame = document.createElement("iframe");
    this.frame.title = `The stage: ${figure.querySelector("figcaption").textContent}`;
    this.frame.loading = "lazy";
    this.open();
    figure.prepend(this.frame);
    addEventListener("message", (event) => {
      if (event.source === this.frame.contentWindow && event.origin === location.origin && event.data?.stage === "ready") this.begin();
    });
    for (const link of links) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // it is to open elsewhere
        event.preventDefault();
        this.act(new URLSearchParams(link.dataset.stage), link.textContent);
      });
    }
  }

  // open has the frame show the scene anew.
  open() {
    this.ready = false;
    this.link.search = `?${this.scene}`;
    const address = new URL(this.link.href);
    address.searchParams.set("embed", "1");
    this.frame.src = address.href;
  }

  // begin shows a stage that is ready the controls that the last link has meant, as it may
  // have been followed before, or have opened this stage in place of another.
  begin() {
    this.ready = true;
    if (this.meant) this.tell(this.meant);
  }

  tell(what) {
    this.frame.contentWindow.postMessage({ lesson: "set", query: "", ...what }, location.origin);
  }

  // act sets what has a value and shows the controls of all.
  act(settings, words) {
    const set = [...settings].filter(([, value]) => value !== "");
    for (const [name, value] of set) this.scene.set(name, value);
    this.meant = { show: [...settings.keys()], words };
    if (this.ready) {
      this.link.search = `?${this.scene}`;
      this.tell({ ...this.meant, query: new URLSearchParams(set).toString() });
    } else if (set.length > 0) {
      this.open();
    }
    this.figure.querySelector(".stage-status").textContent = `${set.length > 0 ? "Done on the stage" : "Marked on the stage"}: ${words}.`;
    this.frame.scrollIntoView({ block: "nearest" });
  }
}
