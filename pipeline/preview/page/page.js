// The page of the preview: the selection is in the hash of the address, what is shown comes from the server.
import { showPanel } from "./panels.js";

const VIEWS = ["email", "text", "inbox", "web", "feeds", "source"];
const PANELS = ["findings", "plan", "size", "links", "changes", "sends"];
const STANDARD = { view: "email", panel: "findings", width: "full", scheme: "light", kind: "html" };

const NOTES = {
  forced: "Some mail programs invert colours without asking. Their algorithm is not published: this is an approximation.",
  outlook: "This is the markup that Outlook for Windows reads. Its engine, Word, lays it out differently from a browser.",
};

const at = (id) => document.getElementById(id);
const stage = at("stage");
let state = {};
let asked = 0;
let refreshed = 0;

export const make = (tag, properties = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
};

export const say = (words) => { at("said").textContent = words; };

// --- the selection -------------------------------------------------------------------------------

const chosen = () => ({ ...STANDARD, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) });

const choose = (changes) => {
  const now = { ...chosen(), ...changes };
  for (const [name, value] of Object.entries(now)) if (!value || value === STANDARD[name]) delete now[name];
  history.replaceState(null, "", `#${new URLSearchParams(now)}`);
};

// The selected edition, and further values, as a query.
export const query = (more = {}) => {
  const { issue, audience, recipient } = chosen();
  const wanted = Object.entries({ issue, audience, recipient, ...more }).filter(([, value]) => value);
  return new URLSearchParams(wanted).toString();
};

// --- requests -----------------------------------------------------------------------------------

export const get = async (path, more) => {
  const answer = await fetch(`${path}?${query(more)}`);
  const found = await answer.json();
  if (!answer.ok) throw found;
  return found;
};

