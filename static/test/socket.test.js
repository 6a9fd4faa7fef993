// What a page says of its connection, and when it tries again.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const sockets = [];
const told = []; // to the document
const heard = {}; // listeners of the window and of the document, by event

class FakeSocket {
  static OPEN = 1;
  constructor(address) {
    Object.assign(this, { address, readyState: 1, closings: 0 });
    sockets.push(this);
  }
  close() {
    this.closings++;
  }
  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
  ends(reason = "") {
    this.onclose({ reason });
  }
}

const listen = (name, act) => (heard[name] = act);
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  addEventListener: listen,
  document: { addEventListener: listen, dispatchEvent: ({ type }) => told.push(type), documentElement: { dataset: { root: "../../" } }, visibilityState: "visible" },
  location: { href: "https://hub.example.org/lab/models/mine/live?seed=3" },
});

const { Connection } = await import("../js/socket.js");

// connected opens a connection and notes what it says.
function connected(t) {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.after(() => mock.timers.reset());
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const said = [], opened = [];
  const connection = new Connection("/api/live?model=mine", {
    state: (name, words) => said.push([name, words]),
    opened: () => opened.push(now),
    text: (message) => said.push(["text", message.type]),
  });
  const wait = (seconds) => {
    for (let i = 0; i < seconds; i++) {
      now += 1000;
      mock.timers.tick(1000);
    }
  };
  return { connection, said, opened, wait, socket: () => sockets.at(-1), last: () => said.at(-1) };
}

test("a socket stands below whatever path the page does", (t) => {
  const { socket } = connected(t);
  assert.equal(socket().address, "wss://hub.example.org/lab/api/live?model=mine");
});

test("it is connected once the lab greets, and not by a refusal", (t) => {
  const { socket, said, opened, last } = connected(t);
  socket().says({ type: "alive" });
  assert.deepEqual([last()[0], opened.length], ["waiting", 0]);
  socket().says({ type: "hello" });
  socket().says({ type: "alive" });
  socket().says({ type: "state" });
  assert.deepEqual(said.slice(-3), [["connected", "connected"], ["text", "hello"], ["text", "state"]]);
  assert.equal(opened.length, 1);
});

test("what cannot be helped is said, and not tried again by itself", (t) => {
  const { connection, socket, wait, last } = connected(t);
  const count = sockets.length;
  socket().says({ type: "refused", status: 403, message: "start the lab with --origin https://hub.example.org", retry: 0 });
  assert.equal(socket().closings, 1);
  socket().ends();
  assert.deepEqual(last(), ["refused", "start the lab with --origin https://hub.example.org"]);
  wait(300);
  heard.online();
  heard.visibilitychange();
  assert.equal(sockets.length, count);
  connection.hurry(); // as the button does
  assert.equal(sockets.length, count + 1);
});

test("a place that is taken is waited for, however long", (t) => {
  const { socket, wait, last } = connected(t);
  for (let i = 0; i < 30; i++) {
    const count = sockets.length;
    socket().says({ type: "refused", status: 503, message: "16 live sessions are open.", retry: 15 });
    socket().ends();
    assert.deepEqual(last(), ["reconnecting", "16 live sessions are open. Trying again in 15 s."]);
    wait(14);
    assert.equal(last()[1], "16 live sessions are open. Trying again in 1 s.");
    wait(1);
    assert.equal(sockets.length, count + 1);
  }
  socket().says({ type: "hello" });
  assert.equal(last()[1], "hello");
});

test("a lab that has gone is said at once, and after ten tries for good", (t) => {
  const { socket, wait, last } = connected(t);
  socket().says({ type: "hello" });
  socket().ends("the lab is shutting down");
  assert.match(last()[1], /^not connected \(the lab is shutting down\), next try in \d+ s$/);
  for (let i = 0; i < 10; i++) {
    wait(20);
    socket().ends();
  }
  assert.equal(last()[0], "lost");
});

test("silence is noticed though nothing closes the socket", (t) => {
  const { socket, wait, last } = connected(t);
  socket().says({ type: "hello" });
  for (let i = 0; i < 5; i++) {
    wait(40);
    socket().says({ type: "alive" });
  }
  assert.equal(last()[1], "hello");
  const silent = socket();
  wait(50);
  assert.ok(silent.closings === 1 && socket() !== silent);
  silent.says({ type: "state" }); // too late
  silent.ends();
  assert.equal(last()[0], "reconnecting");
});

test("coming back from another page opens it again", (t) => {
  const { socket, last } = connected(t);
  socket().says({ type: "hello" });
  const count = sockets.length;
  heard.pagehide();
  sockets.at(-1).ends();
  assert.equal(sockets.length, count);
  heard.pageshow({ persisted: true });
  assert.equal(sockets.length, count + 1);
  socket().says({ type: "hello" });
  assert.equal(last()[1], "hello");
});

test("the document hears at once that a connection broke", (t) => {
  const { socket, said } = connected(t);
  socket().says({ type: "hello" });
  told.length = 0;
  socket().ends();
  assert.deepEqual(told, ["lab:closed"]);
  assert.equal(said.at(-1)[0], "reconnecting");
});
