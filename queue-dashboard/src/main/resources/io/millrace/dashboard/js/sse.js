// Server-sent events over fetch: EventSource cannot send an Authorization header.

import { Problem } from './api.js';

/** Turns pieces of text into events, after the WHATWG HTML standard, section 9.2.6. Ids are ignored. */
export class SseParser {
  #rest = '';
  #event = '';
  #data = [];
  #afterCarriageReturn = false;

  constructor({ onEvent, onRetry }) {
    this.onEvent = onEvent;
    this.onRetry = onRetry;
  }

  push(text) {
    // A CR LF may be cut in two by the network: its LF must not end a second line.
    if (this.#afterCarriageReturn && text.startsWith('\n')) {
      text = text.slice(1);
    }
    if (text === '') {
      return;
    }
    this.#afterCarriageReturn = text.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop();
    lines.forEach((line) => this.#line(line));
  }

  #line(line) {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
    } else if (field === 'event') {
      this.#event = value;
    } else if (field === 'retry' && /^\d+$/.test(value)) {
      this.onRetry(Number(value));
    }
  }

  #dispatch() {
    if (this.#data.length > 0) {
      this.onEvent(this.#event || 'message', this.#data.join('\n'));
    }
    this.#event = '';
    this.#data = [];
  }
}

// Twice the server's ping and a little: silence for longer means that the line is dead.
const SILENCE_MS = 32_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * A stream that stays: it reconnects with growing, jittered pauses and rests while the tab is hidden.
 *
 * Calls back: onOpen(), onEvent(name, data), onLost(problem, retryAtMs), onRefused(problem) after which it has stopped,
 * onPaused().
 */
export class EventStream {
  #abort = null;
  #timer = null;
  #failures = 0;
  #firstRetryMs = FIRST_RETRY_MS;
  #stopped = true;

  constructor(url, headers, listener) {
    this.url = url;
    this.headers = headers;
    this.listener = listener;
  }

  start() {
    this.#stopped = false;
    document.addEventListener('visibilitychange', this.#visibilityChanged);
    this.#visibilityChanged();
  }

  stop() {
    this.#stopped = true;
    document.removeEventListener('visibilitychange', this.#visibilityChanged);
    this.#rest();
  }

  /** Tries at once instead of waiting for the pause to end. */
  retryNow() {
    this.#rest();
    this.#connect();
  }

  #visibilityChanged = () => {
    this.#rest();
    if (document.hidden) {
      this.listener.onPaused();
    } else {
      this.#connect();
    }
  };

  #rest() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #connect() {
    const abort = new AbortController();
    this.#abort = abort;
    let problem;
    try {
      problem = await this.#read(abort);
    } catch {
      problem = Problem.unreachable();
    }
    // Someone has stopped, paused or restarted the stream meanwhile: this connection speaks for nobody.
    if (this.#stopped || this.#abort !== abort) {
      return;
    }
    if (problem.refusesKey) {
      this.stop();
      this.listener.onRefused(problem);
      return;
    }
    this.#retryLater(problem);
  }

  async #read(abort) {
    let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const response = await fetch(this.url, {
        headers: { ...this.headers, Accept: 'text/event-stream' },
        cache: 'no-store',
        credentials: 'omit',
        signal: abort.signal,
      });
      if (!response.ok) {
        return withRetryAfter(await Problem.of(response), response);
      }
      this.listener.onOpen();
      const parser = new SseParser({
        onEvent: (name, data) => {
          this.#failures = 0;
          this.listener.onEvent(name, data);
        },
        onRetry: (ms) => (this.#firstRetryMs = Math.min(Math.max(ms, 100), LONGEST_RETRY_MS)),
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || abort.signal.aborted) {
          return new Problem(0, 'The connection was closed', '');
        }
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        parser.push(value);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #retryLater(problem) {
    const pause = Math.min(this.#firstRetryMs * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    const jittered = pause * (0.75 + Math.random() / 2);
    const wait = Math.max(jittered, problem.retryAfterMs ?? 0);
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.listener.onLost(problem, Date.now() + wait);
  }
}

function withRetryAfter(problem, response) {
  const seconds = Number(response.headers.get('Retry-After'));
  problem.retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds * 1_000, LONGEST_RETRY_MS) : 0;
  return problem;
}
