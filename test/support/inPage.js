// What tests ask of a page, from within it. One expression: test/support/browser.ts evaluates it in the browser.
({
  /** The text of an element, as one line. */
  text: (selector) => document.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim(),

  value: (selector) => document.querySelector(selector).value,

  setValue: (selector, value) => {
    document.querySelector(selector).value = value;
  },

  /** What has the focus, and whether one can see that. */
  focus: () => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      id: element.id,
      name: element.textContent.trim() || element.id,
      shown: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      inView: element.getBoundingClientRect().top >= 0,
      nowhere: element === document.body,
    };
  },

  /** How wide the page is, and what is too small for a finger: under 24 pixels, which WCAG 2.2 AA asks for. */
  size: () => {
    const targets = "button, .button, input, select, textarea, summary, .top a";
    const small = [...document.querySelectorAll(targets)].filter((element) => {
      // A checkbox is hit through its label, too.
      const { width, height } = (
        element.type === "checkbox" ? element.parentElement : element
      ).getBoundingClientRect();
      return height > 0 && (height < 24 || width < 24);
    });
    return {
      width: document.documentElement.scrollWidth,
      small: small.map((element) => element.outerHTML),
    };
  },

  /** Names, headings and ids, which those who do not see the page find their way by. */
  structure: () => {
    const controls = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return {
      nameless: controls
        .filter(({ labels }) => labels.length === 0)
        .map((control) => control.outerHTML),
      levels: [...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => Number(tagName[1])),
      twice: ids.filter((id, index) => ids.indexOf(id) !== index),
      language: document.documentElement.lang,
      title: document.title,
    };
  },

  /** Every text whose contrast is below WCAG 2.2 AA, computed from the colours as they are drawn. */
  faintTexts: () => {
    const parse = (colour) => {
      const [r, g, b, alpha = 1] = /\(([^)]*)\)/
        .exec(colour)[1]
        .split(/[ ,/]+/)
        .map(Number);
      return { rgb: [r, g, b], alpha };
    };
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor);
        if (alpha === 1) {
          return rgb;
        }
      }
      return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent.trim();
      const unseen = element.closest(
        "[hidden], .unseen, script, noscript, option, details:not([open]) > :not(summary)",
      );
      if (text === "" || unseen !== null) {
        continue;
      }
      const style = getComputedStyle(element);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const [light, dark] = [parse(style.color).rgb, behind(element)]
        .map(luminance)
        .sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      const needed = large ? 3 : 4.5;
      found.push({ text, ratio: Math.round(ratio * 100) / 100, needed });
    }
    return { count: found.length, faint: found.filter(({ ratio, needed }) => ratio < needed) };
  },
});
