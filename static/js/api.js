// Requests to the lab's API. A refusal is a Problem: its message is what to show,
// its fields say which part of the request is wrong.

import { at } from "./address.js";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The lab answered ${status}.`);
    this.status = status;
    this.fields = (body.errors || []).map((e) => ({
      field: (e.location || "").replace(/^(body|query|path)\.?/, ""),
      message: e.message,
    }));
  }
}

export async function request(method, address, body, signal) {
  const options = { method, signal, headers: { Accept: "application/json" } };
  if (body instanceof FormData || body instanceof URLSearchParams) {
    options.body = body;
  } else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(at(address), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The lab cannot be reached. Is it still running?" });
  }
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  const content = json ? await answer.json() : {};
  if (!answer.ok) throw new Problem(answer.status, content);
  return content;
}

export const get = (address, signal) => request("GET", address, undefined, signal);
export const post = (address, body) => request("POST", address, body);

// confirmedDelete has a page's form for deleting what it shows go by the API.
export function confirmedDelete(address, next) {
  document.getElementById("delete")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await request("DELETE", address);
      location.assign(at(next));
    } catch (error) {
      const status = document.getElementById("delete-status");
      status.classList.add("wrong");
      status.textContent = error.message;
    }
  });
}
