// The keys of the stage. Space and F act whatever has the focus, text fields excepted;
// buttons are pressed by Enter. The others leave lists and sliders their own keys.

const fields = 'input:not([type="range"]):not([type="checkbox"]), textarea';
const own = "select, input, [role=slider]"; // that answer to letters or arrows themselves

// keysOf are the keys as { key, words, act, always }.
export function keysOf(desk, controls) {
  const scrub = (by) => {
    if (desk.playing) desk.send({ type: "pause" });
    desk.view.scrub(desk.view.moment().now + by);
  };
  return [
    { key: /^ $/, words: "Space plays and pauses", act: () => desk.play(), always: true },
    { key: /^f$/i, words: "F freezes and releases", act: () => desk.freeze(), always: true },
    { key: /^n$/i, words: "N takes another context", act: () => desk.next() },
    { key: /^[AB]$/, shift: true, words: "", act: (key) => desk.keep(key) },
    { key: /^[ab]$/i, words: "A and B go to the two kept contexts, with Shift they keep this one", act: (key) => desk.recall(key.toUpperCase()) },
    { key: /^p$/i, words: "P adds this context to the path, G goes along it", act: () => desk.extend() },
    { key: /^g$/i, words: "", act: () => desk.along() },
    { key: /^[1-9]$/, words: "1 to 9 silence a feedback signal", act: (key) => desk.silence(Number(key) - 1) },
    { key: /^h$/i, words: "H changes between Hold and Follow", act: () => controls.mode(desk.view.mode === "hold" ? "follow" : "hold") },
    { key: /^[+=]$/, words: "+ and − zoom", act: () => controls.zoom(-1) },
    { key: /^[-−]$/, words: "", act: () => controls.zoom(1) },
    { key: /^\.$/, words: "the full stop steps", act: () => desk.step({ samples: 1 }) },
    { key: /^ArrowLeft$/, words: "the arrows go back and forth in time", act: () => scrub(-10) },
    { key: /^ArrowRight$/, words: "", act: () => scrub(10) },
    { key: /^r$/i, words: "R rewinds", act: () => desk.settings && desk.seed(desk.settings.seed) },
    { key: /^c$/i, words: "C compares mixture and output by ear", act: () => controls.compare() },
    { key: /^m$/i, words: "M mutes", act: () => controls.mute() },
  ];
}

export function listen(keys, desk) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (target.closest(fields)) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(key)) {
      event.preventDefault();
      desk.undo(event.shiftKey || key.toLowerCase() === "y");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = keys.find((k) => k.key.test(key) && (!k.shift || event.shiftKey));
    if (!pressed || (!pressed.always && (event.defaultPrevented || target.closest(own)))) return;
    event.preventDefault();
    if (event.repeat && pressed.always) return;
    pressed.act(key);
  });
  // A button would be pressed as Space is let go.
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && !event.target.closest(fields)) event.preventDefault();
  });
}
