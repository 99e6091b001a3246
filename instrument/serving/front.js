// The pupil's page without JupyterLab's front end: one kernel's WebSocket, one comm, custom messages and nothing else.
// Voilà's own page loads more than a megabyte for this. application.py puts this file behind the page's module.

const PROTOCOL = "v1.kernel.websocket.jupyter.org";
const OPENING_MS = 2500; // then the page begins without the socket, over HTTP
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS_OF_SOCKET = 10000;

const packed = new TextEncoder();
const unpacked = new TextDecoder();

/** A frame of Jupyter's v1 protocol: a count of offsets, the offsets, and the parts between them. */
function frameOf(channel, header, content) {
  const parts = [channel, ...[header, {}, {}, content].map((part) => JSON.stringify(part))].map((part) => packed.encode(part));
  const first = 8 * (parts.length + 2);
  const offsets = parts.reduce((found, part) => [...found, found.at(-1) + part.length], [first]);
  const frame = new Uint8Array(offsets.at(-1));
  const numbers = new DataView(frame.buffer);
  [offsets.length, ...offsets].forEach((number, index) => numbers.setBigUint64(8 * index, BigInt(number), true));
  parts.forEach((part, index) => frame.set(part, offsets[index]));
  return frame;
}

/** The header and the content of a frame. */
function partsOf(buffer) {
  const numbers = new DataView(buffer);
  const offsetOf = (index) => Number(numbers.getBigUint64(8 * (index + 1), true));
  const part = (index) => JSON.parse(unpacked.decode(new Uint8Array(buffer, offsetOf(index), offsetOf(index + 1) - offsetOf(index))));
  return { header: part(1), content: part(4) };
}

/** The one model of the page as anywidget's modules expect it: `send`, `on` and `off`. */
class KernelSocket {
  constructor({ kernel, comm, sockets }) {
    Object.assign(this, { comm, listeners: new Set(), pause: SHORTEST_PAUSE_MS });
    this.session = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    this.address = `${location.origin.replace(/^http/, "ws")}${sockets}${kernel}/channels?session_id=${this.session}`;
    this.opened = new Promise((resolve) => (this.haveOpened = resolve));
    this.open();
  }

  open() {
    this.socket = new WebSocket(this.address, [PROTOCOL]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.pause = SHORTEST_PAUSE_MS;
      this.haveOpened();
      document.dispatchEvent(new Event("weerglas-line")); // what waits need not wait for its turn
    };
    this.socket.onmessage = ({ data }) => this.receive(partsOf(data));
    this.socket.onclose = () => {
      setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE_MS_OF_SOCKET);
    };
  }

  receive({ header, content }) {
    if (header.msg_type !== "comm_msg" || content.comm_id !== this.comm || content.data.method !== "custom") return;
    for (const listener of this.listeners) listener(content.data.content);
  }

  /** Sends or throws; having sent says nothing about arrival. */
  send(message) {
    if (this.socket.readyState !== WebSocket.OPEN) throw new Error("the socket is not open");
    const id = `${this.session}-${Date.now()}-${Math.random()}`;
    const about = { msg_id: id, msg_type: "comm_msg", username: "", session: this.session, version: "5.3" };
    const header = { ...about, date: new Date().toISOString() };
    this.socket.send(frameOf("shell", header, { comm_id: this.comm, data: { method: "custom", content: message } }));
  }

  on(_name, listener) {
    this.listeners.add(listener);
  }

  off(_name, listener) {
    this.listeners.delete(listener);
  }
}

/** The page's own words while there is nothing to show. */
function wait() {
  const soon = document.getElementById("loading");
  const late = setTimeout(() => {
    for (const words of soon.querySelectorAll("p")) words.hidden = !words.classList.contains("late");
  }, 20000);
  document.addEventListener("weerglas-ready", () => {
    clearTimeout(late);
    soon.remove();
  });
}

async function begin() {
  wait();
  const model = new KernelSocket(JSON.parse(document.body.dataset.kernel));
  await Promise.race([model.opened, new Promise((resolve) => setTimeout(resolve, OPENING_MS))]);
  render({ model, el: document.getElementById("survey") });
}

begin();
