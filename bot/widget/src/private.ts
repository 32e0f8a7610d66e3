// Numbers that must not stay in the browser: telephone and identification numbers, and the digits that prove a dossier one's own.

const LONG_NUMBER = /\d(?:[ .]?\d){8,}/g; // nine digits and more; a dossier's code has letters and hyphens between
const DIGITS = /\d/g;
const HIDDEN = "•";

/** Return `text` as it may be kept; `awaited` tells that the last reply asked for a dossier's digits. */
export function masked(text: string, awaited: boolean): string {
  const hide = (found: string): string => found.replace(DIGITS, HIDDEN);
  return awaited ? text.replace(/(?<![\d.-])\d{4}(?![\d.-])/g, hide).replace(LONG_NUMBER, hide) : text.replace(LONG_NUMBER, hide);
}
