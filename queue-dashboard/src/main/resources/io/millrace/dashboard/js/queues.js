import { html, useRef, useState } from '../vendor/htm-preact.mjs';
import { setQueuePaused } from './api.js';
import { count, duration, rate, words } from './format.js';
import { Badge, Cell, Empty, Section, Table } from './parts.js';
import { Sparkline } from './sparkline.js';

const COLUMNS = [
  { name: 'Queue' },
  { name: 'Ready', numeric: true, hint: 'Wait for a free worker' },
  { name: 'Running', numeric: true, hint: 'Held by a worker' },
  { name: 'Scheduled', numeric: true, hint: 'Wait for a time: delayed, or between two attempts' },
  { name: 'Dead', numeric: true, hint: 'Failed for good; can be redriven' },
  { name: 'Oldest ready', numeric: true, hint: 'How long the oldest ready job has waited' },
  { name: 'In/s', numeric: true, hint: 'Jobs accepted per second' },
  { name: 'Out/s', numeric: true, hint: 'Jobs that ended per second' },
  { name: 'Last 2 minutes' },
];

export function Queues({ apiKey, queues, history, at }) {
  return html`
    <${Section} id="queues" title="Queues" note=${queues.length > 0 && html`
        <span class="key in">in</span><span class="key out">out</span>`}>
      ${queues.length === 0
        ? html`<${Empty} command=${submitCommand()}>A queue appears with its first job. Submit one:<//>`
        : html`<${Table} label="Queues" className="queues" columns=${COLUMNS}>
            ${queues.map((queue) => html`<${Row}
              key=${queue.name} apiKey=${apiKey} queue=${queue} points=${history.get(queue.name) ?? []} at=${at} />`)}
          <//>`}
    <//>`;
}

function Row({ apiKey, queue, points, at }) {
  const { paused, busy, problem, toggle } = usePause(apiKey, queue, at);
  const known = (value) => (queue.indexed ? value : '–');
  const id = (what) => `queue-${queue.name}-${what}`;
  return html`
    <tr role="row">
      <th role="rowheader" scope="row">
        <span class="name">${queue.name}</span>
        ${paused && html`<${Badge} tone="warn" title="No job of this queue is handed to a worker">paused<//>`}
        ${!queue.indexed && html`<${Badge} tone="warn" title="Redis is unreachable or being rebuilt: ready and running are not known">index rebuilding<//>`}
        ${queue.waitingReason && !queue.paused && html`<${Badge} tone="warn" title="Why jobs wait although they could run">${words(queue.waitingReason)}<//>`}
        <button type="button" class="quiet" disabled=${busy} onClick=${toggle} data-testid=${id('pause')}
          aria-label=${`${paused ? 'Resume' : 'Pause'} ${queue.name}`}>${paused ? 'Resume' : 'Pause'}</button>
        <span class="problem" role="alert" data-testid=${id('problem')}>${problem}</span>
      </th>
      <${Cell} name="Ready" numeric data-testid=${id('ready')}>${known(count(queue.ready))}<//>
      <${Cell} name="Running" numeric data-testid=${id('running')}>${known(count(queue.running))}<//>
      <${Cell} name="Scheduled" numeric data-testid=${id('scheduled')}>${count(queue.scheduled)}<//>
      <${Cell} name="Dead" numeric className=${queue.dead > 0 ? 'bad' : ''} data-testid=${id('dead')}>${count(queue.dead)}<//>
      <${Cell} name="Oldest ready" numeric data-testid=${id('oldest')}>${known(queue.oldestReadyAge > 0 ? duration(queue.oldestReadyAge) : '–')}<//>
      <${Cell} name="In/s" numeric data-testid=${id('in')}>${rate(queue.inRate)}<//>
      <${Cell} name="Out/s" numeric data-testid=${id('out')}>${rate(queue.outRate)}<//>
      <td role="cell" class="trend" data-label="Last 2 minutes"><${Sparkline} points=${points} at=${at} /></td>
    </tr>`;
}

/** Whether a queue is paused, and how to change that. An answer counts until the next snapshot says it itself. */
function usePause(apiKey, queue, at) {
  const [answer, setAnswer] = useState(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const latest = useRef(at);
  latest.current = at;
  const paused = answer?.at === at ? answer.paused : queue.paused;

  const toggle = async () => {
    setBusy(true);
    try {
      const told = await setQueuePaused(apiKey, queue.name, !paused);
      setAnswer({ at: latest.current, paused: told.paused === true });
      setProblem('');
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  return { paused, busy, problem, toggle };
}

const submitCommand = () => `curl -X POST ${new URL('v1/jobs', location.href).href} \\
  -H "Authorization: Bearer $MILLRACE_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"type": "email.send", "payload": {"to": ["you@example.com"], "subject": "Hello", "text": "From Millrace"}}'`;
