// Which questions a pupil is asked, and the screens they make; the same rules as `Edition.visible` in questionnaire.py,
// which decides what is kept.

const DONT_KNOW = -1; // as in instrument/questionnaire.py
const PREFER_NOT_TO_SAY = -2;

/** The values of the options behind a stored value; none for what is no choice of one. */
function chosenOf(optionSet, stored) {
  if (stored === undefined || stored === DONT_KNOW || stored === PREFER_NOT_TO_SAY) return [];
  if (!optionSet.several) return [stored];
  return optionSet.options.map(({ value }) => value).filter((value) => (stored >> (value - 1)) & 1);
}

/** The stored value of several options chosen together; null for none. */
const storedOf = (values) => values.reduce((sum, value) => sum | (1 << (value - 1)), 0) || null;

/**
 * The questions to ask, in order. `answers` were given on this page. Of those given `earlier` only the codes are known
 * here; what they call for the server said in `followedUp`.
 */
function visibleItems({ items, option_sets }, answers, earlier = new Set(), followedUp = new Set()) {
  const asked = new Map();
  for (const item of items) {
    const holds = ({ any_of, answered }) => {
      const known = any_of.filter((code) => asked.has(code));
      const given = known.flatMap((code) => chosenOf(option_sets[asked.get(code).option_set], answers.get(code)));
      if (given.some((value) => answered.includes(value))) return true;
      return followedUp.has(item.code) && known.some((code) => earlier.has(code));
    };
    if (item.visible_if.every(holds)) asked.set(item.code, item);
  }
  return [...asked.values()];
}

/** The screens in their order: an explanation stands before the first question that needs it. */
function screensOf(edition, visible) {
  const explained = new Set();
  const screens = [{ key: "welcome", kind: "welcome" }];
  visible.forEach((item, index) => {
    const explanation = edition.explanations.find(({ code }) => code === item.explanation);
    if (explanation && !explained.has(explanation)) {
      screens.push({ key: `explanation ${explanation.code}`, kind: "explanation", explanation });
    }
    explained.add(explanation);
    screens.push({ key: item.code, kind: "question", item, explanation, number: index + 1 });
  });
  return [...screens, { key: "end", kind: "end" }];
}
