// Loads a form as SurveyJS does, and tells what it understood.
// In: {form, pupils: [[[name, value], ...], ...]}, the answers of each pupil in the order in which they are given.
import { readFileSync } from "node:fs";
import { Model } from "survey-core";

const { form, pupils } = JSON.parse(readFileSync(0, "utf-8"));
const model = () => new Model(structuredClone(form));

function askedOf(given) {
  const survey = model();
  for (const [name, value] of given) {
    if (survey.getQuestionByName(name).isVisible) survey.setValue(name, value);
  }
  return survey.getAllQuestions(true).filter((question) => question.getType() !== "html").map((question) => question.name);
}

function words(survey) {
  return survey.getAllQuestions().filter((question) => question.getType() !== "html").map((question) => ({
    name: question.name,
    title: question.title,
    choices: question.visibleChoices.map((choice) => [choice.value, choice.text]),
  }));
}

const survey = model();
const locales = Object.fromEntries(survey.getUsedLocales().map((locale) => {
  const spoken = model();
  spoken.locale = locale;
  return [locale, { title: spoken.title, questions: words(spoken) }];
}));
console.log(JSON.stringify({
  errors: (survey.jsonErrors ?? []).map((error) => error.message),
  // It adds to each element whether it is visible now; no form of ours says that.
  json: JSON.parse(JSON.stringify(survey.toJSON(), (key, value) => (key === "visible" ? undefined : value))),
  pages: survey.pages.length,
  locales,
  asked: pupils.map(askedOf),
}));
