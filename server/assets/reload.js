// Only with --dev: loads the page again once its files are others than those it was
// made of, or the lab was started anew.
const own = new URL(import.meta.url).searchParams.get("version");
new EventSource(new URL("changes", import.meta.url)).addEventListener("message", (event) => {
  if (event.data !== own) location.reload();
});
