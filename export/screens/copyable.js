// A text to take elsewhere: shown as it is, copied with one button, and said to be copied.

function render({ model, el }) {
  const words = model.get("words");
  const label = document.createElement("label");
  const field = document.createElement("textarea");
  const button = document.createElement("button");
  const said = document.createElement("span");
  const name = `tekst-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  label.htmlFor = field.id = name;
  label.textContent = model.get("label");
  field.readOnly = true;
  field.rows = 7;
  button.type = "button";
  button.textContent = words.kopieren;
  said.setAttribute("role", "status");
  el.classList.add("weerglas-copyable");
  el.append(label, field, button, said);

  const show = () => { field.value = model.get("text"); said.textContent = ""; };
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = words.gekopieerd;
    } catch {
      said.textContent = words.zelf_kopieren; // the browser does not let a page do it; the text is selected
    }
  });
  show();
  model.on("change:text", show);
  return () => model.off("change:text", show);
}

export default { render };
