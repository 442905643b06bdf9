"use strict";
const form = document.forms[0];
const all = [...document.querySelectorAll("details[data-rule]")];
const count = document.getElementById("count");
for (const name of ["rule", "provider", "severity", "status"]) {
  for (const value of [...new Set(all.map((d) => d.dataset[name]))].sort()) {
    form.elements[name].add(new Option(value, value));
  }
}
function apply() {
  let shown = 0;
  const text = form.elements.path.value.toLowerCase();
  for (const d of all) {
    const fits = ["rule", "provider", "severity", "status"].every((n) => !form.elements[n].value || form.elements[n].value === d.dataset[n]);
    d.hidden = !(fits && d.dataset.path.toLowerCase().includes(text));
    shown += d.hidden ? 0 : 1;
  }
  count.textContent = shown + " of " + all.length + " shown";
}
form.addEventListener("input", apply);
form.addEventListener("submit", (e) => e.preventDefault());
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "Escape") { form.reset(); apply(); document.activeElement.blur(); return; }
  if (/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) return;
  if (e.key === "/") { e.preventDefault(); form.elements.path.focus(); return; }
  if (e.key !== "j" && e.key !== "k") return;
  const open = all.filter((d) => !d.hidden).map((d) => d.firstElementChild);
  const at = open.indexOf(document.activeElement);
  const next = open[at < 0 ? 0 : at + (e.key === "j" ? 1 : -1)];
  if (next) next.focus();
});
form.hidden = false;
apply();
