// What can be measured on a page without a library: contrast (WCAG 1.4.3), names of controls and pictures,
// landmarks, headings, the language. Returns the faults as text.
() => {
  const faults = [];
  const visible = (element) =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (front, back) => front.slice(0, 3).map((value, i) => value * front[3] + back[i] * (1 - front[3])).concat(1);
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(rgba(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !visible(element) || element.closest(".skip, :disabled")) continue;
    const style = getComputedStyle(element);
    const back = ground(element);
    const [high, low] = [light(over(rgba(style.color), back)), light(back)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const key = `${element.tagName}.${element.className} ${style.color} ${back}`;
    if (ratio < (large ? 3 : 4.5) && !seen.has(key)) faults.push(`contrast ${ratio.toFixed(2)}: ${key}`);
    seen.add(key);
  }
  for (const element of document.querySelectorAll("a[href], button, input, select, summary")) {
    const labelled = element.getAttribute("aria-label") || element.textContent.trim() ||
      (element.labels && [...element.labels].map((label) => label.textContent.trim()).join(" "));
    if (visible(element) && !labelled) faults.push(`no name: ${element.outerHTML.slice(0, 120)}`);
  }
  for (const image of document.images) if (!image.alt) faults.push(`no alternative text: ${image.src}`);
  for (const [name, selector] of Object.entries({ main: "main", header: "body > header", footer: "body > footer", navigation: "nav" })) {
    if (!document.querySelector(selector)) faults.push(`no landmark: ${name}`);
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (!document.documentElement.lang) faults.push("no language");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((each, i) => ids.indexOf(each) !== i))) faults.push(`id twice: ${id}`);
  for (const table of document.querySelectorAll("table")) {
    if (!table.querySelector("th")) faults.push("table without header cells");
  }
  return faults;
}
