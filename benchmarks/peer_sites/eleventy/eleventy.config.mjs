// The same pages and feed as the Hugo site's, from the same content folder.
export default function (config) {
  config.addCollection("articles", (all) => all.getFilteredByGlob("content/articles/*.md"));
  config.addFilter("newest", (pages) => pages.slice(-100).reverse());
  config.addFilter("named", (pages, slugs) => pages.filter((page) => slugs.includes(page.fileSlug)));
  return {
    dir: { input: "content", output: "public", includes: "../layouts" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}
