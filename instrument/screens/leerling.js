// The pupil's page: where the pupil is, what is chosen, and what the server said about it. What it looks like is in
// screens.js and answers.js, what is on its way in outbox.js. Answers stay in memory: never in the address, never in
// the browser's storage.

const ASK_AGAIN_MS = 3000; // the kernel may not listen yet when the page says hello

const TRY_AGAIN = ["busy", "not_saved", "fault"]; // refusals that may pass: the outbox keeps the answer

class Survey {
  constructor(root, start, line) {
    Object.assign(this, { root, line, texts: start.texts, edition: start.edition, trial: start.trial });
    Object.assign(this, { stopped: start.stopped, submitted: start.submitted, submitting: false, connection: "" });
    this.answers = new Map(); // item code to stored value, chosen on this page
    this.earlier = new Set(start.answered); // item codes answered before; their values never come back here
    this.followedUp = new Set(start.followed_up); // the follow-up questions that those answers call for
    this.outbox = new Outbox(line, (connection) => this.showConnection(connection));
    line.failed = () => this.outbox.lineFailed();
    this.reader = new Reader(() => this.showReading());
    this.languages = Object.keys(this.texts).filter((language) => this.edition?.languages.includes(language) ?? true);
    const [, atTheDoor] = document.cookie.match(/weerglas_taal=(\w+)/) ?? [];
    this.language = this.languages.includes(atTheDoor) ? atTheDoor : this.languages[0];
    this.justResumed = this.earlier.size > 0;
    this.ownsThePage = document.body.dataset.weerglas === "leerling"; // in JupyterLab it is a guest
    this.layOut();
    this.key = this.justResumed ? this.firstOpen() : "welcome";
    this.build();
    this.draw();
  }

