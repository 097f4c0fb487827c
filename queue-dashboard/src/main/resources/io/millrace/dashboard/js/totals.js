import { html } from '../vendor/htm-preact.mjs';
import { count, duration, rate, total } from './format.js';

const sum = (list, of) => list.reduce((before, item) => before + of(item), 0);

/** All queues in one line of figures. */
export function Totals({ snapshot }) {
  const { queues, workers } = snapshot;
  const known = queues.filter((queue) => queue.indexed);
  const atLeast = known.length < queues.length ? '≥ ' : '';
  const unknown = queues.length > 0 && known.length === 0;
  const slots = sum(workers, (worker) => sum(worker.queues, (served) => served.concurrency));
  const oldest = Math.max(0, ...known.map((queue) => queue.oldestReadyAge));
  const dead = sum(queues, (queue) => queue.dead);
  // Of queues whose index is being rebuilt these are not known: the others give a lower bound.
  const bound = (value) => (unknown ? '–' : atLeast + value);
  return html`
    <dl class="totals" aria-label="All queues">
      <${Figure} name="Ready" value=${bound(total(sum(known, (queue) => queue.ready)))} />
      <${Figure} name="Running" value=${bound(total(sum(known, (queue) => queue.running)))} />
      <${Figure} name="Scheduled" value=${total(sum(queues, (queue) => queue.scheduled))} />
      <${Figure} name="Dead" value=${total(dead)} tone=${dead > 0 ? 'bad' : ''} />
      <${Figure} name="Oldest ready" value=${oldest > 0 ? bound(duration(oldest)) : '–'} />
      <${Figure} name="In" value=${rate(sum(queues, (queue) => queue.inRate))} of="/s" />
      <${Figure} name="Out" value=${rate(sum(queues, (queue) => queue.outRate))} of="/s" />
      <${Figure} name="Workers" value=${count(workers.length)} of=${slots > 0 && `${count(slots)} slots`} />
    </dl>`;
}

const Figure = ({ name, value, of, tone = '' }) => html`
  <div><dt>${name}</dt><dd class=${tone}>${value}${of && html`<small> ${of}</small>`}</dd></div>`;
