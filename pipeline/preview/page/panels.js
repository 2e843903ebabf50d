// The panels beside the issue.
import { get, make, place, tell } from "./page.js";
import { showPlan } from "./plan.js";

let asked = 0;
let shown = ""; // what the panel holds: the same again replaces nothing, since a row may be under a finger or a focus

const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

const kilobytes = (bytes) => bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`;

const findings = (found, target) => {
  const { error, warning, note } = found.counts;
  const badge = document.getElementById("panel-findings");
  badge.replaceChildren("Findings", error + warning
    ? make("span", { class: error ? "badge error" : "badge", title: `${error} errors, ${warning} warnings` }, String(error + warning)) : "");
  const one = (each) => make("li", {},
    make("span", { class: `severity ${each.severity}` }, `${each.severity} ${each.code}`), " ", each.message,
    make("p", {}, place(each.path, each.line)),
    each.hint ? make("p", { class: "quiet" }, each.hint) : "");
  target.replaceChildren(
    make("p", { class: "quiet" }, `${count(error, "error")}, ${count(warning, "warning")}, ${count(note, "note")}${found.silenced ? `, ${found.silenced} silenced` : ""}`),
    found.findings.length ? "" : make("p", {}, "The checks found nothing."),
    make("ul", {}, ...found.findings.map(one)));
};

const SVG = "http://www.w3.org/2000/svg";

// A bar drawn as SVG, because the page's policy allows no style attribute for its widths.
const bar = (parts, limit) => {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 1000 10");
  drawn.setAttribute("preserveAspectRatio", "none");
  let from = 0;
  parts.forEach(({ size, what }, number) => {
    const part = document.createElementNS(SVG, "rect");
    const width = (size / limit) * 1000;
    part.setAttribute("x", from);
    part.setAttribute("width", Math.max(0, Math.min(width, 1000 - from) - 1));
    part.setAttribute("height", 10);
    part.setAttribute("fill", `hsl(${(210 + number * 47) % 360} 45% 55%)`);
    const name = document.createElementNS(SVG, "title");
    name.textContent = `${what}: ${kilobytes(size)}`;
    part.append(name);
    drawn.append(part);
    from += width;
  });
  return drawn;
};

const sizes = (found, target) => {
  const over = found.total > found.limit;
  const rows = (list) => make("table", { class: "sizes" }, make("tbody", {}, ...list.map((each) =>
    make("tr", {}, make("td", {}, each.what), make("td", {}, kilobytes(each.size))))));
  target.replaceChildren(
    make("h2", {}, "HTML"),
    make("div", { class: "meter", role: "img", "aria-label": `${kilobytes(found.bytes)} of ${kilobytes(found.limit)}` }, bar(found.parts, Math.max(found.limit, found.bytes))),
    make("p", { class: over ? "severity error" : "quiet" }, over
      ? `${kilobytes(found.bytes)}, and what a service adds: Gmail clips it at ${kilobytes(found.limit)}.`
      : `${kilobytes(found.bytes)} of the ${kilobytes(found.limit)} at which Gmail clips it.`),
    make("p", { class: "quiet" }, `A service adds ${kilobytes(found.added)} at most, for tracked links.`),
    rows(found.parts),
    ...(found.images.length ? [make("h2", {}, `Pictures: ${kilobytes(found.all_images)}`), rows(found.images)] : []));
};

const links = (found, target) => {
  const one = (each) => make("li", {},
    each.words.join(" · ") || make("span", { class: "quiet" }, "no text"),
    make("p", { class: "quiet" }, each.address));
  target.replaceChildren(make("p", { class: "quiet" }, `${found.links.length} addresses, in reading order`), make("ul", {}, ...found.links.map(one)));
};

const changes = (found, target) => {
  if (!found.built) return target.replaceChildren(make("p", { class: "quiet" }, "This edition has not been built yet: pressroom build"));
  const kind = (line) => line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : line.startsWith("@@") ? "where" : "";
  const file = (each) => [make("h2", {}, each.name), each.lines.length
    ? make("pre", { class: "diff" }, ...each.lines.map((line) => make("span", { class: kind(line) }, line || " ")))
    : make("p", { class: "quiet" }, "Same as in the last build.")];
  target.replaceChildren(...found.files.flatMap(file));
};

const sends = (found, target) => {
  if (!found.sends.length) return target.replaceChildren(make("p", { class: "quiet" }, "This issue was not sent from this machine."));
  const rows = (list) => make("table", { class: "sizes" }, make("tbody", {}, ...list.map(([name, number]) =>
    make("tr", {}, make("td", {}, name), make("td", {}, number.toLocaleString("en"))))));
  const refusal = (each) => make("li", {},
    make("span", { class: "severity error" }, `${each.count.toLocaleString("en")} refused`), " ", each.why,
    make("p", { class: "quiet" }, Object.entries(each.domains).map(([name, number]) => `${name || "forgotten"} ${number}`).join(", ")),
    make("p", { class: "quiet" }, `Mostly: ${each.reply}`));
  const one = (each) => [
    make("h2", {}, each.finished ? `Sent ${each.started}` : `Since ${each.started}, not finished`),
    rows(Object.entries(each.states)),
    make("ul", {}, ...each.refusals.map(refusal))];
  target.replaceChildren(...found.sends.flatMap(one));
};

const PANELS = { findings, size: sizes, links, changes, sends, plan: showPlan };

export const showPanel = async (name, target, state) => {
  const mine = ++asked;
  try {
    const found = await get(`panel/${name}`);
    const next = JSON.stringify([name, state.issue, found]);
    if (mine !== asked || next === shown) return;
    const top = target.scrollTop;
    PANELS[name](found, target, state);
    target.scrollTop = top;
    shown = next;
  } catch (error) {
    if (mine !== asked) return;
    shown = "";
    if (error.errors) target.replaceChildren(...error.errors.map((each) => make("p", {}, each.message)));
    else tell(error);
  }
};
