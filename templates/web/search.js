// The search page's script: looks through the files that index.json names, as the reader types.
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
  const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:\+\+|#(?![\p{L}\p{N}]))?/gu;
  const words = (text) => fold(text).match(WORD) || [];

  // A word is found by its beginning. Where words are joined or not parted, it is found anywhere.
  const PARTED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]+$/u;
  const needle = (word) => (PARTED.test(word) ? ` ${word}` : word);

  const prepare = (entry) => ({
    entry,
    text: "",
    fields: [
      [8, ` ${words(entry.title).join(" ")}`],
      [4, ` ${words((entry.tags || []).join(" ")).join(" ")}`],
      [3, ` ${words(entry.dek || "").join(" ")}`],
    ],
  });

  // How well an entry fits: each word must be in it somewhere, in the title best.
  const score = ({ fields, text }, needles) => {
    let sum = 0;
    for (const each of needles) {
      const [weight] = fields.find(([, field]) => field.includes(each)) || (text.includes(each) ? [1] : []);
      if (!weight) return 0;
      sum += weight;
    }
    return sum;
  };

  // Whether two words differ by one slip: a letter too many, too few, wrong, or two that changed places.
  const near = (one, other) => {
    if (Math.abs(one.length - other.length) > 1) return false;
    let begin = 0;
    while (begin < one.length && one[begin] === other[begin]) begin++;
    const [a, b] = [one.slice(begin), other.slice(begin)];
    return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1) ||
      (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
  };

  // The query with each word that nothing has replaced by the one near to it that most entries have.
  const corrected = (entries, query) => {
    const counts = new Map();
    for (const { fields, text } of entries)
      for (const word of new Set([...fields.map(([, field]) => field), text].join(" ").split(" ")))
        counts.set(word, (counts.get(word) || 0) + 1);
    const better = words(query).map((word) => {
      if (word.length < 4 || entries.some((each) => score(each, [needle(word)]))) return word;
      const best = [...counts].filter(([each]) => near(word, each)).sort(([, a], [, b]) => b - a)[0];
      return best ? best[0] : word;
    });
    const found = entries.some((each) => score(each, better.map(needle)));
    return found ? better.join(" ") : "";
  };

  const line = (kind, name, text) => {
    const element = document.createElement(kind);
    element.className = name;
    element.textContent = text;
    return element;
  };

  // The first sentence of a page that has one of the words, with these words marked.
  const sentence = async (href, found) => {
    const page = new DOMParser().parseFromString(await (await fetch(href)).text(), "text/html");
    page.querySelectorAll("sup:has(a)").forEach((note) => note.remove());
    const has = (text) => found.some((each) => ` ${words(text).join(" ")}`.includes(each));
    for (const block of page.querySelectorAll("main :is(p, li, dt, dd, h2, h3, h4, th, td, figcaption)")) {
      if (!has(block.textContent)) continue;
      const text = block.textContent.replace(/\s+/g, " ").trim();
      const parts = [...new Intl.Segmenter(document.documentElement.lang, { granularity: "sentence" }).segment(text)];
      const part = parts.find(({ segment }) => has(segment))?.segment.trim() || text;
      const excerpt = line("p", "dek", "");
      let end = 0;
      for (const match of part.matchAll(WORD)) {
        if (!has(match[0])) continue;
        if (!end && match.index > 60) { // two lines are shown, and the word is to be in them
          end = part.lastIndexOf(" ", match.index - 30) + 1;
          excerpt.append("… ");
        }
        excerpt.append(part.slice(end, match.index), line("mark", "", match[0]));
        end = match.index + match[0].length;
      }
      excerpt.append(part.slice(end));
      return excerpt;
    }
    return null;
  };

  const shown = ({ entry, fields }, needles) => {
    const item = line("li", "card", "");
    const link = document.createElement("a");
    link.href = entry.href;
    link.textContent = entry.title;
    const title = line("p", "row-title", "");
    title.append(link);
    const dek = line("p", "dek", entry.dek || "");
    item.append(title, dek, line("p", "facts", entry.date));
    const inText = needles.filter((each) => !fields.some(([, field]) => field.includes(each)));
    if (inText.length) {
      dek.classList.add("excerpt"); // keeps its place, so that nothing moves when the sentence comes
      sentence(entry.href, inText).then((excerpt) => excerpt && dek.replaceChildren(...excerpt.childNodes), () => null);
    }
    return item;
  };

  const get = async (file) => {
    const answer = await fetch(file);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };

  let index;
  const load = () => {
    index ??= get(search.dataset.index).then(({ titles, texts }) => {
      const byHref = new Map();
      const files = [...titles, ...texts];
      const parts = [];
      const part = (number) =>
        (parts[number] ??= get(files[number]).then(
          (rows) => {
            if (number < titles.length) for (const entry of rows) byHref.set(entry.href, prepare(entry));
            else for (const [href, text] of rows) if (byHref.has(href)) byHref.get(href).text = ` ${text}`;
          },
          (error) => {
            parts[number] = undefined; // the next letter tries again
            throw error;
          },
        ));
      return { entries: () => [...byHref.values()], part, count: files.length };
    });
    return index;
  };

  let latest = 0;
  const look = async () => {
    const run = ++latest;
    const query = field.value.trim();
    const needles = words(query).map(needle);
    history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    lists.hidden = needles.length > 0;
    search.classList.toggle("looking", needles.length > 0);
    results.replaceChildren();
    status.textContent = "";
    if (!needles.length) return;
    const found = new Set();
    let loaded;
    try {
      loaded = await load();
      // First what titles, tags and deks have; then what the texts have; of both the newest first.
      for (let number = 0; number < loaded.count; number++) {
        await loaded.part(number);
        if (run !== latest) return; // an older answer
        const more = loaded.entries()
          .map((each) => [found.has(each) ? 0 : score(each, needles), each])
          .filter(([fit]) => fit > 0)
          .sort(([one], [other]) => other - one); // stable: equals stay newest first
        for (const [, each] of more) {
          found.add(each);
          if (found.size <= MOST) results.append(shown(each, needles));
        }
      }
    } catch {
      if (run !== latest) return;
      if (!loaded) index = undefined; // the next letter tries again
      lists.hidden = false;
      status.textContent = search.dataset.failed;
      return;
    }
    status.textContent = found.size
      ? search.dataset.results.replace("{count}", () => found.size)
      : search.dataset.none.replace("{query}", () => query);
    const better = found.size ? "" : corrected(loaded.entries(), query);
    if (better) {
      const link = document.createElement("a");
      link.href = `?q=${encodeURIComponent(better)}`;
      link.textContent = search.dataset.near.replace("{query}", () => better);
      status.append(" ", link);
    }
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
