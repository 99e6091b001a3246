// A file on its way to the kernel: in parts that fit a frame, each asked for by the kernel, so that none piles up.

const PART = 32 * 1024;

function render({ model, el }) {
  const words = model.get("words");
  const label = document.createElement("label");
  const field = document.createElement("input");
  const said = document.createElement("span");
  const name = `bestand-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  label.htmlFor = field.id = name;
  label.textContent = model.get("label");
  field.type = "file";
  field.accept = model.get("accept");
  said.setAttribute("role", "status");
  el.classList.add("weerglas-upload");
  el.append(label, field, said);
  let content = null;

  field.addEventListener("change", async () => {
    const file = field.files[0];
    if (!file) return;
    if (file.size > model.get("largest")) {
      model.send({ kind: "too_large" });
      field.value = "";
      return;
    }
    content = await file.arrayBuffer();
    said.textContent = words.bezig.replace("{name}", file.name);
    model.send({ kind: "begin", name: file.name, size: content.byteLength });
    field.value = ""; // so that the same file, corrected, can be chosen again
  });

  function hear(message) {
    if (message.kind === "more" && content) {
      const part = content.slice(message.from, message.from + PART);
      model.send({ kind: "part", from: message.from }, undefined, [part]);
    }
    if (message.kind === "done") {
      content = null;
      said.textContent = "";
    }
  }

  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

export default { render };
