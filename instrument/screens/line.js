// The line to the server: the kernel's socket, and plain HTTP beside it where that is silent or gone.
// Knows no answer and no screen; what it carries may arrive twice, and is kept once under its number.

const POST_PATIENCE_MS = 10000; // a request that takes longer counts as failed, and is sent again later

/** Proves that a request comes from a page of ours. */
const tokenOfForms = () => document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? "";

class Line {
  /** `hear` gets every reply; `failed` is called when a message did not get away over either. */
  constructor(model, hear, failed = () => {}) {
    Object.assign(this, { model, hear, failed });
    const { line = "{}" } = document.body.dataset; // given by our own page; JupyterLab has only the socket
    Object.assign(this, JSON.parse(line)); // address of the HTTP way, and of recordings
    this.turn = Promise.resolve();
    this.fromKernel = (reply) => hear(reply);
    model.on("msg:custom", this.fromKernel);
  }

  /** Sends without waiting. What is sent `again` got no reply over the socket, so it goes over HTTP. */
  send(message, again = false) {
    if (again && this.address) return this.post(message);
    try {
      this.model.send(message); // having sent says nothing about arrival
    } catch {
      if (this.address) this.post(message);
      else this.failed();
    }
  }

  /** One request at a time, so that messages arrive in the order in which they were sent. */
  post(message) {
    this.turn = this.turn.then(() => this.request(message)).then(this.hear, this.failed);
  }

  async request(message) {
    const reply = await fetch(this.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-XSRFToken": tokenOfForms() },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(POST_PATIENCE_MS),
    });
    if (reply.status >= 500) throw new Error("the server cannot answer now");
    return reply.json();
  }

  close() {
    this.model.off("msg:custom", this.fromKernel);
  }
}
