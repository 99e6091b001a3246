// The pupil's page: where the pupil is, what is chosen, and what the server said about it. What it looks like is in
// screens.js, what is on its way in outbox.js; leerling.py joins the three into one module. Answers stay in memory:
// never in the address, never in the browser's storage.

const ASK_AGAIN_MS = 3000; // the kernel may not listen yet when the page says hello

const TRY_AGAIN = ["busy", "not_saved", "fault"]; // refusals that may pass: the outbox keeps the answer

/** The screens in their order: an explanation stands before the first question that needs it. */
function stepsOf(edition) {
  const explained = new Set();
  const steps = [{ kind: "welcome" }];
  edition.items.forEach((item, index) => {
    const explanation = edition.explanations.find(({ code }) => code === item.explanation);
    if (explanation && !explained.has(explanation)) steps.push({ kind: "explanation", explanation });
    explained.add(explanation);
    steps.push({ kind: "question", item, explanation, number: index + 1 });
  });
  return [...steps, { kind: "end" }];
}

class Survey {
  constructor(root, start, transport) {
    Object.assign(this, { root, texts: start.texts, edition: start.edition, trial: start.trial });
    Object.assign(this, { stopped: start.stopped, submitted: start.submitted, submitting: false, connection: "" });
    this.answers = new Map(); // item code to value, chosen on this page
    this.earlier = new Set(start.answered); // item codes answered before; their values never come back here
    this.outbox = new Outbox(transport, (connection) => this.showConnection(connection));
    this.steps = this.edition ? stepsOf(this.edition) : [];
    this.languages = Object.keys(this.texts).filter((language) => this.edition?.languages.includes(language) ?? true);
    this.language = this.languages[0];
    this.justResumed = this.earlier.size > 0;
    this.position = this.justResumed ? this.firstOpen() : 0;
    this.ownsThePage = document.body.dataset.weerglas === "leerling"; // in JupyterLab it is a guest
    this.build();
    this.draw();
  }

  get words() {
    return this.texts[this.language];
  }

  get step() {
    return this.steps[this.position];
  }

  get waitingWords() {
    return this.connection === "offline" ? this.words.end.submit_offline : this.words.end.submitting;
  }

  say(text) {
    return text[this.language] ?? Object.values(text)[0];
  }

  isOpen(item) {
    return !this.answers.has(item.code) && !this.earlier.has(item.code);
  }

  /** The first open question, or the end; the explanation just before it comes along. */
  firstOpen() {
    const found = this.steps.findIndex(({ kind, item }) => kind === "end" || (item && this.isOpen(item)));
    return this.steps[found - 1]?.kind === "explanation" ? found - 1 : found;
  }

  // What a pupil does.

  choose(item, value) {
    this.earlier.delete(item.code);
    if (value === null) this.answers.delete(item.code);
    else this.answers.set(item.code, value);
    this.outbox.save(item.code, value);
  }

  clear(item) {
    this.choose(item, null);
    this.draw();
  }

  go(position, { remember = true } = {}) {
    if (this.submitting || this.submitted || this.stopped) return;
    this.position = Math.max(0, Math.min(position, this.steps.length - 1));
    this.justResumed = false;
    if (remember && this.ownsThePage) history.pushState({ weerglas: this.position }, "");
    this.draw();
  }

  speak(language) {
    this.language = language;
    this.draw();
  }

  submit() {
    if (this.submitting) return;
    this.submitting = true;
    this.draw();
    this.outbox.finish();
  }

  hide(hidden) {
    this.dialog.close();
    this.page.hidden = hidden;
    this.cover.hidden = !hidden;
    (hidden ? this.cover.querySelector("button") : this.screen.querySelector("h1")).focus();
  }

  // What the server answers.

  receive(reply) {
    if (reply.kind === "saved") this.outbox.acknowledge(reply.seq);
    if (reply.kind === "submitted") this.stop({ submitted: true });
    if (reply.kind === "refused") this.refused(reply);
  }

  refused({ seq, reason }) {
    if (TRY_AGAIN.includes(reason)) return;
    if (reason in this.words.stopped.reasons) return this.stop({ stopped: reason });
    const message = this.outbox.refuse(seq);
    if (!message) return;
    if (message.kind === "submit") this.submitting = false;
    else this.answers.delete(message.item);
    this.draw();
    this.screen.prepend(element("p", { class: "notice", role: "alert" }, this.refusalOf(message)));
  }

  refusalOf(message) {
    if (message.kind === "submit") return this.words.end.not_submitted;
    const number = this.edition.items.findIndex(({ code }) => code === message.item) + 1;
    return fill(this.words.question.not_kept, { number });
  }

