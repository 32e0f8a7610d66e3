// The chat page: asks POST /api/v1/messages and shows its replies (reply.js). No library, no cookie, nothing from elsewhere.
//
// A question in the page's address (`/?q=đăng ký kết hôn`) is asked at load. What the server or the citizen says is put on the
// page as text, never as HTML.

import { element, hidden, shownReply } from "./reply.js";

const MESSAGES = "/api/v1/messages";
const SESSION = "tthc-session"; // its name in sessionStorage
const ANSWER_WITHIN = 25_000; // milliseconds; the server itself gives up after 15 seconds
const TOO_LARGE = 413; // HTTP statuses of the API
const SESSION_REFUSED = 401;
const LEAD_IN = 0.3; // what stands above an answer stays in view when it takes at most this share of the window

// Every sentence this script itself says; those of index.html are there.
const SAY = {
  welcome: "Chào bạn! Bạn cần làm thủ tục gì? Cứ hỏi bằng lời thường ngày, có dấu hay không dấu đều được. Ví dụ:",
  examples: ["Con tôi mới sinh, làm giấy khai sinh cần giấy tờ gì?", "Đăng ký tạm trú nộp ở đâu?", "Đăng ký kết hôn hết bao nhiêu tiền?"],
  citizen: "Bạn:",
  typing: "Trợ lý đang tìm câu trả lời…",
  failed: "Xin lỗi, mình chưa nhận được câu trả lời. Bạn kiểm tra kết nối mạng rồi bấm thử lại nhé.",
  tooLong: "Tin nhắn dài quá nên mình chưa đọc được. Bạn viết ngắn lại, mỗi lần một việc nhé.",
  retry: "Thử lại",
};

const notice = document.getElementById("notice");
const log = document.getElementById("log");
const typing = document.getElementById("typing");
const form = document.getElementById("ask");
const input = document.getElementById("message");
const send = document.getElementById("send");
const thumb = window.matchMedia("(pointer: coarse)");

let waiting = null; // the AbortController of the question under way

// --- The session: kept for this tab alone, and in memory where the browser stores nothing.

const session = {
  kept: undefined,
  get() {
    try {
      return sessionStorage.getItem(SESSION) ?? this.kept;
    } catch {
      return this.kept;
    }
  },
  keep(value) {
    this.kept = value;
    try {
      if (value) sessionStorage.setItem(SESSION, value);
      else sessionStorage.removeItem(SESSION);
    } catch {
      // Storage is turned off: the session lives as long as the page.
    }
  },
};

// --- Talking to the server.

class TooLong extends Error {}

/** Send `message` ({text, choice, aspects}) and return {reply, failed}; a session the server refuses is dropped and asked anew once. */
async function post(message, signal) {
  const known = session.get();
  const response = await fetch(MESSAGES, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...message, session: known || undefined }),
    signal,
  });
  if (response.status === SESSION_REFUSED && known) {
    session.keep(undefined);
    return post(message, signal);
  }
  if (response.status === TOO_LARGE) throw new TooLong();
  const reply = await response.json();
  if (!Array.isArray(reply.blocks)) throw new Error(`status ${response.status}: no reply`);
  if (typeof reply.session === "string") session.keep(reply.session);
  return { reply, failed: !response.ok };
}

// --- The conversation.

/** Bring the start of `answer` into view, with the question above it (and at first the notice above that) when these are short. */
function scrollToStart(question, answer) {
  const top = (part) => part.getBoundingClientRect().top;
  const starts = [log.firstElementChild === question ? notice : question, question, answer];
  starts.find((start) => top(answer) - top(start) <= window.innerHeight * LEAD_IN || start === answer).scrollIntoView({ block: "start" });
}

function wait(controller) {
  waiting = controller;
  send.setAttribute("aria-disabled", String(Boolean(controller)));
  typing.replaceChildren();
  if (!controller) return;
  const dots = element("span", { className: "dots" }, element("i"), element("i"), element("i"));
  dots.setAttribute("aria-hidden", "true");
  typing.append(dots, element("span", {}, SAY.typing));
}

/** Put `message` to the server and show what comes back below `question`, which is the citizen's words on the page. */
async function put(message, question) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_WITHIN);
  wait(controller);
  log.append(question);
  typing.scrollIntoView({ block: "nearest" });
  let answer;
  try {
    const { reply, failed } = await post(message, controller.signal);
    answer = shownReply(reply, tapped);
    if (failed) offerRetry(message, question, answer);
  } catch (error) {
    const tooLong = error instanceof TooLong;
    answer = shownReply({ blocks: [{ type: "text", text: tooLong ? SAY.tooLong : SAY.failed }] }, tapped);
    if (!tooLong) offerRetry(message, question, answer);
    else if (!input.value) write(message.text);
  } finally {
    clearTimeout(timer);
  }
  if (waiting !== controller) return; // the conversation was started over meanwhile
  wait(null);
  log.append(answer);
  scrollToStart(question, answer);
}

/** Add to `failure` a button that puts the same `message` again. */
function offerRetry(message, question, failure) {
  const again = element("button", { type: "button" }, SAY.retry);
  again.addEventListener("click", () => {
    if (waiting) return;
    failure.remove();
    put(message, question);
    if (!thumb.matches) input.focus({ preventScroll: true });
  });
  failure.classList.add("failure");
  failure.append(element("div", { className: "suggestions" }, again));
}

/** Ask `message` in the citizen's name; returns whether it was sent: one question is asked at a time. */
function ask(message) {
  if (waiting) return false;
  put(message, element("p", { className: "question" }, hidden(SAY.citizen), element("span", {}, message.text)));
  return true;
}

/** Ask what a tapped button asks. The API takes a choice or none, but not null. */
function tapped(button) {
  ask({ text: button.text, choice: button.choice ?? undefined, aspects: button.aspects?.length ? button.aspects : undefined });
}

function welcome() {
  const buttons = SAY.examples.map((text) => ({ text }));
  log.replaceChildren(shownReply({ blocks: [{ type: "text", text: SAY.welcome }], buttons }, tapped));
}

/** Put `text` into the box and make the box as high as its text; CSS says how high at most. */
function write(text) {
  input.value = text;
  fit();
}

function fit() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text || !ask({ text })) return;
  write("");
  if (thumb.matches) input.blur(); // the keyboard on the screen would hide the answer
  else input.focus({ preventScroll: true });
});

input.addEventListener("input", fit);
input.addEventListener("keydown", (event) => {
  // While a Vietnamese input method is still composing a word, Enter is its own.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});

document.getElementById("restart").addEventListener("click", () => {
  const underWay = waiting;
  wait(null);
  underWay?.abort();
  session.keep(undefined);
  write("");
  welcome();
  window.scrollTo({ top: 0 });
  if (!thumb.matches) input.focus({ preventScroll: true });
});

const address = new URL(window.location.href);
const first = address.searchParams.get("q")?.trim();
if (first) {
  // Out of the address, so that a reload does not ask again and the question stays out of the history.
  address.searchParams.delete("q");
  window.history.replaceState(null, "", address);
  ask({ text: first });
} else {
  welcome();
}
if (!thumb.matches) input.focus({ preventScroll: true });
