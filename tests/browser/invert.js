// Imitates a mail program that inverts an email's colours without asking it. Gmail on iOS turns every
// colour over ("full"); Gmail on Android and Outlook turn light grounds and dark text only ("partial").
// Lightness is turned over in HSL, so that hues stay. Evaluated in the page by tests/browser_kit.py.
(kind) => {
  const turned = (text, wanted) => {
    const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    if (!found) throw new Error("a colour that cannot be turned over: " + text);
    const [red, green, blue] = [+found[1] / 255, +found[2] / 255, +found[3] / 255];
    const most = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    const light = (most + least) / 2;
    if (kind === "partial" && wanted !== light > 0.5) return text;
    // Saturation of HSL is kept where every channel moves by as much: 1 - (most + least).
    const by = 1 - most - least;
    const channels = [red, green, blue].map((value) => Math.round(255 * (value + by)));
    return `rgba(${channels.join(", ")}, ${found[4] === undefined ? 1 : found[4]})`;
  };
  const now = [...document.querySelectorAll("*")].map((element) => {
    const style = getComputedStyle(element);
    return [element, turned(style.color, false), turned(style.backgroundColor, true)];
  });
  for (const [element, text, ground] of now) {
    element.style.setProperty("color", text, "important");
    element.style.setProperty("background-color", ground, "important");
  }
}
