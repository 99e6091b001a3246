// The stations of a page as buttons; which one is open is said to a screen reader, and found again after a reload.

const KEPT = "weerglas-station";

function render({ model, el }) {
  const nav = document.createElement("nav");
  const list = document.createElement("ul");
  nav.className = "weerglas-stations";
  nav.setAttribute("aria-label", model.get("label"));
  nav.append(list);
  el.append(nav);

  const buttons = model.get("stations").map(({ code, title }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.dataset.station = code;
    button.addEventListener("click", () => choose(code));
    item.append(button);
    list.append(item);
    return button;
  });

  function choose(code) {
    model.set("chosen", code);
    model.save_changes();
  }

  function show() {
    const chosen = model.get("chosen");
    for (const button of buttons) {
      if (button.dataset.station === chosen) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    if (chosen) sessionStorage.setItem(KEPT, chosen);
  }

  const kept = sessionStorage.getItem(KEPT);
  if (buttons.some((button) => button.dataset.station === kept)) choose(kept);
  show();
  model.on("change:chosen", show);
  return () => model.off("change:chosen", show);
}

export default { render };
