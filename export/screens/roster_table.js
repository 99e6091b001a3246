// The stamgroepen of a school as a table to fill in. What is kept is decided in Python; this only asks.

function render({ model, el }) {
  const words = model.get("words");
  const table = element("table", { class: "weerglas-roster" });
  const head = element("tr", {}, ...["naam", "leerjaar", "leerlingen"].map((name) =>
    element("th", { scope: "col" }, words[name])), element("th", { scope: "col" }, words.rij));
  const body = element("tbody");
  const total = element("td");
  const foot = element("tr", {}, element("th", { scope: "row" }, words.totaal), element("td"), total, element("td"));
  table.append(element("thead", {}, head), body, element("tfoot", {}, foot));
  const add = element("button", { type: "button" }, words.toevoegen);
  const keep = element("button", { type: "button", class: "primary" }, words.bewaren);
  el.classList.add("weerglas-roster-box");
  el.append(table, element("p", {}, add, " ", keep));

  function field(row, name, kind) {
    const input = element("input", { type: kind, "data-field": name, "aria-label": words[name] });
    if (kind === "number") Object.assign(input, { min: 1, max: name === "leerjaar" ? 8 : 200, step: 1 });
    input.value = row[name] ?? "";
    input.addEventListener("input", count);
    return element("td", {}, input);
  }

  function addRow(row) {
    const away = element("button", { type: "button" }, words.weg);
    const line = element("tr", {}, field(row, "naam", "text"), field(row, "leerjaar", "number"),
      field(row, "leerlingen", "number"), element("td", {}, away));
    away.addEventListener("click", () => {
      const next = line.nextElementSibling ?? line.previousElementSibling;
      line.remove();
      (next?.querySelector("input") ?? add).focus();
      count();
    });
    body.append(line);
    return line;
  }

  function rows() {
    return [...body.rows].map((line) => {
      const [name, leerjaar, pupils] = [...line.querySelectorAll("input")].map((input) => input.value.trim());
      return { name, leerjaar: Number(leerjaar), pupils: Number(pupils) };
    });
  }

  function count() {
    total.textContent = rows().reduce((sum, row) => sum + (row.pupils || 0), 0);
    [...body.rows].forEach((line, index) => {
      const name = rows()[index].name || index + 1;
      for (const input of line.querySelectorAll("input")) {
        input.setAttribute("aria-label", `${words[input.dataset.field]}, ${name}`);
      }
      line.querySelector("button").setAttribute("aria-label", `${words.weg}: ${name}`);
    });
  }

  function show() {
    body.replaceChildren();
    for (const row of model.get("rows")) addRow(row);
    count();
  }

  add.addEventListener("click", () => {
    addRow({}).querySelector("input").focus();
    count();
  });
  keep.addEventListener("click", () => model.send({ kind: "keep", rows: rows() }));
  show();
  model.on("change:rows", show);
  return () => model.off("change:rows", show);
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export default { render };
