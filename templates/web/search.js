// The search page's script: looks through index.json as the reader types.
"use strict";

(() => {
  const search = document.getElementById("_search");
  const field = document.getElementById("_query");
  const status = document.getElementById("_status");
  const results = document.getElementById("_results");
  const lists = document.getElementById("_lists");
  const MOST = 100; // more than anyone reads through; the count says how many there are

  const APART = {
    "ß": "ss", "ς": "σ", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae",
    "œ": "oe", "þ": "th", "ـ": "",
  };
  const MARKS = new RegExp(
    "[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670" +
      "\\u06d6-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff]", "g");

  // Text as it is compared: lower case, without accents. pipeline/render/site/search_index.py does the same.
  const fold = (text) =>
    text.normalize("NFKD").toLowerCase().replace(/[ßςøđðłħıæœþـ]/g, (letter) => APART[letter])
      .replace(MARKS, "").normalize("NFC");
  const words = (text) => fold(text).match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) || [];

  // A word is found by its beginning. Where words are joined or not parted, it is found anywhere.
  const PARTED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]+$/u;
  const needle = (word) => (PARTED.test(word) ? ` ${word}` : word);

  const prepare = (entry) => ({
    entry,
    fields: [
      [8, ` ${words(entry.title).join(" ")}`],
      [4, ` ${words((entry.tags || []).join(" ")).join(" ")}`],
      [3, ` ${words(entry.dek || "").join(" ")}`],
      [1, ` ${entry.words || ""}`],
    ],
  });

  // How well an entry fits: each word must stand somewhere, in the title best.
  const score = (fields, needles) => {
    let sum = 0;
    for (const each of needles) {
      const found = fields.find(([, text]) => text.includes(each));
      if (!found) return 0;
      sum += found[0];
    }
    return sum;
  };

  const line = (kind, name, text) => {
    const element = document.createElement(kind);
    element.className = name;
    element.textContent = text;
    return element;
  };

  const shown = ({ entry }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.href;
    link.textContent = entry.title;
    const title = line("p", "row-title", "");
    title.append(link);
    item.append(title);
    if (entry.dek) item.append(line("p", "dek", entry.dek));
    item.append(line("p", "facts", entry.date));
    return item;
  };

  let index;
  const load = () => {
    index ??= fetch(search.dataset.index)
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.json();
      })
      .then(({ issues, articles }) => [...articles, ...issues].map(prepare));
    return index;
  };

  const look = async () => {
    const query = field.value.trim();
    const needles = words(query).map(needle);
    history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    lists.hidden = needles.length > 0;
    search.classList.toggle("looking", needles.length > 0);
    if (!needles.length) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    let entries;
    try {
      entries = await load();
    } catch {
      index = undefined; // the next letter tries again
      lists.hidden = false;
      status.textContent = search.dataset.failed;
      return;
    }
    if (field.value.trim() !== query) return; // an older answer
    const found = entries
      .map((each) => [score(each.fields, needles), each])
      .filter(([fit]) => fit > 0)
      .sort(([one], [other]) => other - one); // stable: equals stay newest first
    results.replaceChildren(...found.slice(0, MOST).map(([, each]) => shown(each)));
    status.textContent = found.length
      ? search.dataset.results.replace("{count}", () => found.length)
      : search.dataset.none.replace("{query}", () => query);
  };

  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting); // a screen reader is told once the reader pauses
    waiting = setTimeout(look, 200);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      clearTimeout(waiting);
      look();
    }
  });
  field.addEventListener("focus", () => load().catch(() => (index = undefined)), { once: true });

  field.value = new URLSearchParams(location.search).get("q") || "";
  if (field.value) look();
})();
