// The screens a pupil sees, each a function of the survey that gives its elements.

const button = (label, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, label);

const paragraphs = (text) => text.trim().split(/\n\s*\n/).map((part) => element("p", {}, part));

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** The only h1; it takes the focus when the screen appears, and tells how far the pupil is. */
const title = (text) => element("h1", { tabindex: "-1", "aria-describedby": "leerling-progress" }, text);

const choices = (...buttons) => element("div", { class: "choices" }, ...buttons);

const previous = (survey) => button(survey.words.question.previous, () => survey.step(-1));

const SCREENS = {
  welcome(survey) {
    const { welcome } = survey.words;
    const promise = (name) =>
      element("div", { class: "promise" }, element("h2", {}, welcome[`${name}_title`]), element("p", {}, welcome[name]));
    const mayGrow = survey.edition.items.some(({ visible_if }) => visible_if.length > 0);
    const count = fill(mayGrow ? welcome.count_about : welcome.count, { total: survey.visible.length });
    const intro = fill(welcome.intro, { count });
    return [
      title(welcome.title),
      element("p", { class: "lead" }, intro),
      element("div", { class: "promises" }, ...["privacy", "voluntary", "pause", "hide"].map(promise)),
      choices(button(welcome.start, () => survey.step(1), { class: "primary" })),
    ];
  },

  explanation(survey) {
    const { explanation } = survey.current;
    const onward = button(survey.words.question.next, () => survey.step(1), { class: "primary" });
    return [
      title(survey.say(explanation.title)),
      ...paragraphs(survey.say(explanation.text)),
      choices(previous(survey), onward),
    ];
  },

  question(survey) {
    const { item, explanation } = survey.current;
    const { question } = survey.words;
    const clear = button(question.clear, () => survey.clear(item), { class: "clear", hidden: survey.isOpen(item) });
    const onward = element("button", { type: "submit", class: "primary" }, question.next);
    const onsubmit = (event) => {
      event.preventDefault(); // nothing may reach the address bar
      survey.step(1);
    };
    const form = element("form", { onsubmit, onchange: () => (clear.hidden = survey.isOpen(item)) });
    form.append(answerGroup(survey, item), choices(previous(survey), clear, onward));
    return [noticeAbout(survey, item), form, explanation ? reminder(survey, explanation) : null];
  },

  end(survey) {
    const { end } = survey.words;
    const total = survey.visible.length;
    const answered = survey.visible.filter((item) => !survey.isOpen(item)).length;
    const open = button(end.to_open_question, () => survey.go(survey.firstOpen()));
    const submit = button(end.submit, () => survey.submit(), { class: "primary" });
    const waiting = element("p", { class: "notice", role: "status" }, survey.waitingWords);
    return [
      title(end.title),
      element("p", { class: "lead" }, fill(end.answered, { answered, total })),
      answered < total ? element("p", {}, end.all_fine) : null,
      element("p", {}, end.final),
      ...(survey.submitting ? [waiting] : [choices(previous(survey), answered < total ? open : null, submit)]),
    ];
  },

  thanks(survey) {
    const { thanks, help } = survey.words;
    const sent = element("p", { class: "lead" }, survey.trial ? thanks.trial : thanks.text);
    return [title(thanks.title), sent, helpBox(help)];
  },

  stopped(survey) {
    const { stopped, help } = survey.words;
    const { entry } = document.body.dataset; // the address of the code page, given by our Voilà template
    const sentence = stopped.reasons[survey.stopped] ?? stopped.reasons.no_session;
    const away = survey.stopped === "no_session" && entry;
    return [
      title(stopped.title),
      element("p", { class: "lead" }, sentence),
      away ? choices(element("a", { class: "primary", href: entry }, stopped.to_code)) : null,
      helpBox(help),
    ];
  },
};

/** The answers as one group named by the question. */
function answerGroup(survey, item) {
  const several = survey.edition.option_sets[item.option_set].several;
  const hint = element("p", { class: "hint", id: "leerling-hint" }, survey.words.question.several);
  const legend = element("legend", {}, title(survey.say(item.text)));
  const described = several ? { "aria-describedby": "leerling-hint" } : {};
  return element("fieldset", described, legend, several ? hint : null, ...controlsOf(survey, item));
}

function noticeAbout(survey, item) {
  const { question } = survey.words;
  const before = survey.earlier.has(item.code) ? question.answered_before : null;
  const told = survey.justResumed ? question.welcome_back : before;
  return told && element("p", { class: "notice" }, told);
}

/** The explanation once more, folded up under each question that leans on it. */
const reminder = (survey, explanation) =>
  element("details", {}, element("summary", {}, survey.say(explanation.title)), ...paragraphs(survey.say(explanation.text)));

/** The same lines for everybody, on every page: help is never triggered by an answer. */
const helpLines = (help, names = ["school", "phone", "danger"]) => [
  element("p", {}, help.intro),
  element(
    "ul",
    {},
    ...names.map((name) =>
      element("li", {}, element("strong", {}, help[`${name}_title`]), element("span", {}, help[name])),
    ),
  ),
];

const helpBox = (help) => element("section", { class: "help" }, element("h2", {}, help.title), ...helpLines(help));

/** The bar on top: the other languages, help, and the way to hide all this at once. */
const barButtons = (survey) => [
  element("span", { class: "brand" }, "Weerglas"),
  ...survey.languages
    .filter((language) => language !== survey.language)
    .map((language) => button(survey.texts[language].name, () => survey.speak(language), { lang: language })),
  button(survey.words.bar.help, () => survey.dialog.showModal(), { "aria-haspopup": "dialog" }),
  button(survey.words.bar.hide, () => survey.hide(true), { class: "hide" }),
];

const dialogContent = (survey) => [
  element(
    "div",
    {},
    element("h2", { id: "leerling-help", tabindex: "-1", autofocus: true }, survey.words.help.title),
    ...helpLines(survey.words.help, ["school", "phone", "danger", "survey"]),
  ),
  button(survey.words.help.close, () => survey.dialog.close(), { class: "primary" }),
];

const coverContent = (survey) => [
  element("p", {}, survey.words.cover.text),
  button(survey.words.cover.back, () => survey.hide(false), { class: "primary" }),
];
