// Where the stage's samples come from, and where its commands go: the one place that
// knows the websocket. A source calls
//   hello(message)    a simulation begins: its model, widths, state
//   state(message)    how it stands
//   samples(blocks)   { signal, side, stride, first, rows, columns, data } of one message
//   refused(message)  a command was not taken: message.field, message.message
//   connected(name, words)
// and has send(command), which tells whether it went out, and hurry().
import { Connection, blocks } from "../socket.js";

export function liveSource(model, calls) {
  let names = {};
  return new Connection(`/api/live?model=${encodeURIComponent(model)}`, {
    state: calls.connected,
    text(message) {
      if (message.type === "hello") {
        names = Object.fromEntries(Object.entries(message.kinds).map(([name, kind]) => [kind, name]));
        calls.hello(message);
      } else if (message.type === "state") calls.state(message);
      else if (message.type === "error") calls.refused(message);
    },
    binary: (buffer) => calls.samples(blocks(buffer).map(({ kind, ...block }) => ({ signal: names[kind], ...block }))),
  });
}
