import { html, useEffect, useRef, useState } from '../vendor/htm-preact.mjs';
import { apiUrl, authorized, storedKey } from './api.js';
import { EventStream } from './sse.js';
import { readSnapshot } from './snapshot.js';
import { remember } from './history.js';
import { Header } from './header.js';
import { Totals } from './totals.js';
import { Queues } from './queues.js';
import { Workers } from './workers.js';
import { Failures } from './failures.js';
import { JobDialog } from './job-dialog.js';
import { SignIn } from './signin.js';

const REFUSED = {
  401: 'The API does not know this key. Check that it is complete and has not been revoked.',
  403: 'This key may not read the queues. Use one with that right.',
};

/** Signed out: the form. Signed in: the page. A typed key counts as signed in once the stream has opened with it. */
export function App() {
  const [key, setKey] = useState(() => storedKey.read());
  const [message, setMessage] = useState('');

  const signOut = (why = '') => {
    storedKey.forget();
    setMessage(why);
    setKey(null);
  };
  if (key === null) {
    return html`<${SignIn} message=${message} onKey=${(typed) => { setMessage(''); setKey(typed); }} />`;
  }
  return html`<${Session} key=${key} apiKey=${key} fresh=${storedKey.read() !== key} onEnd=${signOut} />`;
}

function Session({ apiKey, fresh, onEnd }) {
  const [opened, setOpened] = useState(!fresh);
  const [connection, setConnection] = useState({ state: 'connecting' });
  const [live, setLive] = useState({ snapshot: null, history: new Map() });
  const stream = useRef(null);

  useEffect(() => {
    let everOpened = !fresh;
    stream.current = new EventStream(apiUrl('events'), authorized(apiKey), {
      onOpen: () => {
        everOpened = true;
        storedKey.write(apiKey);
        setOpened(true);
        setConnection({ state: 'live' });
      },
      onEvent: (name, data) => {
        if (name === 'snapshot') {
          const snapshot = readSnapshot(data);
          setLive((before) => ({ snapshot, history: remember(before.history, snapshot) }));
        }
      },
      onLost: (problem, retryAt) => {
        if (everOpened) {
          setConnection({ state: 'lost', problem, retryAt });
        } else {
          onEnd(`${problem.message} Signing in was not possible; try again.`);
        }
      },
      onRefused: (problem) => onEnd(REFUSED[problem.status]),
      onPaused: () => setConnection({ state: 'paused' }),
    });
    stream.current.start();
    return () => stream.current.stop();
  }, []);

  if (!opened) {
    return html`<${SignIn} busy=${true} />`;
  }
  return html`<${Page}
    apiKey=${apiKey} live=${live} connection=${connection}
    onRetry=${() => { setConnection({ state: 'connecting' }); stream.current.retryNow(); }}
    onSignOut=${() => onEnd()} />`;
}

function Page({ apiKey, live, connection, onRetry, onSignOut }) {
  const [jobId, setJobId] = useJobInAddress();
  const { snapshot, history } = live;
  return html`
    <a class="skip" href="#queues" onClick=${(event) => skipTo(event, 'queues')}>Skip to the queues</a>
    <${Header} connection=${connection} snapshot=${snapshot} onRetry=${onRetry} onSignOut=${onSignOut} onJob=${setJobId} />
    <main class=${connection.state === 'live' || snapshot === null ? '' : 'stale'}>
      ${snapshot === null
        ? html`<p class="notice" role="status">Waiting for the first numbers…</p>`
        : html`
            <${Totals} snapshot=${snapshot} />
            <${Queues} apiKey=${apiKey} queues=${snapshot.queues} history=${history} at=${snapshot.at} />
            <${Workers} apiKey=${apiKey} workers=${snapshot.workers} at=${snapshot.at} />
            <${Failures} failures=${snapshot.failures} at=${snapshot.at} />`}
    </main>
    ${jobId && html`<${JobDialog} key=${jobId} apiKey=${apiKey} id=${jobId} onClose=${() => setJobId('')} />`}`;
}

function skipTo(event, id) {
  event.preventDefault();
  document.getElementById(id)?.focus();
}

const ADDRESS = /^#job\/(.+)$/;

/** The open job stands in the address (#job/ID), so that it can be linked to and the back button closes it. */
function useJobInAddress() {
  const read = () => {
    const found = ADDRESS.exec(location.hash);
    try {
      return found ? decodeURIComponent(found[1]) : '';
    } catch {
      return '';
    }
  };
  const [id, setId] = useState(read);
  useEffect(() => {
    const changed = () => setId(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const open = (next) => {
    const target = next ? `#job/${encodeURIComponent(next)}` : location.pathname + location.search;
    history.pushState(null, '', target);
    setId(next);
  };
  return [id, open];
}
