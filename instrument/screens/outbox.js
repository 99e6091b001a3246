// What the pupil chose and the server has not acknowledged yet. Knows no screen and no words.
// leerling.py puts this file in front of leerling.js, so that the browser receives one module.

const PATIENCE_MS = 4000; // after this silence the pupil is told that there is no connection
const LONGEST_PAUSE_MS = 15000; // between two attempts: a long outage must not pile up hundreds of copies

/** The way to the kernel: one object with `send`, so that another way can stand beside it. */
class KernelTransport {
  constructor(model) {
    this.model = model;
  }

  /** Sends or throws; having sent says nothing about arrival. */
  send(message) {
    this.model.send(message);
  }
}

/** Keeps each numbered message until it is acknowledged, and sends it again, in order, until then. */
class Outbox {
  /** `report` is called with "saving", "saved" or "offline". */
  constructor(transport, report) {
    this.transport = transport;
    this.report = report;
    this.waiting = [];
    // Rising over reloads and, nearly always, different in two tabs of one session.
    this.nextNumber = Date.now() * 1000 + Math.floor(Math.random() * 1000);
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
    this.add({ kind: "save", item, value });
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
    for (const message of this.waiting) this.post(message);
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
    this.post(numbered);
  }

  remove(number) {
    const found = this.waiting.find((message) => message.seq === number);
    this.waiting = this.waiting.filter((message) => message !== found);
    return found;
  }

  post(message) {
    try {
      this.transport.send(message);
    } catch {
      this.report("offline");
    }
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
