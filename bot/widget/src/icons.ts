// Drawn by hand on a grid of 24; hidden from screen readers, since every control has its name in words.

import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

function icon(drawing: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">${drawing}</svg>`;
}

export const BUBBLE = icon(svg`<path d="M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z"/>`);
export const CROSS = icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`);
export const UP = icon(svg`<path d="M7 21V10l4-7c2 0 3 1 2.500 3.500L13 9h6a2 2 0 0 1 2 2.400l-1.400 7A2 2 0 0 1 17.600 21zM7 10H3v11h4"/>`);
export const DOWN = icon(svg`<path d="M17 3v11l-4 7c-2 0-3-1-2.500-3.500L11 15H5a2 2 0 0 1-2-2.400l1.400-7A2 2 0 0 1 6.400 3zM17 14h4V3h-4"/>`);
