// A webmaster's colour, made dark or light enough to be read: 4.5:1 against what stands on it or behind it (WCAG 2.2, 1.4.3).

type Colour = [number, number, number]; // red, green, blue: 0 to 255

const READABLE = 4.5;
const STEP = 0.05; // of the way to black or to white, tried one after the other
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
const TINT: Colour = [250, 240, 238]; // --tint of chat.css, the least light ground in the light scheme
const DARK_SURFACE: Colour = [43, 34, 34]; // --tint of chat.css in the dark scheme, the lightest ground there

function parsed(hex: string): Colour {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Colour;
}

function written(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** Return the relative luminance of `colour`, 0 to 1 (WCAG 2.2, "relative luminance"). */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return the contrast of two colours, 1 to 21. */
function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Return `colour` moved toward `end` until it can be read on `ground`. */
function readable(colour: Colour, ground: Colour, end: Colour): Colour {
  let moved = colour;
  for (let share = STEP; contrast(moved, ground) < READABLE && share <= 1; share += STEP) {
    moved = colour.map((part, n) => part + ((end[n] as number) - part) * share) as Colour;
  }
  return moved;
}

/** Return the rules that colour the widget by `hex` (#rrggbb), in light and in dark. */
export function colourRules(hex: string): string {
  const colour = parsed(hex);
  const bar = written(readable(colour, TINT, BLACK)); // carries white, and stands on the light grounds
  const onWhite = written(readable(colour, WHITE, BLACK));
  const onDark = written(readable(colour, DARK_SURFACE, WHITE));
  return (
    `.tthc{--bar:${bar};--accent:${bar};--send:${bar}}` +
    `@media (prefers-color-scheme:dark){.tthc{--bar:${onWhite};--send:${onWhite};--accent:${onDark}}}`
  );
}
