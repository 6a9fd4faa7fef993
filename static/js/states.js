// The states that a run can be in, as the page was given them: for each its words in
// text, and whether a run in it is active, resumable, stoppable.
export const states = JSON.parse(document.getElementById("run-states").textContent);
