// The gateway's API. No cookie is sent or taken; the session travels in a header, so that no address holds it.

import { asMessage, asMessages, asReply, asSession, type Message, type Reply, type Session } from "./contract";
import type { Language } from "./options";
import type { Thumb } from "./store";

const ANSWER_WITHIN = 25_000; // milliseconds; the server itself gives up after 15 seconds
const SILENT_FOR = 40_000; // milliseconds without a heartbeat (one every 15 seconds): something on the way holds the stream back
const NO_CONTENT = 204;
const DEFAULT_PAUSE = 5; // seconds, after a 429 that names none

/** The server was not reached, or something on the way answered in its place: worth another try. */
export class Unreachable extends Error {}

/** The server does not take this, and will not. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** The session is unknown or over. */
export class SessionOver extends Error {}

/** Too many requests; `pause` is in milliseconds. */
export class TooFast extends Error {
  constructor(readonly pause: number) {
    super("too many requests");
  }
}

export interface Said {
  id: string;
  text: string;
  choice?: string;
  aspects?: string[];
}

export interface Answered {
  reply: Reply;
  seq: number | undefined;
  failed: boolean; // the assistant could not answer; the reply says so
}

interface Called {
  ok: boolean;
  value: unknown;
}

export class Api {
  private readonly root: URL;

  constructor(base: URL) {
    this.root = new URL("api/v1/", base);
  }

  /** Begin a session; raises Unreachable, TooFast or Refused. */
  async begin(unit: string, language: Language): Promise<Session> {
    const { value } = await this.call("POST", "sessions", "", { unit: unit || undefined, language });
    const session = asSession(value);
    if (!session) throw new Unreachable("no session");
    return session;
  }

  /** Say something and return the reply; raises Unreachable, TooFast, SessionOver or Refused. */
  async say(session: string, said: Said): Promise<Answered> {
    const { value, ok } = await this.call("POST", "messages", session, said, [503]);
    const reply = asReply(value);
    if (!reply) throw new Unreachable("no reply");
    const { seq } = value as { seq?: unknown };
    return { reply, seq: typeof seq === "number" ? seq : undefined, failed: !ok };
  }

  /** Return what was said and replied after `after`. */
  async after(session: string, after: number): Promise<Message[]> {
    return asMessages((await this.call("GET", `messages?after=${after}`, session)).value);
  }

  /** Delete all that the server holds of the session. A session it does not know has nothing left to delete. */
  async forget(session: string): Promise<void> {
    try {
      await this.call("DELETE", "session", session);
    } catch (error) {
      if (!(error instanceof SessionOver || error instanceof Refused)) throw error;
    }
  }

  /** Tell what a citizen thinks of the reply `seq`. */
  async feedback(session: string, seq: number, thumb: Thumb, comment: string): Promise<void> {
    await this.call("POST", "feedback", session, { seq, thumb, comment: comment || undefined });
  }

  /** Hand `heard` what comes unasked after `after`, until the stream ends; raises Unreachable also when it stays silent. */
  async listen(session: string, after: number, signal: AbortSignal, heard: (message: Message) => void, alive: () => void): Promise<void> {
    const silence = new AbortController();
    signal.addEventListener("abort", () => silence.abort(), { once: true });
    let timer = setTimeout(() => silence.abort(), SILENT_FOR);
    try {
      const response = await this.fetched(`events?after=${after}`, { headers: headers(session), signal: silence.signal });
      await accepted(response, []);
      const reader = response.body?.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
      if (!reader) throw new Unreachable("no stream");
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENT_FOR);
        alive();
        const events = (rest + value).replace(/\r\n?/g, "\n").split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) hear(event, heard);
      }
    } catch (error) {
      if (error instanceof SessionOver || error instanceof Refused || error instanceof TooFast) throw error;
      throw new Unreachable(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  private async call(method: string, path: string, session: string, body?: object, also: number[] = []): Promise<Called> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ANSWER_WITHIN);
    try {
      const response = await this.fetched(path, {
        method,
        headers: { ...headers(session), ...(body ? { "Content-Type": "application/json" } : {}) },
        body: body && JSON.stringify(body),
        signal: limit.signal,
        keepalive: method === "DELETE", // goes out although the page is left
      });
      const { ok, status } = await accepted(response, also);
      return { ok, value: status === NO_CONTENT ? null : await json(response) };
    } finally {
      clearTimeout(timer);
    }
  }

  private async fetched(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(new URL(path, this.root), { ...request, credentials: "omit", cache: "no-store" });
    } catch (error) {
      throw new Unreachable(String(error));
    }
  }
}

function headers(session: string): Record<string, string> {
  return session ? { Authorization: `Bearer ${session}` } : {};
}

/** Return `response` when its status is success or one of `also`; raises what its status means otherwise. */
async function accepted(response: Response, also: number[]): Promise<Response> {
  const { ok, status } = response;
  if (ok || also.includes(status)) return response;
  if (status === 401) throw new SessionOver();
  if (status === 429) throw new TooFast((Number(response.headers.get("Retry-After")) || DEFAULT_PAUSE) * 1000);
  if (status >= 500 || status === 408) throw new Unreachable(`status ${status}`);
  throw new Refused(status);
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(String(error)); // cut off, or a page of something in between
  }
}

/** Hand over the message of one server-sent event; a comment (the heartbeat) has no data. */
function hear(event: string, heard: (message: Message) => void): void {
  const data = event
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
  if (!data) return;
  try {
    const message = asMessage(JSON.parse(data));
    if (message) heard(message);
  } catch {
    // No JSON: nothing of ours.
  }
}
