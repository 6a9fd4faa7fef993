// The form of a sweep: what it asks for is shown while one types. Without this module its
// button Preview does so.
import { at } from "./address.js";

const after = 300; // ms that nothing is typed
const form = document.getElementById("sweep-form");
const preview = document.getElementById("preview");
let wait = 0;
let asked = null; // the question under way

document.getElementById("check").hidden = true;

// ask shows what the lab says of the form as it stands: its networks, or what is wrong. The
// newest question wins.
async function ask() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const body = new URLSearchParams([...new FormData(form), ["action", "check"]]);
  try {
    const response = await fetch(at("/sweeps/new"), { method: "POST", body, signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const says = page.getElementById("errors") ?? page.querySelector("#preview > section");
    if (signal.aborted) return;
    if (!says) throw new Error(`the lab answered with ${response.status}`);
    says.removeAttribute("role");
    says.removeAttribute("id");
    document.getElementById("errors")?.remove();
    preview.replaceChildren(says);
    document.getElementById("summary").textContent = says.querySelector("h2").textContent;
  } catch (error) {
    if (error.name === "AbortError") return;
    const words = document.createElement("p");
    words.className = "help";
    words.textContent = `There is no preview: ${error.message}.`;
    preview.replaceChildren(words);
  }
}

form.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(ask, after);
});
if (!preview.children.length && !document.getElementById("errors")) ask();
