// A websocket that comes back by itself and says honestly how it stands.
import { at } from "./address.js";

const tries = 10;
const longest = 15; // seconds

// Connection calls text(message) for JSON frames, binary(buffer) for others, opened()
// at each (re)connection and state(name, words) when it changes: waiting, connected,
// reconnecting (with a countdown), lost, ended.
export class Connection {
  constructor(path, handlers) {
    this.address = new URL(at(path), location.href).href.replace(/^http/, "ws");
    this.handlers = handlers;
    this.failures = 0;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
    addEventListener("pagehide", () => this.end());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.ended = false;
    this.say(this.failures ? "reconnecting" : "waiting", "connecting …");
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.say("connected", "connected");
      this.handlers.opened?.();
    };
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.handlers.text?.(JSON.parse(event.data));
      else this.handlers.binary?.(event.data);
    };
    socket.onclose = (event) => socket === this.socket && this.closed(event);
  }

  closed(event) {
    this.socket = null;
    if (this.ended) return;
    this.failures++;
    if (this.failures > tries) {
      this.say("lost", "connection lost");
      return;
    }
    const wait = Math.min(longest, 0.5 * 2 ** (this.failures - 1));
    this.countdown(Math.ceil(wait * (0.8 + 0.4 * Math.random())), event.reason);
  }

  countdown(seconds, reason) {
    if (seconds <= 0) {
      this.open();
      return;
    }
    this.say("reconnecting", `not connected${reason ? ` (${reason})` : ""}, next try in ${seconds} s`);
    this.timer = setTimeout(() => this.countdown(seconds - 1, reason), 1000);
  }

  // hurry tries at once when there is no connection.
  hurry() {
    if (this.socket || this.ended) return;
    this.failures = Math.min(this.failures, 1);
    this.open();
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  // end closes for good, with words for why.
  end(words) {
    this.ended = true;
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
    if (words) this.say("ended", words);
  }

  say(name, words) {
    this.handlers.state?.(name, words);
  }
}

// connectionLine shows the state of a connection in the page's own line for it. The
// countdown is not read out second by second: only changes of state are.
export function connectionLine(reconnect) {
  const line = document.getElementById("connection");
  const text = document.getElementById("connection-text");
  const button = document.getElementById("reconnect");
  button.addEventListener("click", reconnect);
  let before = "";
  return (name, words) => {
    line.setAttribute("aria-live", name === before ? "off" : "polite");
    before = name;
    line.dataset.state = name;
    text.textContent = words;
    button.hidden = name !== "lost" && name !== "reconnecting";
  };
}

// frame takes a binary message apart: a header of four uint32 (kind, first sample,
// rows, columns), then float32, row by row.
export function frame(buffer) {
  const header = new DataView(buffer, 0, 16);
  const [kind, first, rows, columns] = [0, 4, 8, 12].map((at) => header.getUint32(at, true));
  if (buffer.byteLength !== 16 + 4 * rows * columns) throw new Error("a frame is not as long as it says");
  return { kind, first, rows, columns, data: new Float32Array(buffer, 16, rows * columns) };
}
