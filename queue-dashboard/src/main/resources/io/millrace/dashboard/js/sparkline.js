import { html } from '../vendor/htm-preact.mjs';
import { rate } from './format.js';
import { WINDOW_MS } from './history.js';

const WIDTH = 160;
const HEIGHT = 28;
const PAD = 2;
// Snapshots come each second; where they stopped for longer, nothing is known and no line is drawn.
const GAP_MS = 5_000;

/** In and out per second over the last two minutes, on one scale. */
export function Sparkline({ points, at }) {
  const peak = Math.max(0, ...points.map((point) => Math.max(point.in, point.out)));
  const x = (point) => (WIDTH * (1 - (at - point.at) / WINDOW_MS)).toFixed(1);
  const y = (value) => (HEIGHT - PAD - (HEIGHT - 2 * PAD) * (peak > 0 ? value / peak : 0)).toFixed(1);
  const line = (part, of) => `M${part.map((point) => `${x(point)} ${y(of(point))}`).join('L')}`;
  const area = (part) => `${line(part, (point) => point.out)}L${x(part.at(-1))} ${y(0)}L${x(part[0])} ${y(0)}Z`;
  const draw = (shape) => parts(points).map(shape).join('');
  const last = points.at(-1) ?? { in: 0, out: 0 };
  const said = `in ${rate(last.in)}, out ${rate(last.out)} per second; highest in two minutes ${rate(peak)}`;
  return html`
    <svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${said}>
      <title>${said}</title>
      <path class="base" d=${`M0 ${HEIGHT - PAD}H${WIDTH}`} />
      <path class="area" d=${draw(area)} />
      <path class="out" d=${draw((part) => line(part, (point) => point.out))} />
      <path class="in" d=${draw((part) => line(part, (point) => point.in))} />
    </svg>`;
}

/** The points cut where snapshots were missing. */
function parts(points) {
  const found = [];
  points.forEach((point, i) => {
    if (i === 0 || point.at - points[i - 1].at > GAP_MS) {
      found.push([]);
    }
    found.at(-1).push(point);
  });
  return found;
}
