const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });

export const count = (value) => whole.format(value);

const short = new Intl.NumberFormat('en', { notation: 'compact', minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Exact as long as it is short enough to be read: 9,999,999, then 10.0M. */
export const total = (value) => (value >= 10_000_000 ? short : whole).format(value);

export const rate = (value) => (value >= 100 || value === 0 ? whole : oneDigit).format(value);

/** 0.4 → "0 s", 75 → "1 m 15 s", 9000 → "2 h 30 m": two units at most. */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3_600) {
    return pair(Math.floor(s / 60), 'm', s % 60, 's');
  }
  if (s < 86_400) {
    return pair(Math.floor(s / 3_600), 'h', Math.floor((s % 3_600) / 60), 'm');
  }
  return pair(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3_600), 'h');
}

const pair = (a, unitA, b, unitB) => (b === 0 ? `${a} ${unitA}` : `${a} ${unitA} ${b} ${unitB}`);

/** How long ago, in one unit, so that old rows stay still; a clock that runs ahead shows as "now". */
export function ago(then, now) {
  const s = Math.floor((now - then) / 1_000);
  if (s < 2) {
    return 'now';
  }
  const [size, unit] = UNITS.find(([length]) => s >= length);
  return `${Math.floor(s / size)} ${unit} ago`;
}

const UNITS = [[86_400, 'd'], [3_600, 'h'], [60, 'm'], [1, 's']];

/** The time of day, with the date when it is not the same day. */
export function moment(ms, now = Date.now()) {
  const at = new Date(ms);
  return at.toDateString() === new Date(now).toDateString() ? clock.format(at) : `${date.format(at)} ${clock.format(at)}`;
}

export const exact = (ms) => new Date(ms).toISOString();

export function bytes(size) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = size;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? whole.format(value) : oneDigit.format(value)} ${units[unit]}`;
}

/** The wire's words for people: "no_worker" → "no worker". */
export const words = (code) => code.replaceAll('_', ' ');
