import { html, useEffect, useState } from '../vendor/htm-preact.mjs';
import { moment } from './format.js';
import { Mark } from './parts.js';

export function Header({ connection, snapshot, onRetry, onSignOut, onJob }) {
  return html`
    <header class="top">
      <h1><${Mark} /> Millrace</h1>
      <div class="lights">
        <${Connection} connection=${connection} snapshot=${snapshot} />
        ${snapshot && connection.state !== 'lost' && html`
          <${Server} name="PostgreSQL" id="postgres" state=${snapshot.servers.postgres} />
          <${Server} name="Redis" id="redis" state=${snapshot.servers.redis} />`}
        ${connection.state === 'lost' && html`<button type="button" class="quiet" onClick=${onRetry}>Retry now</button>`}
      </div>
      <${LookUp} onJob=${onJob} />
      <button type="button" class="quiet" data-testid="signout" onClick=${onSignOut}>Sign out</button>
    </header>`;
}

const LIGHTS = { live: 'good', connecting: 'waiting', paused: 'waiting', lost: 'bad' };

function Connection({ connection, snapshot }) {
  const since = snapshot ? `, numbers of ${moment(snapshot.at)}` : '';
  const said = {
    live: () => 'Live',
    connecting: () => 'Connecting…',
    paused: () => 'Paused while hidden',
    lost: () => `Disconnected${since}`,
  }[connection.state]();
  return html`
    <span class=${`light ${LIGHTS[connection.state]}`} title=${connection.problem?.message}>
      <span role="status" data-testid="connection-state" data-state=${connection.state}>${said}</span>
      ${connection.state === 'lost' && html`<${Countdown} until=${connection.retryAt} />`}
    </span>`;
}

/** Outside the live region: a screen reader should not count along. */
function Countdown({ until }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - now) / 1_000);
  return html`<span class="hint" aria-hidden="true">${seconds > 0 ? `retry in ${seconds} s` : 'retrying…'}</span>`;
}

function Server({ name, id, state }) {
  const tone = { up: 'good', down: 'bad' }[state] ?? 'waiting';
  return html`<span class=${`light ${tone}`} data-testid=${`server-${id}`}>${name} ${state || 'unknown'}</span>`;
}

function LookUp({ onJob }) {
  const submit = (event) => {
    event.preventDefault();
    const id = new FormData(event.currentTarget).get('id').trim();
    if (id) {
      onJob(id);
    }
  };
  return html`
    <form class="lookup" role="search" onSubmit=${submit}>
      <input name="id" type="search" aria-label="Job id" placeholder="Job id" autocomplete="off" spellcheck=${false}
        data-testid="lookup-id" />
      <button type="submit" data-testid="lookup-submit">Open</button>
    </form>`;
}
