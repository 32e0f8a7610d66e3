// The sentences of the widget's interface, a file a language. What the assistant answers comes from the server.

import type { Language } from "../options";
import { en } from "./en";
import { vi } from "./vi";

export type Words = typeof vi;

export const WORDS: Record<Language, Words> = { vi, en };
