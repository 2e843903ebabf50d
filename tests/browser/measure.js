// What a reader is shown, as numbers: evaluated in the page by tests/browser_kit.py.
// Lengths are CSS pixels from the page's upper left; colours are [red, green, blue], 0 to 255.
() => {
  const width = window.innerWidth;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (element) => {
    const path = [];
    for (let at = element; at && at !== document.body && path.length < 4; at = at.parentElement)
      path.unshift(at.tagName.toLowerCase() + (at.className ? "." + String(at.className).replace(/ /g, ".") : ""));
    return path.join(" > ");
  };
  const colour = (text) => {
    const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    if (!found) throw new Error("a colour that cannot be measured: " + text);
    return [+found[1], +found[2], +found[3], found[4] === undefined ? 1 : +found[4]];
  };
  const over = (top, below) => below.map((value, at) => top[at] * top[3] + value * (1 - top[3]));
  // The colour behind an element: its own background over those of its ancestors, over the canvas.
  const grounds = new Map();
  const ground = (element) => {
    if (!grounds.has(element)) grounds.set(element, painted(element));
    return grounds.get(element);
  };
  const painted = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      // A picture is dimmed on dark pages, which changes no ground of a text.
      const filtered = style.filter !== "none" && at.tagName !== "IMG";
      if (style.backgroundImage !== "none" || style.opacity !== "1" || filtered)
        throw new Error("a ground that cannot be measured: " + name(at));
      const layer = colour(style.backgroundColor);
      layers.unshift(layer);
      if (layer[3] === 1) break;
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return layers.reduce((below, layer) => over(layer, below), dark ? [18, 18, 18] : [255, 255, 255]);
  };
  const page = (box) => ({ x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height });
  const lines = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  };
  const clipped = (element) => element.closest(".unseen, .skip") !== null;
  const scrolled = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at !== document.documentElement) return true;
    return false;
  };
  const block = (element) => {
    while (/^inline/.test(getComputedStyle(element).display) && element.parentElement) element = element.parentElement;
    return element;
  };
  const styled = (element, style, text, boxes) => ({
    text: text.trim().slice(0, 60),
    where: name(element),
    size: parseFloat(style.fontSize),
    bold: +style.fontWeight >= 700,
    color: over(colour(style.color), ground(element)),
    ground: ground(element),
    boxes: boxes.map(page),
    block: block(element).tagName.toLowerCase(),
    small: element.closest(".m, th, figcaption, pre, code, kbd, samp, sup, sub, small") !== null,
  });

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || clipped(element)) continue;
    const boxes = lines(node);
    if (boxes.length) texts.push(styled(element, getComputedStyle(element), node.data, boxes));
  }

  const overflowing = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (!shown(element) || clipped(element)) continue;
    for (const part of ["::before", "::after", "::marker"]) {
      const style = getComputedStyle(element, part);
      const listed = part === "::marker" && getComputedStyle(element).display === "list-item";
      const drawn = part !== "::marker" && /^"\s*\S/.test(style.content);
      if (listed || drawn) texts.push(styled(element, style, part, []));
    }
    if (scrolled(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > width + 0.5 || box.left < -0.5)) overflowing.push(name(element));
    const style = getComputedStyle(element);
    if (/hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
      overflowing.push("cut off: " + name(element));
    for (const child of element.childNodes)
      if (child.nodeType === Node.TEXT_NODE && child.data.trim())
        for (const line of lines(child))
          if (line.right > width + 0.5 || line.left < -0.5) overflowing.push("text of " + name(element));
  }

  const links = [...document.querySelectorAll("a[href]")].filter((link) => shown(link) && !clipped(link)).map((link) => {
    const boxes = [link, ...link.querySelectorAll("*")].flatMap((each) => [...each.getClientRects()]);
    const around = block(link.parentElement);
    const words = (element) => element.textContent.replace(/\s/g, "").length;
    const linked = [...around.querySelectorAll("a[href]")].reduce((sum, each) => sum + words(each), 0);
    return {
      text: (link.textContent.trim() || link.querySelector("img")?.alt || "").slice(0, 60),
      where: name(link),
      width: Math.max(...boxes.map((box) => box.width)),
      height: Math.max(...boxes.map((box) => box.height)),
      button: colour(getComputedStyle(link).backgroundColor)[3] > 0,
      heading: /^h[1-6]$/.test(around.tagName.toLowerCase()),
      running: words(around) > linked,
    };
  });

  const images = [...document.images].filter(shown).map((image) => {
    const style = getComputedStyle(image);
    const probe = document.createElement("div");
    probe.textContent = image.alt;
    probe.style.cssText = `position:absolute;visibility:hidden;width:${image.clientWidth}px;font:${style.font}`;
    image.parentElement.append(probe);
    const needed = probe.scrollWidth > probe.clientWidth ? 1e9 : probe.offsetHeight;
    probe.remove();
    return { ...styled(image, style, image.alt, [image.getBoundingClientRect()]), loaded: image.naturalWidth > 0, needed };
  });

  const first = document.body.firstElementChild;
  return {
    width,
    scrollWidth: document.scrollingElement.scrollWidth,
    overflowing,
    texts,
    links,
    images,
    seen: document.body.innerText,
    first: { display: getComputedStyle(first).display, style: first.getAttribute("style") || "", text: first.textContent },
  };
}
