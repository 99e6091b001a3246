// The kinds of answer, each a function that gives the controls of a question. Native HTML, nothing else: a group has a
// name because it is a fieldset, and the keyboard works because the controls are the browser's.

/** Makes an element; names starting with "on" are listeners, `false` and `null` leave an attribute out. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** One answer of some: choosing another lets go of the first. */
function oneOf(survey, item, { options, faces }) {
  const current = survey.answers.get(item.code);
  const choice = (value, words, face = null) => {
    const onchange = () => survey.choose(item, value);
    return card({ type: "radio", name: `leerling-${item.code}`, value, checked: current === value, onchange }, words, face);
  };
  const offered = options.map(({ value, label }, index) =>
    choice(value, survey.say(label), faces ? faceOf(index / (options.length - 1)) : null),
  );
  return [...offered, rule(), ...nonAnswers(survey).map(({ value, words }) => choice(value, words))];
}

/** Any number of answers; "weet ik niet" and "wil ik niet zeggen" stand alone. */
function severalOf(survey, item, optionSet) {
  const current = survey.answers.get(item.code);
  const chosen = new Set(chosenOf(optionSet, current));
  const onchange = ({ target }) => {
    const value = Number(target.value);
    const alone = value < 0;
    for (const box of target.closest("fieldset").querySelectorAll("input")) {
      if (box !== target && (alone || Number(box.value) < 0)) box.checked = false;
    }
    if (alone) {
      chosen.clear();
      return survey.choose(item, target.checked ? value : null);
    }
    chosen[target.checked ? "add" : "delete"](value);
    survey.choose(item, storedOf([...chosen]));
  };
  const choice = (value, words, checked) =>
    card({ type: "checkbox", name: `leerling-${item.code}`, value, checked, onchange }, words);
  return [
    ...optionSet.options.map(({ value, label }) => choice(value, survey.say(label), chosen.has(value))),
    rule(),
    ...nonAnswers(survey).map(({ value, words }) => choice(value, words, current === value)),
  ];
}

/** The controls of a question. */
const controlsOf = (survey, item) => {
  const optionSet = survey.edition.option_sets[item.option_set];
  return optionSet.several ? severalOf(survey, item, optionSet) : oneOf(survey, item, optionSet);
};

/** The two ways not to answer, as large as the rest. */
const nonAnswers = ({ words: { question } }) => [
  { value: DONT_KNOW, words: question.dont_know },
  { value: PREFER_NOT_TO_SAY, words: question.prefer_not_to_say },
];

const rule = () => element("div", { class: "rule", role: "presentation" });

const card = (control, words, face = null) =>
  element("label", { class: "answer" }, element("input", control), face, element("span", {}, words));

/** A face beside the words, from sad (0) to glad (1): drawn in the colour of the text, and silent for screen readers. */
function faceOf(gladness) {
  const bend = 15.5 + 5 * (2 * gladness - 1); // where the middle of the mouth is pulled to
  const face = element("i", { class: "face", "aria-hidden": "true" });
  face.innerHTML = `<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/><path d="M8.5 9v1M15.5 9v1M7.5 15.5Q12 ${bend} 16.5 15.5"/></svg>`;
  return face;
}
