// On every page: that the lab cannot be reached is said at once, and until it can be.
// Pages with a socket of their own notice by that; others have one for nothing else.
import { at } from "./address.js";
import { Connection } from "./socket.js";

const every = 1000; // ms
let asking = false;

const box = document.createElement("div");
box.className = "lost";
box.id = "lost";
box.hidden = true;
box.setAttribute("role", "alert");
const words = document.createElement("p");
box.append(words);

// told shows or hides the notice, and tells the page.
function told(lost) {
  if (box.hidden !== lost) return;
  words.textContent = lost ? "The lab cannot be reached: what this page shows is how things stood before. It is tried again every second." : "";
  box.hidden = !lost;
  document.dispatchEvent(new CustomEvent(lost ? "lab:lost" : "lab:back"));
}

async function ask() {
  try {
    await fetch(at("/healthz"), { cache: "no-store" }); // whatever it says, it is there
    asking = false;
    told(false);
  } catch {
    told(true);
    setTimeout(ask, every);
  }
}

// watch begins to look after the lab.
export function watchLab() {
  document.querySelector("header.bar")?.after(box);
  document.addEventListener("lab:closed", () => {
    if (!asking) ask();
    asking = true;
  });
  const { page } = document.body.dataset;
  if (page !== "error" && !document.getElementById("connection")) new Connection("/api/presence", {});
}
