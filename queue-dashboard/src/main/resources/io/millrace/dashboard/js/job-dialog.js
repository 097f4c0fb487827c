import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/htm-preact.mjs';
import { fetchJob, fetchLogs, redriveJob } from './api.js';
import { bytes, count, duration, words } from './format.js';
import { Badge, Copy, Moment, StateBadge } from './parts.js';
import { readJob, readLog } from './snapshot.js';

const REFRESH_MS = 2_000;
const LAST_LINES = 100;
const FINAL = ['succeeded', 'dead', 'cancelled'];

/** One job: what it is, how its attempts went, and redrive where it is dead. Its payload is not shown. */
export function JobDialog({ apiKey, id, onClose }) {
  const dialog = useRef(null);
  const { job, log, problem, redrive, redriving } = useJob(apiKey, id);

  useLayoutEffect(() => dialog.current.showModal(), []);

  const clickedOutside = (event) => event.target === dialog.current && dialog.current.close();
  return html`
    <dialog ref=${dialog} onClose=${onClose} onClick=${clickedOutside} aria-labelledby="job-title" data-testid="job-dialog">
      <div class="sheet">
        <header>
          <h2 id="job-title">${job ? job.type : 'Job'} ${job && html`<${StateBadge} state=${job.state} />`}</h2>
          <button type="button" class="quiet" onClick=${() => dialog.current.close()}>Close</button>
        </header>
        <p class="id">${id} <${Copy} text=${id} label="Copy the id" /></p>
        <p class="problem" role="alert" data-testid="job-problem">${problem}</p>
        ${!job && !problem && html`<p class="hint" role="status">Loading…</p>`}
        ${job && html`<${Detail} job=${job} log=${log} onRedrive=${redrive} redriving=${redriving} />`}
      </div>
    </dialog>`;
}

function useJob(apiKey, id) {
  const [job, setJob] = useState(null);
  const [log, setLog] = useState({ lines: [], dropped: 0 });
  const [problem, setProblem] = useState('');
  const [redriving, setRedriving] = useState(false);
  const [round, setRound] = useState(0);

  const failed = (error) => setProblem(error.status === 404 ? 'There is no job with this id, or it is no longer kept.' : error.message);

  useEffect(() => {
    const abort = new AbortController();
    let timer;
    // Without its log a job is shown all the same: the log lives in Redis, which may be away.
    const loadLog = async () => {
      try {
        setLog(readLog(await fetchLogs(apiKey, id, LAST_LINES, abort.signal)));
      } catch (error) {
        if (abort.signal.aborted) {
          throw error;
        }
      }
    };
    const load = async () => {
      try {
        const loaded = readJob(await fetchJob(apiKey, id, abort.signal));
        setJob(loaded);
        setProblem('');
        if (loaded.attempt > 0) {
          await loadLog();
        }
        if (!FINAL.includes(loaded.state)) {
          timer = setTimeout(load, REFRESH_MS);
        }
      } catch (error) {
        if (!abort.signal.aborted) {
          failed(error);
        }
      }
    };
    load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id, round]);

  const redrive = async () => {
    setRedriving(true);
    try {
      setJob(readJob(await redriveJob(apiKey, id)));
      setProblem('');
      setRound((before) => before + 1);
    } catch (error) {
      failed(error);
    }
    setRedriving(false);
  };
  return { job, log, problem, redrive, redriving };
}

