import { html } from '../vendor/htm-preact.mjs';
import { count, duration, rate } from './format.js';

const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);

/** All queues in one line of figures. */
export function Totals({ snapshot }) {
  const { queues, workers } = snapshot;
  const unknown = queues.some((queue) => !queue.indexed);
  const slots = sum(workers, (worker) => sum(worker.queues, (served) => served.concurrency));
  const oldest = Math.max(0, ...queues.map((queue) => queue.oldestReadyAge));
  const dead = sum(queues, (queue) => queue.dead);
  const known = (value) => (unknown ? '–' : value);
  return html`
    <dl class="totals" aria-label="All queues">
      <${Figure} name="Ready" value=${known(count(sum(queues, (queue) => queue.ready)))} />
      <${Figure} name="Running" value=${known(count(sum(queues, (queue) => queue.running)))} of=${slots > 0 && `${count(slots)} slots`} />
      <${Figure} name="Scheduled" value=${count(sum(queues, (queue) => queue.scheduled))} />
      <${Figure} name="Dead" value=${count(dead)} tone=${dead > 0 ? 'bad' : ''} />
      <${Figure} name="Oldest ready" value=${known(oldest > 0 ? duration(oldest) : '–')} />
      <${Figure} name="In" value=${rate(sum(queues, (queue) => queue.inRate))} of="/s" />
      <${Figure} name="Out" value=${rate(sum(queues, (queue) => queue.outRate))} of="/s" />
    </dl>`;
}

const Figure = ({ name, value, of, tone = '' }) => html`
  <div><dt>${name}</dt><dd class=${tone}>${value}${of && html`<small> ${of}</small>`}</dd></div>`;
