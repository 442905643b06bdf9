"use strict";
const form = document.forms[0];
const all = [...document.querySelectorAll("details[data-rule]")];
const count = document.getElementById("count");
const WORST = ["critical", "high", "medium", "low"];
const AGES = [[1, "up to a day"], [7, "up to a week"], [31, "up to a month"], [366, "up to a year"], [-366, "over a year"]];
// A finding has one of each, but several owners.
const values = (d, name) => d.dataset[name].split("\n").filter(Boolean);
const LISTS = ["rule", "provider", "severity", "status", "owner"];
for (const name of LISTS) {
  const counts = new Map();
  for (const value of all.flatMap((d) => values(d, name))) counts.set(value, (counts.get(value) || 0) + 1);
  const names = [...counts.keys()].sort();
  if (name === "severity") names.sort((a, b) => WORST.indexOf(a) - WORST.indexOf(b));
  for (const value of names) form.elements[name].add(new Option(value + " (" + counts.get(value) + ")", value));
  form.elements[name].disabled = names.length === 0;
}
for (const [days, words] of AGES) form.elements.age.add(new Option(words, days));
form.elements.age.disabled = !all.some((d) => d.dataset.days);
function aged(d) {
  const limit = Number(form.elements.age.value);
  if (!limit) return true;
  if (!d.dataset.days) return false;
  return limit > 0 ? d.dataset.days <= limit : d.dataset.days > -limit;
}
function apply() {
  let shown = 0;
  const text = form.elements.path.value.toLowerCase();
  for (const d of all) {
    const fits = LISTS.every((n) => !form.elements[n].value || values(d, n).includes(form.elements[n].value));
    d.hidden = !(fits && aged(d) && d.dataset.path.toLowerCase().includes(text));
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
