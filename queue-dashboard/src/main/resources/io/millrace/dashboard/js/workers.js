import { html, useState } from '../vendor/htm-preact.mjs';
import { steerWorker } from './api.js';
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

/** The states that are shown, with what they mean. */
const STATE_HINTS = new Map([
  ['quiet', 'Takes no new jobs; goes on with those it runs'],
  ['stopping', 'Takes no new jobs and ends when those it runs have'],
]);

/** What may be asked of a worker in a state. */
const ORDERS = new Map([
  ['active', ['quiet', 'stop']],
  ['quiet', ['resume', 'stop']],
]);
const LABELS = { quiet: 'Quiet', resume: 'Resume', stop: 'Stop' };
const QUESTIONS = {
  quiet: 'Take no new jobs?',
  resume: 'Take jobs again?',
  stop: 'End this process in order?',
};

export function Workers({ apiKey, workers, at }) {
  return html`
    <${Section} id="workers" title="Workers" note=${workers.length > 0 && count(workers.length)}>
      ${workers.length === 0
        ? html`<${Empty} command="./millrace worker">No worker is connected: jobs are kept and wait. Start one:<//>`
        : html`<${Table} label="Workers" columns=${COLUMNS}>
            ${workers.map((worker) => html`<${Row} key=${worker.id} apiKey=${apiKey} worker=${worker} at=${at} />`)}
          <//>`}
    <//>`;
}

function Row({ apiKey, worker, at }) {
  const slots = worker.queues.reduce((total, served) => total + served.concurrency, 0);
  return html`
    <tr role="row">
      <th role="rowheader" scope="row">
        <span class="name">${worker.host}</span> <span class="hint">pid ${worker.pid}</span>
        ${STATE_HINTS.has(worker.state) && html`<${Badge} tone="warn" title=${STATE_HINTS.get(worker.state)}>${worker.state}<//>`}
        ${worker.asked && html`<${Badge} title="It follows with its next sign of life">asked: ${worker.asked}<//>`}
        <${Steering} apiKey=${apiKey} worker=${worker} />
        <span class="id">${worker.id}${worker.version && ` · ${worker.version}`}</span>
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

/** Buttons that ask once more before they act. */
function Steering({ apiKey, worker }) {
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const id = (what) => `worker-${worker.id}-${what}`;

  const act = async () => {
    setBusy(true);
    try {
      await steerWorker(apiKey, worker.id, chosen);
      setProblem('');
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
    setChosen('');
  };
  return html`
    ${chosen === ''
      ? (ORDERS.get(worker.state) ?? []).map((order) => html`
          <button type="button" class="quiet" disabled=${worker.asked === 'stopping'} onClick=${() => setChosen(order)}
            data-testid=${id(order)} aria-label=${`${LABELS[order]} ${worker.host} ${worker.pid}`}>${LABELS[order]}</button>`)
      : html`
          <span class="hint">${QUESTIONS[chosen]}</span>
          <button type="button" disabled=${busy} onClick=${act} data-testid=${id('confirm')}>${LABELS[chosen]}</button>
          <button type="button" class="quiet" disabled=${busy} onClick=${() => setChosen('')}>No</button>`}
    <span class="problem" role="alert" data-testid=${id('problem')}>${problem}</span>`;
}
