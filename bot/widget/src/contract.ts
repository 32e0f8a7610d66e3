// What the gateway's API sends, as values this program can rely on: whatever arrives is brought to these shapes, text stays text.

export interface Item {
  text: string;
  count: string;
  note: string;
  address: string;
}

export interface Block {
  type: string;
  text: string;
  items: Item[];
  aspect: string;
}

export interface Button {
  text: string;
  choice: string;
  aspects: string[];
}

export interface Link {
  text: string;
  url: string;
}

export interface Reply {
  kind: string;
  codes: string[];
  blocks: Block[];
  buttons: Button[];
  sources: string[];
  links: Link[];
  awaits: string;
}

/** A reply and its place in the conversation; `said` is null for what came unasked. */
export interface Message {
  seq: number;
  id: string | null;
  said: string | null;
  reply: Reply;
}

export interface Contact {
  hotlines: string[];
  hours: string;
}

export interface Session {
  session: string;
  lasts: number; // milliseconds
  unit: string; // the name of the citizen's ward or commune
  contact: Contact;
  greeting: string;
}

type Plain = Record<string, unknown>;

const SESSION_LASTS = 24 * 3600 * 1000; // milliseconds, when the server does not say

function plain(value: unknown): Plain {
  return typeof value === "object" && value !== null ? (value as Plain) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list<T>(value: unknown, of: (value: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(of) : [];
}

function item(value: unknown): Item {
  const { text: said, count, note, address } = plain(value);
  return { text: text(said), count: text(count), note: text(note), address: text(address) };
}

function block(value: unknown): Block {
  const { type, text: said, items, aspect } = plain(value);
  return { type: text(type), text: text(said), items: list(items, item), aspect: text(aspect) };
}

function button(value: unknown): Button {
  const { text: said, choice, aspects } = plain(value);
  return { text: text(said), choice: text(choice), aspects: list(aspects, text) };
}

/** Return the link in `value`; one that is no web address becomes plain text (its url is empty). */
function link(value: unknown): Link {
  const { text: said, url } = plain(value);
  return { text: text(said), url: webAddress(text(url)) };
}

/** Return `url` written out when it is a web address, else nothing: no other scheme may be followed. */
function webAddress(url: string): string {
  try {
    const { protocol, href } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? href : "";
  } catch {
    return "";
  }
}

/** Return the reply in `value`, or null when it holds none. */
export function asReply(value: unknown): Reply | null {
  const { kind, codes, blocks, buttons, sources, links, awaits } = plain(value);
  if (!Array.isArray(blocks)) return null;
  return {
    kind: text(kind),
    codes: list(codes, text),
    blocks: list(blocks, block),
    buttons: list(buttons, button),
    sources: list(sources, text),
    links: list(links, link),
    awaits: text(awaits),
  };
}

/** Return the message in `value`, or null when it holds none. */
export function asMessage(value: unknown): Message | null {
  const { seq, id, said, reply } = plain(value);
  const replied = asReply(reply);
  if (typeof seq !== "number" || !replied) return null;
  return { seq, id: text(id) || null, said: typeof said === "string" ? said : null, reply: replied };
}

/** Return the messages in `value`. */
export function asMessages(value: unknown): Message[] {
  return list(plain(value).messages, asMessage).filter((message): message is Message => message !== null);
}

/** Return whom to call, as `value` tells. */
export function asContact(value: unknown): Contact {
  const { hotlines, hours } = plain(value);
  return { hotlines: list(hotlines, text).filter(Boolean), hours: text(hours) };
}

/** Return the session in `value`, or null when it holds none. */
export function asSession(value: unknown): Session | null {
  const { session, expires, unit, contact, greeting } = plain(value);
  if (typeof session !== "string") return null;
  const lasts = Date.parse(text(expires)) - Date.now();
  return {
    session,
    lasts: lasts > 0 ? lasts : SESSION_LASTS,
    unit: text(plain(unit).name),
    contact: asContact(contact),
    greeting: text(greeting),
  };
}
