// What the pupil chose and the server has not acknowledged yet. Knows no screen and no words.

const PATIENCE_MS = 4000; // after this silence the pupil is told that there is no connection
const LONGEST_PAUSE_MS = 15000; // between two attempts: a long outage must not pile up hundreds of copies

/** Keeps each numbered message until it is acknowledged, and sends it again, in order, until then. */
class Outbox {
  /** `report` is called with "saving", "saved" or "offline". */
  constructor(line, report) {
    this.line = line;
    this.report = report;
    this.waiting = [];
    // A page of its own for the store: numbers count within it, whatever clocks and other tabs do.
    this.page = Math.random().toString(36).slice(2, 10);
    this.nextNumber = 1;
    this.finishing = false;
    this.calm();
    this.clock = setInterval(() => this.retryWhenDue(), 500);
  }

  get isEmpty() {
    return this.waiting.length === 0;
  }

  /** A later choice replaces an earlier one that is still waiting: sent again, that one would win. */
  save(item, value) {
    this.waiting = this.waiting.filter((message) => message.item !== item);
    this.add({ kind: "save", page: this.page, item, value });
  }

  /** Asks to submit once, as soon as everything is saved. */
  finish() {
    if (this.finishing) return;
    this.finishing = true;
    this.submitWhenEmpty();
  }

  acknowledge(number) {
    const known = this.remove(number);
    this.calm();
    if (known && this.isEmpty) this.report("saved");
    this.submitWhenEmpty();
  }

  /** Takes a refused message out and returns it: sending it again would not help. */
  refuse(number) {
    const refused = this.remove(number);
    if (refused?.kind === "submit") this.finishing = false;
    if (refused && this.isEmpty) this.report("");
    this.submitWhenEmpty();
    return refused;
  }

  retryNow() {
    if (this.isEmpty) return;
    this.lastSent = Date.now();
    for (const message of this.waiting) this.line.send(message, true);
  }

  close() {
    clearInterval(this.clock);
    this.waiting = [];
  }

  submitWhenEmpty() {
    if (this.finishing && this.isEmpty) this.add({ kind: "submit" });
  }

  add(message) {
    if (this.isEmpty) this.calm();
    const numbered = { ...message, seq: this.nextNumber++ };
    this.waiting.push(numbered);
    if (this.pause === PATIENCE_MS) this.report("saving");
    this.line.send(numbered);
  }

  remove(number) {
    const found = this.waiting.find((message) => message.seq === number);
    this.waiting = this.waiting.filter((message) => message !== found);
    return found;
  }

  /** The line could not carry something: told at once, and tried again when it is due. */
  lineFailed() {
    if (!this.isEmpty) this.report("offline");
  }

  calm() {
    this.lastSent = Date.now();
    this.pause = PATIENCE_MS;
  }

  retryWhenDue() {
    if (this.isEmpty || Date.now() - this.lastSent < this.pause) return;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    this.report("offline");
    this.retryNow();
  }
}