export const post = async (path, body) => {
  const answer = await fetch(`${path}?${query()}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw found;
  return found;
};

const words = (error) => error.errors
  ? error.errors.map((each) => [each.message, each.hint].filter(Boolean).join(" ")).join(" ")
  : "The preview does not answer. Is it still running?";

export const tell = (error) => say(words(error));

// A place in a file, which opens it in the editor.
export const place = (path, line, words) => {
  const shown = line ? `${path}:${line}` : path;
  const look = words ? "place title" : "place";
  if (state.editor_url) {
    const whole = `${state.root}/${path}`.split("/").map(encodeURIComponent).join("/");
    const href = state.editor_url.replace("{path}", whole).replace("{line}", line || 1);
    return make("a", { class: look, href, title: shown }, words ?? shown);
  }
  const open = async () => {
    try {
      await post("open", { path, line });
      say(`${shown} is opened in the editor.`);
    } catch (error) { tell(error); }
  };
  return make("button", { class: look, type: "button", title: `Open ${shown} in the editor`, onclick: open }, words ?? shown);
};

// --- the views ------------------------------------------------------------------------------------

// A new frame replaces the last one once it has loaded, with the same scroll position.
const showFrame = (src, width) => new Promise((done) => {
  const before = stage.querySelector("iframe:not(.coming)");
  const wide = width === "full" ? "none" : `${width}px`;
  if (before?.getAttribute("src") === src) {
    before.style.maxWidth = wide;
    return done();
  }
  for (const each of stage.querySelectorAll("iframe.coming")) { each.dispatchEvent(new Event("passed")); each.remove(); }
  const frame = make("iframe", { class: "coming", title: "The issue", sandbox: "allow-same-origin", src });
  frame.style.maxWidth = wide;
  frame.addEventListener("passed", done);
  frame.addEventListener("load", () => {
    done();
    if (!frame.classList.contains("coming")) return;
    const scrolled = before?.contentWindow?.scrollY ?? 0;
    frame.classList.remove("coming");
    [...stage.children].forEach((each) => { if (each !== frame) each.remove(); });
    frame.contentWindow.scrollTo(0, scrolled);
    stage.dataset.revision = state.revision;
  }, { once: true });
  if (!before) stage.replaceChildren();
  stage.append(frame);
});

const replaceStage = (...children) => {
  const top = stage.scrollTop;
  stage.replaceChildren(...children);
  stage.scrollTop = top;
  stage.dataset.revision = state.revision;
};

const inbox = () => {
  const { sender, subject, preview_text: rest } = state.inbox;
  const others = [["Somebody else", "Another message", "which came before this one"], ["A shop", "Last chance", "and the one after it"]];
  const desktop = (from, title, more, faded) => make("div", { class: faded ? "row faded" : "row" },
    make("span", { class: "from" }, from),
    make("span", { class: "words" }, make("b", {}, title), make("span", {}, ` – ${more}`)),
    make("span", { class: "when" }, "9:00"));
  const phone = (from, title, more, faded) => make("div", { class: faded ? "row faded" : "row" },
    make("span", { class: "from" }, from), make("span", { class: "when" }, "9:00"),
    make("span", { class: "title" }, title), make("span", { class: "rest" }, more));
  const list = (row, kind) => make("div", { class: `list ${kind}` },
    row(sender, subject, rest), ...others.map((each) => row(...each, true)));
  replaceStage(
    make("h2", {}, "On a phone"), list(phone, "phone"),
    make("h2", {}, "On a desktop"), list(desktop, "desktop"),
    make("p", { class: "note" }, `The subject has ${[...subject].length} characters, the preview text ${[...rest].length}. Mail programs differ in where they cut.`),
  );
};

const feeds = async (mine) => {
  const { feeds: found } = await get("panel/feeds");
  if (mine !== asked) return;
  const select = at("feed");
  const wanted = chosen().feed || found[0]?.path;
  select.replaceChildren(...found.map((each) => make("option", { value: each.path, selected: each.path === wanted }, each.path)));
  const feed = found.find((each) => each.path === wanted) || found[0];
  if (!feed) return replaceStage(make("p", { class: "note" }, "This edition is private: no feed has it."));
  const item = (each, number) => {
    const frame = make("iframe", { title: each.title, sandbox: "allow-same-origin" });
    const whole = make("details", {}, make("summary", {}, "Read it"), frame);
    whole.addEventListener("toggle", () => {
      if (whole.open && !frame.src) frame.src = `frame/item?${query({ path: feed.path, item: String(number), revision: state.revision })}`;
    });
    return make("article", {},
      make("h2", {}, each.title), make("p", { class: "quiet" }, [each.date, each.author].filter(Boolean).join(" · ")),
      make("p", {}, each.summary), each.size ? whole : null);
  };
  replaceStage(make("div", { class: "items" },
    make("p", { class: "note" }, "As if this issue were published now, after the issues before it."),
    feed.fault ? make("p", { class: "severity error" }, feed.fault) : "",
    ...feed.items.map(item)));
};

const show = async () => {
  const mine = ++asked;
  const now = chosen();
  const revision = String(state.revision);
  for (const each of VIEWS) at(`view-${each}`).setAttribute("aria-selected", String(each === now.view));
  for (const each of VIEWS) at(`view-${each}`).tabIndex = each === now.view ? 0 : -1;
  stage.setAttribute("aria-labelledby", `view-${now.view}`);
  for (const each of document.querySelectorAll("fieldset[data-for]")) each.hidden = !each.dataset.for.split(" ").includes(now.view);
  for (const each of at("tools").elements) {
    if (each.type === "radio") each.checked = each.value === now[each.name];
    if (each.type === "checkbox") each.checked = each.value === now[each.name];
  }
  const noted = now.view !== "email" ? "" : now.client ? NOTES.outlook : NOTES[now.scheme] ?? "";
  at("note").textContent = noted;
  at("note").hidden = !noted;
  if (!state.issue) return replaceStage(make("p", { class: "note" }, "There is nothing to show yet."));
  try {
    if (now.view === "email") {
      const { scheme, images, client, width } = now;
      await showFrame(`frame/email?${query({ scheme, images, client, revision })}`, width);
    } else if (now.view === "web") {
      if (state.page) await showFrame(`site/${state.page}?${query({ revision })}`, now.width);
      else replaceStage(make("p", { class: "note" }, "This edition is private: it has no page on the site."));
    } else if (now.view === "inbox") inbox();
    else if (now.view === "feeds") await feeds(mine);
    else {
      const { text } = await get("text", { kind: now.view === "text" ? "text" : now.kind });
      if (mine === asked) replaceStage(make("pre", { dir: "auto" }, text));
    }
  } catch (error) { if (error.errors) mistakes(error.errors); else tell(error); }
};

// --- mistakes ---------------------------------------------------------------------------------------

const mistakes = (errors) => {
  const box = at("mistakes");
  box.hidden = errors.length === 0;
  if (box.hidden) return box.replaceChildren();
  const count = errors.length === 1 ? "One mistake" : `${errors.length} mistakes`;
  box.replaceChildren(
    make("h2", {}, `${count}; the last good version is shown below`),
    make("ul", {}, ...errors.map((each) => make("li", {},
      each.path ? place(each.path, each.line) : "", " ", each.message,
      each.hint ? make("p", { class: "quiet" }, each.hint) : ""))),
  );
};

// --- refreshing --------------------------------------------------------------------------------------

const options = (id, pairs, value) => {
  at(id).replaceChildren(...pairs.map(([key, name]) => make("option", { value: key, selected: String(key) === String(value) }, name)));
  at(id).parentElement.hidden = pairs.length < 2;
};

const refresh = async () => {
  try {
    state = await get("state", { view: chosen().view });
  } catch (error) {
    if (error.errors) return mistakes(error.errors);
    return tell(error);
  }
  mistakes(state.errors);
  if (state.issue) {
    document.title = `${state.publication}: preview`;
    at("publication").textContent = state.publication;
    options("issue", state.issues.map((each) => [each.folder, `${each.number}. ${each.title}${each.draft ? " (draft)" : ""}`]), state.issue);
    options("audience", state.audiences.map((each) => [each, each]), state.audience);
    options("recipient", [["", "no particular reader"], ...state.recipients.map((each, number) => [number, each])], chosen().recipient ?? "");
    at("state").textContent = `${state.frozen ? "frozen" : "not frozen"} · ${Math.round(state.bytes / 1024)} KB`;
  }
  const mine = ++refreshed;
  await show();
  // The checks take longer than the email: they wait until it is shown, unless a newer revision has come.
  if (mine === refreshed) await panel();
};

const panel = async () => {
  const now = chosen();
  for (const each of PANELS) at(`panel-${each}`).setAttribute("aria-selected", String(each === now.panel));
  for (const each of PANELS) at(`panel-${each}`).tabIndex = each === now.panel ? 0 : -1;
  at("panel").setAttribute("aria-labelledby", `panel-${now.panel}`);
  if (state.issue) await showPanel(now.panel, at("panel"), state);
};

for (const list of document.querySelectorAll("[role=tablist]")) {
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (!tab) return;
    if (tab.dataset.view) { choose({ view: tab.dataset.view }); refresh(); }
    else { choose({ panel: tab.dataset.panel }); panel(); }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    event.preventDefault();
  });
}

at("tools").addEventListener("change", (event) => {
  const { type, name, value, checked } = event.target;
  choose({ [name]: type === "checkbox" && !checked ? "" : value });
  show();
});
at("tools").addEventListener("submit", (event) => event.preventDefault());
at("issue").addEventListener("change", (event) => { choose({ issue: event.target.value, audience: "" }); refresh(); });
at("audience").addEventListener("change", (event) => { choose({ audience: event.target.value }); refresh(); });
at("recipient").addEventListener("change", (event) => { choose({ recipient: event.target.value }); refresh(); });
window.addEventListener("hashchange", refresh);

const events = new EventSource("events");
events.onopen = () => { at("live").textContent = "live"; at("live").classList.remove("off"); };
events.onerror = () => { at("live").textContent = "not connected"; at("live").classList.add("off"); };
events.onmessage = refresh;
