import { html } from '../vendor/htm-preact.mjs';
import { count, duration } from './format.js';
import { Ago, Badge, Cell, Empty, Section, Table } from './parts.js';

const COLUMNS = [
  { name: 'Worker' },
  { name: 'Serves', hint: 'Queues and the slots in each' },
  { name: 'Types', numeric: true, hint: 'Job types it has handlers for' },
  { name: 'Running', numeric: true, hint: 'Jobs it holds now, of all its slots' },
  { name: 'Up for', numeric: true },
  { name: 'Last seen', numeric: true },
];

export function Workers({ workers, at }) {
  return html`
    <${Section} id="workers" title="Workers" note=${workers.length > 0 && count(workers.length)}>
      ${workers.length === 0
        ? html`<${Empty} command="./millrace worker">No worker is connected: jobs are kept and wait. Start one:<//>`
        : html`<${Table} label="Workers" columns=${COLUMNS}>
            ${workers.map((worker) => html`<${Row} key=${worker.id} worker=${worker} at=${at} />`)}
          <//>`}
    <//>`;
}

function Row({ worker, at }) {
  const slots = worker.queues.reduce((total, served) => total + served.concurrency, 0);
  return html`
    <tr role="row">
      <th role="rowheader" scope="row">
        <span class="name">${worker.host}</span> <span class="hint">pid ${worker.pid}</span>
        ${worker.stopping && html`<${Badge} tone="warn" title="Takes no new jobs">stopping<//>`}
        <span class="id">${worker.id}</span>
      </th>
      <${Cell} name="Serves" className="chips">
        ${worker.queues.map(({ queue, concurrency }) => html`<span class="chip">${queue} <b>${count(concurrency)}</b></span>`)}
      <//>
      <${Cell} name="Types" numeric title=${worker.types.join(', ')}>${count(worker.types.length)}<//>
      <${Cell} name="Running" numeric>${count(worker.running)} <small>/ ${count(slots)}</small><//>
      <${Cell} name="Up for" numeric>${worker.startedAt === null ? '–' : duration((at - worker.startedAt) / 1_000)}<//>
      <${Cell} name="Last seen" numeric><${Ago} then=${worker.seenAt} now=${at} /><//>
    </tr>`;
}