  stop(outcome) {
    this.outbox.close();
    Object.assign(this, { submitting: false }, outcome);
    this.draw();
  }

  showConnection(connection) {
    this.connection = connection;
    const running = !this.submitted && !this.stopped;
    const honest = this.trial && connection === "saved" ? "trial" : connection;
    this.status.textContent = (running && this.words.status[honest]) || "";
    this.status.dataset.connection = honest;
    const waiting = this.submitting && this.screen.querySelector("[role=status]");
    if (waiting) waiting.textContent = this.waitingWords;
  }

  // What stays on the page, and what is drawn anew for each screen.

  build() {
    this.bar = element("div", { class: "bar" });
    this.banner = element("p", { class: "trial", hidden: !this.trial });
    this.progress = element("p", { class: "progress", id: "leerling-progress" });
    this.status = element("p", { class: "status", role: "status" });
    this.screen = element("div", { class: "screen" });
    this.dialog = element("dialog", { class: "help", "aria-labelledby": "leerling-help" });
    this.cover = element("div", { class: "cover", hidden: true });
    const line = element("div", { class: "line" }, this.progress, this.status);
    this.top = element("div", {}, line, element("div", { class: "track", "aria-hidden": "true" }));
    const card = element("div", { class: "card" }, this.top, this.screen);
    this.page = element("div", { class: "page" }, this.bar, this.banner, card, this.dialog);
    this.root.replaceChildren(this.page, this.cover);
  }

  draw() {
    const kind = this.stopped ? "stopped" : this.submitted ? "thanks" : this.step.kind;
    Object.assign(this.root, { lang: this.language, dir: this.words.direction });
    this.bar.replaceChildren(...barButtons(this));
    this.banner.textContent = this.words.trial.banner;
    this.drawProgress(kind);
    this.screen.dataset.kind = kind;
    this.screen.replaceChildren(...SCREENS[kind](this).filter(Boolean));
    this.dialog.replaceChildren(...dialogContent(this));
    this.cover.replaceChildren(...coverContent(this));
    this.showConnection(this.connection);
    this.lead();
  }

  /** The words count; the track beside them is for the eye only. */
  drawProgress(kind) {
    const values = { number: this.step?.number, total: this.edition?.items.length };
    this.progress.textContent = fill(this.words.progress[kind] ?? "", values);
    this.top.hidden = !this.progress.textContent;
    this.top.style.setProperty("--done", `${(100 * this.position) / (this.steps.length - 1)}%`);
  }

  /** Brings the eye and the screen reader to the heading; as a guest, only once the pupil has done something. */
  lead() {
    if (this.ownsThePage) window.scrollTo(0, 0);
    if (this.ownsThePage || this.drawnBefore) this.screen.querySelector("h1").focus({ preventScroll: true });
    this.drawnBefore = true;
  }
}

/** Listens to keyboard, history and network for one survey; gives the function that stops listening. */
function listen(survey) {
  const stop = new AbortController();
  const { signal } = stop;
  const page = survey.ownsThePage ? document : survey.root;
  page.addEventListener("keydown", ({ key }) => key === "Escape" && survey.hide(true), { signal });
  window.addEventListener("online", () => survey.outbox.retryNow(), { signal });
  window.addEventListener("beforeunload", (event) => survey.outbox.isEmpty || event.preventDefault(), { signal });
  const back = ({ state }) => survey.go(state?.weerglas ?? 0, { remember: false });
  if (survey.ownsThePage) window.addEventListener("popstate", back, { signal });
  return () => stop.abort();
}

/** Says hello until the kernel answers with what to show, and then hands every reply to the survey. */
function render({ model, el }) {
  const root = element("div", { class: "leerling" });
  const transport = new KernelTransport(model);
  let survey = null;
  let silence = () => {};
  const hello = () => {
    try {
      transport.send({ kind: "hello" });
    } catch {
      // no kernel yet: the clock asks again, and the page's own words tell a pupil who waits too long
    }
  };
  const again = setInterval(hello, ASK_AGAIN_MS);
  const begin = (start) => {
    clearInterval(again);
    survey = new Survey(root, start, transport);
    silence = listen(survey);
    document.dispatchEvent(new Event("weerglas-ready"));
  };
  const hear = (reply) => {
    if (survey) survey.receive(reply);
    else if (reply.kind === "start" && !TRY_AGAIN.includes(reply.stopped)) begin(reply);
  };
  el.append(root);
  model.on("msg:custom", hear);
  hello();
  return () => {
    clearInterval(again);
    model.off("msg:custom", hear);
    survey?.outbox.close();
    silence();
  };
}

export default { render };
