// Prints what feedsmith and rss-parser read in each feed: [file, reader, [[id, link, title, text, date], ...]].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, "read_feeds.mjs"));
const { parseFeed } = require("feedsmith");
const RssParser = require("rss-parser");

const feedsmith = (text, json) => {
  const { format, feed } = parseFeed(json ? JSON.parse(text) : text);
  if (format === "rss")
    return (feed.items || []).map((item) =>
      [item.guid.value, item.link, item.title, item.content.encoded, item.pubDate]);
  if (format === "atom")
    return (feed.entries || []).map((entry) =>
      [entry.id, entry.links[0].href, entry.title.value, entry.content.value, entry.published]);
  return (feed.items || []).map((item) =>
    [item.id, item.url, item.title, item.content_html, item.date_published]);
};

const rssParser = async (text) => {
  const { items } = await new RssParser().parseString(text);
  return items.map((item) =>
    [item.guid || item.id, item.link, item.title, item["content:encoded"] || item.content, item.isoDate]);
};

const found = [];
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const json = file.endsWith(".json");
  found.push([file, "feedsmith", feedsmith(text, json)]);
  if (!json) found.push([file, "rss-parser", await rssParser(text)]);
}
console.log(JSON.stringify(found));