  get words() {
    return this.texts[this.language];
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

  // Where the pupil is. A screen has a key of its own, for its number changes with the answers before it.

  /** Finds anew which questions are asked; to be called after every answer. */
  layOut() {
    this.visible = this.edition ? visibleItems(this.edition, this.answers, this.earlier, this.followedUp) : [];
    this.screens = this.edition ? screensOf(this.edition, this.visible) : [];
  }

  get position() {
    return Math.max(0, this.screens.findIndex(({ key }) => key === this.key));
  }

  get current() {
    return this.screens[this.position];
  }

  /** The first open question, or the end; the explanation just before it comes along. */
  firstOpen() {
    const found = this.screens.findIndex(({ kind, item }) => kind === "end" || (item && this.isOpen(item)));
    const before = this.screens[found - 1];
    return (before?.kind === "explanation" ? before : this.screens[found])?.key;
  }

  step(distance) {
    this.go(this.screens[Math.max(0, Math.min(this.position + distance, this.screens.length - 1))].key);
  }

  go(key, { remember = true } = {}) {
    if (this.submitting || this.submitted || this.stopped) return;
    this.key = key;
    this.justResumed = false;
    if (remember && this.ownsThePage) history.pushState({ weerglas: key }, "");
    this.draw();
  }

  // What a pupil does.

  choose(item, value) {
    this.earlier.delete(item.code);
    if (value === null) this.answers.delete(item.code);
    else this.answers.set(item.code, value);
    this.outbox.save(item.code, value);
    this.layOut();
    this.drawProgress(this.current.kind);
  }

  clear(item) {
    this.choose(item, null);
    this.draw();
  }

  speak(language) {
    this.language = language;
    this.draw();
  }

  read() {
    if (this.reader.isReading) this.reader.stop();
    else this.reader.read(this.screen, this.language, this.recording);
  }

  get recording() {
    const recorded = this.current?.item?.recorded[this.language];
    return recorded && this.line.recordings ? this.line.recordings + recorded : null;
  }

  submit() {
    if (this.submitting) return;
    this.submitting = true;
    this.draw();
    this.outbox.finish();
  }

  hide(hidden) {
    this.reader.stop();
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
    this.layOut();
    this.draw();
    this.screen.prepend(element("p", { class: "notice", role: "alert" }, this.refusalOf(message)));
  }

  refusalOf(message) {
    if (message.kind === "submit") return this.words.end.not_submitted;
    const number = this.visible.findIndex(({ code }) => code === message.item) + 1;
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
    this.aloud = element("button", { type: "button", class: "aloud", onclick: () => this.read() });
    this.screen = element("div", { class: "screen" });
    this.dialog = element("dialog", { class: "help", "aria-labelledby": "leerling-help" });
    this.cover = element("div", { class: "cover", hidden: true });
    this.track = element("div", { class: "track", "aria-hidden": "true" });
    const words = element("div", { class: "words" }, this.progress, this.status);
    this.top = element("div", { class: "line" }, words, this.aloud);
    const card = element("div", { class: "card" }, this.top, this.track, this.screen);
    this.page = element("div", { class: "page" }, this.bar, this.banner, card, this.dialog);
    this.root.replaceChildren(this.page, this.cover);
  }

  draw() {
    const kind = this.stopped ? "stopped" : this.submitted ? "thanks" : this.current.kind;
    this.reader.stop();
    Object.assign(this.root, { lang: this.language, dir: this.words.direction });
    if (this.ownsThePage) document.documentElement.lang = this.language;
    this.bar.replaceChildren(...barButtons(this));
    this.banner.textContent = this.words.trial.banner;
    this.drawProgress(kind);
    this.screen.dataset.kind = kind;
    this.screen.replaceChildren(...SCREENS[kind](this).filter(Boolean));
    this.dialog.replaceChildren(...dialogContent(this));
    this.cover.replaceChildren(...coverContent(this));
    this.showConnection(this.connection);
    this.showReading();
    this.lead();
  }

  /** The words count; the track beside them is for the eye only. */
  drawProgress(kind) {
    const values = { number: this.current?.number, total: this.visible.length };
    this.progress.textContent = fill(this.words.progress[kind] ?? "", values);
    this.track.hidden = !this.progress.textContent;
    this.track.style.setProperty("--done", `${(100 * this.position) / (this.screens.length - 1)}%`);
  }

  /** Shows the way to have the screen read aloud, where this device has a voice for the language. */
  showReading() {
    const { stop, read } = this.words.voice;
    this.aloud.hidden = !this.reader.canRead(this.language, this.recording);
    this.aloud.textContent = this.reader.isReading ? stop : read;
    this.top.hidden = this.aloud.hidden && this.track.hidden; // nothing to say, and no place for it
  }

  /** Brings the eye and the screen reader to the heading; as a guest, only once the pupil has done something. */
  lead() {
    if (this.ownsThePage) window.scrollTo(0, 0);
    if (this.ownsThePage || this.drawnBefore) this.screen.querySelector("h1").focus({ preventScroll: true });
    this.drawnBefore = true;
  }

  close() {
    this.reader.stop();
    this.outbox.close();
    this.line.close();
  }
}

/** Listens to keyboard, history, network and voices for one survey; gives the function that stops listening. */
function listen(survey) {
  const stop = new AbortController();
  const { signal } = stop;
  const page = survey.ownsThePage ? document : survey.root;
  page.addEventListener("keydown", ({ key }) => key === "Escape" && survey.hide(true), { signal });
  window.addEventListener("online", () => survey.outbox.retryNow(), { signal });
  document.addEventListener("weerglas-line", () => survey.outbox.retryNow(), { signal });
  window.addEventListener("beforeunload", (event) => survey.outbox.isEmpty || event.preventDefault(), { signal });
  window.addEventListener("pagehide", () => survey.reader.stop(), { signal });
  document.addEventListener("visibilitychange", () => document.hidden || survey.outbox.retryNow(), { signal });
  speech?.addEventListener?.("voiceschanged", () => survey.showReading(), { signal });
  const back = ({ state }) => survey.go(state?.weerglas ?? "welcome", { remember: false });
  if (survey.ownsThePage) window.addEventListener("popstate", back, { signal });
  return () => stop.abort();
}

/** Says hello until the server answers with what to show, and then hands every reply to the survey. */
function render({ model, el }) {
  const root = element("div", { class: "leerling" });
  let survey = null;
  let silence = () => {};
  const hear = (reply) => {
    if (survey) survey.receive(reply);
    else if (reply.kind === "start" && !TRY_AGAIN.includes(reply.stopped)) begin(reply);
  };
  const line = new Line(model, hear);
  // Where nothing answers, the clock asks again, and the page's own words tell a pupil who waits too long.
  const again = setInterval(() => line.send({ kind: "hello" }, true), ASK_AGAIN_MS);
  const begin = (start) => {
    clearInterval(again);
    survey = new Survey(root, start, line);
    silence = listen(survey);
    document.dispatchEvent(new Event("weerglas-ready"));
  };
  el.append(root);
  line.send({ kind: "hello" });
  return () => {
    clearInterval(again);
    survey?.close();
    line.close();
    silence();
  };
}

export default { render };
