import { ConstellationError } from './errors.js';

/** What a number may be. */
export interface NumberRule {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
  /** 0 is allowed too, though it is below `least`. */
  readonly orZero?: boolean;
}

/** An error that names an option and the value it cannot have. */
export function badOption(
  name: string,
  value: unknown,
  problem: string
): ConstellationError {
  return new ConstellationError(
    'BAD_OPTION',
    `${name} = ${shownValue(value)} ${problem}.`,
    { suggestion: `Change ${name} or leave it out for its default.` }
  );
}

/** @throws ConstellationError `BAD_OPTION` unless left out or within the rule */
export function checkNumber(
  name: string,
  value: unknown,
  rule: NumberRule
): void {
  if (value === undefined || (rule.orZero === true && value === 0)) return;
  const ok =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= rule.least &&
    value <= rule.most &&
    (rule.whole !== true || Number.isInteger(value));
  if (ok) return;
  const kind = rule.whole === true ? 'a whole number' : 'a number';
  const zero = rule.orZero === true ? ', or 0' : '';
  throw badOption(
    name,
    value,
    `is not ${kind} from ${rule.least} to ${rule.most}${zero}`
  );
}

/** @throws ConstellationError `BAD_OPTION` for what cannot be a header value */
export function checkUserAgent(userAgent: string, name = 'userAgent'): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/.test(userAgent)) {
    return userAgent;
  }
  throw badOption(
    name,
    userAgent,
    'is not 1 to 256 printable ASCII characters'
  );
}

/** @throws ConstellationError `BAD_OPTION`; the message never repeats the text */
export function checkRedisUrl(text: string, name = 'redisUrl'): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol === 'redis:' || protocol === 'rediss:') return text;
  // The text may hold a password.
  throw new ConstellationError(
    'BAD_OPTION',
    `${name} is not a redis:// or rediss:// URL.`,
    { suggestion: `Set ${name} to something like redis://localhost:6379.` }
  );
}

function shownValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : typeof value;
}
