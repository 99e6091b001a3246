// A file from the kernel: saved at once, and kept as a link until another comes. Nothing of it is in an address.

function render({ model, el }) {
  const words = model.get("words");
  const place = document.createElement("div");
  place.setAttribute("role", "status");
  el.append(place);
  let address = null;

  function withdraw() {
    if (address) URL.revokeObjectURL(address);
    address = null;
    place.replaceChildren();
  }

  function offer({ name, media_type }, content) {
    withdraw();
    address = URL.createObjectURL(new Blob([content], { type: media_type }));
    const explained = document.createElement("p");
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.textContent = words.opslaan.replace("{name}", name);
    explained.append(words.klaar + " ", link);
    place.append(explained);
    link.click();
  }

  function hear(message, buffers) {
    if (message.kind === "offer") offer(message, buffers[0]);
    if (message.kind === "withdraw") withdraw();
  }

  model.on("msg:custom", hear);
  return () => {
    model.off("msg:custom", hear);
    withdraw();
  };
}

export default { render };
