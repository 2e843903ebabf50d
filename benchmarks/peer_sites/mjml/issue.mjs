// One issue's articles to an email, by markdown-it, Nunjucks and MJML: node issue.mjs WORKSPACE RESULT
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import matter from "gray-matter";
import MarkdownIt from "markdown-it";
import mjml2html from "mjml";
import nunjucks from "nunjucks";

const [root, result] = process.argv.slice(2);
const markdown = new MarkdownIt({ html: true });

function read(path) {
  const { data, content } = matter(readFileSync(path, "utf8"));
  return { ...data, html: markdown.render(content) };
}

const pool = join(root, "issues", "articles");
const [folder] = readdirSync(join(root, "issues")).filter((name) => /^\d/.test(name));
const issue = read(join(root, "issues", folder, "issue.md"));
const articles = readdirSync(pool)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ ...read(join(pool, name)), slug: name.slice(0, -3) }));
const templates = new nunjucks.Environment(new nunjucks.FileSystemLoader(import.meta.dirname), { autoescape: true });
const layout = templates.render("issue.mjml.njk", { ...issue, letter: issue.html, articles });
const { html, errors } = await mjml2html(layout, { validationLevel: "soft" });
if (errors.length) throw new Error(errors.map((each) => each.formattedMessage).join("\n"));
mkdirSync(dirname(result), { recursive: true });
writeFileSync(result, html);