function Detail({ job, log, onRedrive, redriving }) {
  return html`
    <dl class="facts">
      <${Fact} name="Queue">${job.queue}<//>
      <${Fact} name="Attempt">${job.attempt} of ${job.maxAttempts}<//>
      <${Fact} name="Priority">${job.priority}<//>
      <${Fact} name="Accepted"><${Moment} at=${job.createdAt} /><//>
      <${Fact} name="May run from"><${Moment} at=${job.runAt} /><//>
      <${Fact} name="Started"><${Moment} at=${job.startedAt} /><//>
      <${Fact} name="Ended"><${Moment} at=${job.finishedAt} /><//>
      <${Fact} name="Timeout">${job.timeout || '–'}<//>
      ${job.traceparent && html`<${Fact} name="Trace"><span class="id">${job.traceparent.slice(3, 35)}</span><//>`}
      ${job.worker && html`<${Fact} name="Worker">${job.worker}<//>`}
      ${job.waitingReason && html`<${Fact} name="Waits because"><${Badge} tone="warn">${words(job.waitingReason)}<//><//>`}
      ${job.tags.length > 0 && html`<${Fact} name="Tags">${job.tags.map((tag) => html`<span class="chip">${tag}</span>`)}<//>`}
    </dl>
    ${job.state === 'dead' && html`
      <div class="act">
        <button type="button" class="primary" data-testid="job-redrive" disabled=${redriving} onClick=${onRedrive}>
          ${redriving ? 'Redriving…' : 'Redrive'}
        </button>
        <p class="hint">Runs it again with all its attempts renewed. Its last attempt may have had its effect already.</p>
      </div>`}
    ${job.progress && html`<${Progress} progress=${job.progress} />`}
    <${Timeline} job=${job} />
    ${log.lines.length > 0 && html`<${Log} log=${log} />`}
    ${job.artifacts.length > 0 && html`
      <h3>Artifacts</h3>
      <ul class="plain">${job.artifacts.map((artifact) => html`
        <li>${artifact.name} <span class="hint">${artifact.contentType}, ${bytes(artifact.size)}</span></li>`)}</ul>`}
    ${job.resultExpired && html`<h3>Result</h3><p class="hint">Kept until <${Moment} at=${job.resultExpiresAt} />, as its submit asked.</p>`}
    ${job.result && html`<h3>Result</h3><pre tabindex="0" class="block">${job.result}</pre>`}`;
}

const Progress = ({ progress: { fraction, message } }) => html`
  <div class="progress" data-testid="job-progress">
    <progress max="1" value=${fraction} aria-label="Progress"></progress>
    <span>${Math.floor(fraction * 100)} %</span>
    ${message && html`<span class="hint">${message}</span>`}
  </div>`;

/** The text of the lines goes in as text, never as markup. */
const Log = ({ log: { lines, dropped } }) => html`
  <h3>Log</h3>
  ${dropped > 0 && html`<p class="hint">${count(dropped)} more lines are not kept.</p>`}
  <ol class="log block" tabindex="0" aria-label="Log" data-testid="job-log">
    ${lines.map((line) => html`<li><${Moment} at=${line.at} /> <span class="hint">${line.attempt}</span> ${line.text}</li>`)}
  </ol>`;

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

const Timeline = ({ job }) => html`
  <h3>Attempts</h3>
  <ol class="timeline" data-testid="job-timeline">
    <li class="plain"><p><b>Accepted</b> <span class="hint"><${Moment} at=${job.createdAt} /></span></p></li>
    ${job.attempts.map((attempt) => html`
      <li class="bad">
        <p><b>Attempt ${attempt.attempt}</b> <${Badge} tone="bad">${words(attempt.reason)}<//>
          <span class="hint"><${Moment} at=${attempt.finishedAt} />${took(attempt)}${attempt.worker && ` · ${attempt.worker}`}</span></p>
        ${attempt.message && html`<pre tabindex="0" class="block">${attempt.message}</pre>`}
      </li>`)}
    <${Latest} job=${job} />
  </ol>`;

const took = ({ startedAt, finishedAt }) =>
  startedAt === null || finishedAt === null ? '' : ` · after ${duration((finishedAt - startedAt) / 1_000)}`;

const LATEST = {
  scheduled: ['plain', 'Waits for its time', (job) => job.runAt],
  ready: ['plain', 'Waits for a worker', (job) => job.runAt],
  running: ['busy', 'Running', (job) => job.startedAt],
  succeeded: ['good', 'Succeeded', (job) => job.finishedAt],
  dead: ['bad', 'Dead', (job) => job.finishedAt],
  cancelled: ['plain', 'Cancelled', (job) => job.finishedAt],
};

function Latest({ job }) {
  const [tone, title, at] = LATEST[job.state] ?? ['plain', words(job.state), () => null];
  // A dead job without a failed attempt (refused before it ran) has only this to say why.
  const why = job.attempts.length === 0 && job.error;
  return html`
    <li class=${tone}>
      <p><b>${title}</b> ${why && html`<${Badge} tone="bad">${words(why.reason)}<//>`}
        <span class="hint"><${Moment} at=${at(job)} /></span></p>
      ${why && html`<pre tabindex="0" class="block">${why.message}</pre>`}
    </li>`;
}
