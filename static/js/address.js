// Addresses of the lab. They are written from its root, such as /runs/new, and the
// lab may stand at any path behind a proxy: every page says how to get to the root.

// at is an address of the lab as it is reached from this page.
export const at = (path) => (document.documentElement.dataset.root ?? "/") + path.slice(1);
