import { html } from '../vendor/htm-preact.mjs';
import { words } from './format.js';
import { Ago, Badge, Cell, Empty, Section, StateBadge, Table } from './parts.js';

const COLUMNS = [
  { name: 'When' },
  { name: 'Type' },
  { name: 'Queue' },
  { name: 'Attempt', numeric: true },
  { name: 'Reason' },
  { name: 'Message' },
  { name: 'Now', hint: 'The state of the job' },
  { name: 'Job' },
];

export function Failures({ failures, at }) {
  return html`
    <${Section} id="failures" title="Last failures" note=${failures.length > 0 && 'newest first'}>
      ${failures.length === 0
        ? html`<${Empty}>No attempt has failed lately. Failed attempts and dead jobs appear here with their reason.<//>`
        : html`<${Table} label="Last failures" className="failures" columns=${COLUMNS}>
            ${failures.map((failure) => html`<${Row} key=${`${failure.jobId} ${failure.attempt} ${failure.at}`} failure=${failure} at=${at} />`)}
          <//>`}
    <//>`;
}

const Row = ({ failure, at }) => html`
  <tr role="row">
    <${Cell} name="When" className="tight"><${Ago} then=${failure.at} now=${at} /><//>
    <${Cell} name="Type">${failure.type}<//>
    <${Cell} name="Queue">${failure.queue}<//>
    <${Cell} name="Attempt" numeric>${failure.attempt}<//>
    <${Cell} name="Reason"><${Badge} tone="bad">${words(failure.reason)}<//><//>
    <${Cell} name="Message" className="message" title=${failure.message}>${failure.message}<//>
    <${Cell} name="Now"><${StateBadge} state=${failure.state} /><//>
    <${Cell} name="Job"><a href=${`#job/${encodeURIComponent(failure.jobId)}`} aria-label=${`Job ${failure.jobId}`}
      title=${failure.jobId}>…${failure.jobId.slice(-8)}</a><//>
  </tr>`;
