// What a webmaster writes on the script tag: data-unit, data-language, data-position, data-colour, data-greeting, data-open.

export type Language = "vi" | "en";

export interface Options {
  base: URL; // of the gateway: where widget.js lies
  unit: string;
  language: Language;
  left: boolean;
  colour: string; // #rrggbb, or nothing
  greeting: string;
  open: boolean;
  page: boolean; // the chat is the whole page, as on the assistant's own
}

const COLOUR = /^#[0-9a-f]{6}$/i;

/** Return what `script` asks for; a value that means nothing counts as not given. */
export function optionsOf(script: HTMLScriptElement): Options {
  const { unit, language, position, colour, greeting, open } = script.dataset;
  return {
    base: new URL(".", script.src),
    unit: unit?.trim() ?? "",
    language: language === "en" ? "en" : "vi",
    left: position === "left",
    colour: COLOUR.test(colour ?? "") ? (colour ?? "") : "",
    greeting: greeting?.trim() ?? "",
    open: open !== undefined && open !== "false",
    page: open === "page",
  };
}
