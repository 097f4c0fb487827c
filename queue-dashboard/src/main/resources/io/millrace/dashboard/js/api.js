// The public REST API and the key it is called with. The key lives in this tab's session storage and in the
// Authorization header, nowhere else: never in a URL, a cookie or storage that outlives the tab.

const STORED_KEY = 'millrace.key';

export const storedKey = {
  read: () => sessionStorage.getItem(STORED_KEY),
  write: (key) => sessionStorage.setItem(STORED_KEY, key),
  forget: () => sessionStorage.removeItem(STORED_KEY),
};

// Relative to the page, so that a proxy may serve everything under a prefix.
export const apiUrl = (path) => new URL(`v1/${path}`, location.href).href;

export const authorized = (key) => ({ Authorization: `Bearer ${key}` });

/** What the API said when it did not say yes; status 0 means that it could not be reached. */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }

  /** Whether the key itself is refused, so that asking again cannot help. */
  get refusesKey() {
    return this.status === 401 || this.status === 403;
  }

  static unreachable() {
    return new Problem(0, 'The API cannot be reached', 'The API cannot be reached. Is it running?');
  }

  /** Reads application/problem+json; any other body (a proxy's page) is replaced by the status. */
  static async of(response) {
    let body = {};
    if ((response.headers.get('Content-Type') ?? '').includes('json')) {
      body = (await response.json().catch(() => null)) ?? {};
    }
    const title = typeof body.title === 'string' ? body.title : `The API answered ${response.status}`;
    return new Problem(response.status, title, typeof body.detail === 'string' ? body.detail : '');
  }
}

async function call(key, path, init = {}) {
  let response;
  try {
    response = await fetch(apiUrl(path), {
      ...init,
      headers: { ...authorized(key), Accept: 'application/json' },
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw Problem.unreachable();
  }
  if (!response.ok) {
    throw await Problem.of(response);
  }
  return response.json();
}

export const fetchJob = (key, id, signal) => call(key, `jobs/${encodeURIComponent(id)}`, { signal });

export const fetchLogs = (key, id, last, signal) => call(key, `jobs/${encodeURIComponent(id)}/logs?last=${last}`, { signal });

/** order: quiet, resume or stop. */
export const steerWorker = (key, id, order) => call(key, `workers/${encodeURIComponent(id)}/${order}`, { method: 'POST' });

export const redriveJob = (key, id) => call(key, `jobs/${encodeURIComponent(id)}/redrive`, { method: 'POST' });

export const setQueuePaused = (key, name, paused) =>
  call(key, `queues/${encodeURIComponent(name)}/${paused ? 'pause' : 'resume'}`, { method: 'POST' });
