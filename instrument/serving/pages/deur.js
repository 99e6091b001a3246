// What stands behind the # of a link goes into the form, and out of the address: it is sent to nobody before.

const field = document.querySelector("input[data-from-link]");
const given = decodeURIComponent(location.hash.slice(1));
if (field && given) {
  history.replaceState(null, "", location.pathname);
  field.value = given.slice(0, 200);
  field.form.querySelector("button").focus();
}
