// Numbers that must not stay in the browser: telephone and identification numbers, and the digits that prove a dossier one's own.

const LONG_NUMBER = /\d(?:[ .]?\d){8,}/g; // nine digits and more; a dossier's code has letters and hyphens between
const FOUR = /(?<![\d.-])\d{4}(?![\d.-])/g; // standing alone: those inside a code do not
const FOUR_ALONE = /^\s*\d{4}\s*$/;
const CODE = /\d-\d{6}-\d/; // the heart of a dossier's code, with which its digits may come in one message
const DIGITS = /\d/g;
const HIDDEN = "•";

/** Return `text` as it may be kept; `awaited` tells that the last reply asked for a dossier's digits. */
export function masked(text: string, awaited: boolean): string {
  const hide = (found: string): string => found.replace(DIGITS, HIDDEN);
  const proves = awaited || FOUR_ALONE.test(text) || CODE.test(text);
  return (proves ? text.replace(FOUR, hide) : text).replace(LONG_NUMBER, hide);
}
