// Small pieces that several views use.

import { html, useEffect, useState } from '../vendor/htm-preact.mjs';
import { ago, exact, moment, words } from './format.js';

export const Mark = () => html`
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" />
    <g>
      <circle cx="16" cy="14.5" r="7" />
      <path d="M16 7.5v14M9 14.5h14" />
      <path d="M5.5 25.5c2.6-2 4.9-2 7.5 0s4.9 2 7.5 0 4.4-2 6 0" />
    </g>
  </svg>`;

export const Badge = ({ tone = 'plain', children, title }) =>
  html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;

const STATE_TONES = { succeeded: 'good', running: 'busy', dead: 'bad', scheduled: 'plain', ready: 'plain' };

export const StateBadge = ({ state }) => html`<${Badge} tone=${STATE_TONES[state] ?? 'plain'}>${words(state)}<//>`;

export const Ago = ({ then, now }) =>
  then === null ? '–' : html`<time datetime=${exact(then)} title=${exact(then)}>${ago(then, now)}</time>`;

export const Moment = ({ at }) =>
  at === null ? '–' : html`<time datetime=${exact(at)} title=${exact(at)}>${moment(at)}</time>`;

/** A table that becomes a list of cards on a narrow screen; the roles keep it a table for assistive technology. */
export const Table = ({ label, className = '', columns, children }) => html`
  <table class=${className} role="table" aria-label=${label}>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(({ name, numeric, hint }) =>
          html`<th role="columnheader" scope="col" class=${numeric ? 'num' : ''} title=${hint}>${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">${children}</tbody>
  </table>`;

/** A cell that carries its column's name, shown where the table has become cards. */
export const Cell = ({ name, numeric, className = '', children, ...rest }) => html`
  <td role="cell" class=${`${numeric ? 'num' : ''} ${className}`} data-label=${name}><span ...${rest}>${children}</span></td>`;

export const Section = ({ id, title, note, children }) => html`
  <section class="card" aria-labelledby=${`${id}-title`} id=${id} tabindex="-1">
    <header class="section-head"><h2 id=${`${id}-title`}>${title}</h2>${note && html`<p class="hint">${note}</p>`}</header>
    ${children}
  </section>`;

/** What to do next where there is nothing to show: a sentence and a command to copy. */
export function Empty({ children, command }) {
  return html`
    <div class="empty">
      <p>${children}</p>
      ${command && html`<div class="command"><pre tabindex="0">${command}</pre><${Copy} text=${command} label="Copy the command" /></div>`}
    </div>`;
}

export function Copy({ text, label }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSaid(''), 1_500);
    return () => clearTimeout(timer);
  }, [said]);
  // The clipboard exists only on https and localhost; elsewhere the text can still be selected by hand.
  if (!navigator.clipboard) {
    return null;
  }
  const copy = () => navigator.clipboard.writeText(text).then(() => setSaid('Copied'), () => setSaid('Not allowed'));
  return html`<button type="button" class="quiet" onClick=${copy} aria-label=${said || label} aria-live="polite">${said || 'Copy'}</button>`;
}
