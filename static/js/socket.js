// A websocket that comes back by itself and says honestly how it stands.
import { at } from "./address.js";

const tries = 10;
const longest = 15; // seconds
const silence = 45; // seconds; the lab says something every 20

// Connection calls text(message) for JSON frames, binary(buffer) for others, opened()
// at each (re)connection, before its first message, and state(name, words) when it
// changes: waiting, connected, reconnecting (with a countdown), refused (trying again
// would not help), lost, ended. The document hears "lab:closed" when it breaks.
export class Connection {
  constructor(path, handlers) {
    this.address = new URL(at(path), location.href).href.replace(/^http/, "ws");
    this.handlers = handlers;
    this.failures = 0;
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    addEventListener("pagehide", () => this.end());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.ended = false;
    this.refusal = null;
    this.say(this.failures ? "reconnecting" : "waiting", "connecting …");
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    let greeted = false;
    this.heard = performance.now();
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      const message = typeof event.data === "string" ? JSON.parse(event.data) : null;
      if (message?.type === "alive") return;
      if (message?.type === "refused") {
        this.refusal = message;
        socket.close();
        return;
      }
      if (!greeted) this.greet();
      greeted = true;
      if (message) this.handlers.text?.(message);
      else this.handlers.binary?.(event.data);
    };
    socket.onclose = (event) => socket === this.socket && this.closed(event.reason);
    clearInterval(this.listening);
    this.listening = setInterval(() => this.listen(), 5000);
  }

  greet() {
    this.failures = 0;
    this.say("connected", "connected");
    this.handlers.opened?.();
  }

  // listen notices that the lab is gone although nothing has closed the socket.
  listen() {
    if (performance.now() - this.heard < 1000 * silence) return;
    const socket = this.socket;
    this.closed(`nothing came for ${silence} s`);
    socket?.close();
  }

  closed(reason) {
    this.socket = null;
    clearInterval(this.listening);
    if (this.ended) return;
    if (this.refusal) {
      const { message, retry } = this.refusal;
      if (retry) this.countdown(retry, (seconds) => `${message} Trying again in ${seconds} s.`);
      else this.say("refused", message);
      return;
    }
    this.failures++;
    document.dispatchEvent(new CustomEvent("lab:closed"));
    if (this.failures > tries) {
      this.say("lost", "connection lost: the lab does not answer. Is it still running?");
      return;
    }
    const wait = Math.min(longest, 0.5 * 2 ** (this.failures - 1));
    const why = reason ? ` (${reason})` : "";
    this.countdown(Math.ceil(wait * (0.8 + 0.4 * Math.random())), (seconds) => `not connected${why}, next try in ${seconds} s`);
  }

  countdown(seconds, words) {
    if (seconds <= 0) {
      this.open();
      return;
    }
    this.say("reconnecting", words(seconds));
    this.timer = setTimeout(() => this.countdown(seconds - 1, words), 1000);
  }

  // hurry tries at once when there is no connection.
  hurry() {
    if (this.socket || this.ended) return;
    this.failures = Math.min(this.failures, 1);
    this.open();
  }

  // wake hurries where that may help.
  wake() {
    if (!this.refusal || this.refusal.retry) this.hurry();
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
    clearInterval(this.listening);
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
    button.hidden = !["lost", "reconnecting", "refused"].includes(name);
  };
}

const header = 16; // bytes

// blocks takes a binary message apart: one block after the other, each a header of four
// uint32 (what it is, first sample, rows, columns), then float32, row by row. What it is:
// the signal's number, from bit 8 on which side it comes from (0 the network, 1 its
// twin), and from bit 16 on the samples between two rows, where 0 means 1.
export function blocks(buffer) {
  const view = new DataView(buffer);
  const out = [];
  for (let at = 0; at < buffer.byteLength; ) {
    if (at + header > buffer.byteLength) throw new Error("a frame ends within a header");
    const [what, first, rows, columns] = [0, 4, 8, 12].map((k) => view.getUint32(at + k, true));
    const values = rows * columns;
    if (at + header + 4 * values > buffer.byteLength) throw new Error("a frame is not as long as it says");
    const data = new Float32Array(buffer, at + header, values);
    out.push({ kind: what & 255, side: (what >> 8) & 255, stride: what >>> 16 || 1, first, rows, columns, data });
    at += header + 4 * values;
  }
  return out;
}
