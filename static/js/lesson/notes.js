// A student's notes: all that was predicted, computed and written, as one text.

// notes makes the text. Entries, in their order, are predictions { question, predicted,
// measured, answer } with null for what is not there yet, and boxes { question, written }.
export function notes({ title, model, seed, address }, entries) {
  const parts = entries.map((e) => (e.written === undefined ? predicted(e) : `${e.question}\n${e.written.trim() || "(nothing written)"}`));
  const head = `${title}\nUnmix Lab, network ${model}, contexts of seed ${seed}. Numbers were measured there.\n${address}`;
  return `${[head, ...parts].join("\n\n")}\n`;
}

function predicted({ question, predicted: choice, measured, answer }) {
  const lines = [question, choice === null ? "(not predicted)" : `I predicted: ${choice}`];
  if (measured) lines.push(`The network: ${measured}`);
  if (measured && answer) lines.push(`So the answer is: ${answer}`);
  return lines.join("\n");
}

// offer wires the notes' buttons; text() is called when the notes are wanted.
export function offer(section, text) {
  const part = (id) => section.querySelector(`#notes-${id}`);
  const say = (words) => {
    part("status").textContent = words;
  };
  const show = () => {
    part("text").textContent = text();
  };
  section.hidden = false;
  part("copy").addEventListener("click", async () => {
    show();
    try {
      await navigator.clipboard.writeText(text());
      say("Copied: paste them where you keep your notes.");
    } catch {
      section.querySelector("details").open = true;
      getSelection().selectAllChildren(part("text"));
      part("text").focus();
      say("This browser does not let the page copy. The notes below are selected: copy them from there.");
    }
  });
  let address = "";
  part("download").addEventListener("click", () => {
    URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([text()], { type: "text/plain;charset=utf-8" }));
    part("download").href = address;
    say("Saved with your downloads.");
  });
  section.querySelector("details").addEventListener("toggle", show);
}
