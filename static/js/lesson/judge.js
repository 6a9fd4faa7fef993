// What a computed figure says about a prediction.

// right is the choice that a value makes right, -1 where there is no value.
export function right(step, value) {
  return Number.isFinite(value) ? step.below.filter((bound) => value >= bound).length : -1;
}

// measured is the number that a step asks for, with its unit, its sd where it has one, and
// what both are over; a ratio gives what was divided by what instead of an sd.
export function measured(step, made) {
  const reading = (name) => made.readings.find((r) => r.name === name) ?? { value: Number.NaN };
  const { value, sd, unit = "", n = "" } = reading(step.number);
  if (!step.over) return { value: value ?? Number.NaN, ...(sd && { sd }), unit, n };
  const by = reading(step.over).value;
  return { value: (value ?? Number.NaN) / (by ?? Number.NaN), unit: "", n, of: [value, by] };
}

// verdict are the words for a choice, and which explanations go with them: that of the
// choice itself and that of the right one. With other contexts than the lesson's another
// choice may be right; then none of the explanations holds.
export function verdict(step, value, chosen, words) {
  const answer = right(step, value);
  if (answer < 0) return { answer, says: "The figure gives no number here.", why: [], unusual: false };
  const unusual = answer !== step.usual;
  if (chosen === answer) return { answer, says: "So it is.", why: unusual ? [] : [answer], unusual };
  return { answer, says: `Not so; the answer is “${words[answer]}”.`, why: unusual ? [] : [chosen, answer], unusual };
}
