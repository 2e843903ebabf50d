// The plan: each article in or out, and why; articles are moved by dragging, with buttons or the keyboard.
import { make, place, post, say, tell } from "./page.js";

let pressed = false;
let dragged = null;
let waiting = null; // a newer plan that came during a press or a drag, which must not remove the row under the pointer

const released = () => {
  if (pressed || dragged) return;
  if (waiting) waiting();
  waiting = null;
};

const dropped = () => {
  dragged = null;
  released();
};

// A drag begins with a press and takes its pointer away; a click comes after its pointer is up.
document.addEventListener("pointerdown", (event) => { pressed = Boolean(event.target.closest(".article")); });
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => { pressed = false; released(); }));
}

const change = async (kind, values, words) => {
  try {
    await post("change", { kind, values });
    say(`${words} Undo reverts it.`);
  } catch (error) { tell(error); }
};

const move = (article, section, position) =>
  change("move", { slug: article.slug, section, position }, `“${article.title}” is now in ${section ? `“${section}”` : "the section without a title"}.`);

const undo = async () => {
  try {
    const { undone } = await post("undo", {});
    say(undone ? "Undone." : "There is nothing to undo, or the file was changed since.");
  } catch (error) { tell(error); }
};

// Where one step moves an article: within its section, or into the section before or after.
const step = (sections, at, number, by) => {
  const here = sections[at].articles;
  if (number + by >= 0 && number + by < here.length) return [sections[at].title, number + by];
  const other = sections[at + by];
  return other ? [other.title, by < 0 ? other.articles.length : 0] : null;
};

const button = (name, words, does) =>
  make("button", { type: "button", title: words, "aria-label": words, disabled: !does, onclick: does || undefined }, name);

const inPlan = (found, at, number) => {
  const article = found.sections[at].articles[number];
  const go = (by) => {
    const to = step(found.sections, at, number, by);
    return to && (() => move(article, ...to));
  };
  const row = make("li", { class: "article", draggable: !found.frozen && "true", tabindex: found.frozen ? null : "0", "data-slug": article.slug },
    make("div", { class: "words" }, place(article.path, null, article.title),
      make("p", { class: "quiet" }, article.pinned ? make("span", { class: "pinned" }, "pinned · ") : "", article.layout, article.reason ? ` · ${article.reason}` : "")),
    found.frozen ? null : make("div", { class: "does" },
      button("↑", `Move “${article.title}” up`, go(-1)),
      button("↓", `Move “${article.title}” down`, go(1)),
      article.pinned
        ? button("Unpin", `Unpin “${article.title}”`, () => change("unpin", { slug: article.slug }, `“${article.title}” is no longer pinned.`))
        : button("Pin", `Pin “${article.title}”`, () => change("pin", { slug: article.slug, section: found.sections[at].title }, `“${article.title}” is pinned.`)),
      button("Out", `Out: exclude “${article.title}”`, () => change("exclude", { slug: article.slug }, `“${article.title}” is excluded.`))));
  row.addEventListener("keydown", (event) => {
    if (!event.altKey || event.target !== row) return;
    const does = { ArrowUp: go(-1), ArrowDown: go(1) }[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  row.addEventListener("dragstart", (event) => { dragged = article; row.classList.add("dragged"); event.dataTransfer.setData("text/plain", article.slug); });
  row.addEventListener("dragend", () => { row.classList.remove("dragged"); dropped(); });
  return row;
};

// An article dropped on another goes before it; dropped elsewhere in a section, it goes to its end.
const droppable = (list, found, at) => {
  const marked = () => list.querySelectorAll(".before").forEach((each) => each.classList.remove("before"));
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    marked();
    list.classList.add("drop");
    event.target.closest(".article")?.classList.add("before");
  });
  list.addEventListener("dragleave", () => { list.classList.remove("drop"); marked(); });
  list.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const articles = found.sections[at].articles;
    const slug = event.target.closest(".article")?.dataset.slug;
    const from = articles.findIndex((each) => each.slug === dragged.slug);
    let position = slug ? articles.findIndex((each) => each.slug === slug) : articles.length;
    if (from >= 0 && from < position) position -= 1;
    move(dragged, found.sections[at].title, position);
  });
};

const outOfPlan = (found, each) => {
  const row = make("li", { class: "article", draggable: !found.frozen && "true", "data-slug": each.slug },
    make("div", { class: "words" }, each.path ? place(each.path, null, each.title) : each.title, make("p", { class: "quiet" }, each.reason)),
    found.frozen ? null : make("div", { class: "does" },
      each.excluded ? button("In", `In: let “${each.title}” in again`, () => change("include", { slug: each.slug }, `“${each.title}” is no longer excluded.`)) : ""));
  row.addEventListener("dragstart", (event) => { dragged = each; event.dataTransfer.setData("text/plain", each.slug); });
  row.addEventListener("dragend", dropped);
  return row;
};

// Keyboard focus survives a new plan, so that an article can be moved several times.
const focused = (target) => {
  const on = target.contains(document.activeElement) ? document.activeElement : null;
  const row = on?.closest("[data-slug]");
  return row && { slug: row.dataset.slug, name: on.getAttribute("aria-label") };
};

export const showPlan = (found, target, state) => {
  if (pressed || dragged) {
    waiting = () => showPlan(found, target, state);
    return;
  }
  const held = focused(target);
  const sections = found.sections.flatMap((section, at) => {
    const list = make("ol", {}, ...section.articles.map((_, number) => inPlan(found, at, number)));
    if (!found.frozen) droppable(list, found, at);
    if (!section.articles.length) list.append(make("li", { class: "quiet" }, "Nothing yet."));
    const count = section.limit ? `${section.articles.length} of at most ${section.limit}` : String(section.articles.length);
    return [make("h2", {}, section.title || "(no title)", make("span", { class: "badge" }, count)), list];
  });
  target.replaceChildren(
    found.frozen
      ? make("p", { class: "quiet" }, `This issue is frozen: its lock has the selection. To select again, run: pressroom assemble ${state.issue} --update`)
      : !sections.length ? make("p", { class: "quiet" }, "The issue has no sections: the letter is all.")
      : make("p", { class: "quiet" }, "Drag an article, or select it and press Alt with an arrow key. ", make("button", { class: "undo", type: "button", onclick: undo }, "Undo")),
    ...sections,
    make("h2", {}, "Out", make("span", { class: "badge" }, String(found.out.length))),
    make("ul", {}, ...found.out.map((each) => outOfPlan(found, each))));
  if (held) {
    const row = target.querySelector(`[data-slug="${CSS.escape(held.slug)}"]`);
    const same = held.name && row?.querySelector(`[aria-label="${CSS.escape(held.name)}"]:enabled`);
    (same || row)?.focus();
  }
};
