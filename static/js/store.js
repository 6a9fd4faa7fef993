// What a page keeps in the browser. Where the browser lets it keep nothing, it lasts as
// long as the page.

const here = new Map();

// kept is the text kept under a name, or null.
export function kept(name) {
  try {
    return localStorage.getItem(name) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

export function keep(name, value) {
  here.set(name, String(value));
  try {
    localStorage.setItem(name, value);
  } catch {
    // it is in here
  }
}
