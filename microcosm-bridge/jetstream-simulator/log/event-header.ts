/** What the server has to know of an event in order to route it. */
export interface EventHeader {
  /** Undefined where the event has none, being malformed. */
  readonly timeUs: number | undefined;
  readonly did: string | undefined;
  /** Undefined for everything that is no commit. */
  readonly collection: string | undefined;
}

/**
 * How Jetstream itself and our generator begin an event. It saves parsing the
 * whole event; what looks different is parsed.
 */
const usual =
  /^(\{"did":"([A-Za-z0-9._:%-]+)","time_us":)(\d{1,16})(?=,"kind":"(?:(?:account|identity)"|commit","commit":\{"rev":"[2-7a-z]*","operation":"(?:create|update|delete)","collection":"([A-Za-z0-9.-]+)"))/;

/** Bytes of an event in which the usual beginning is looked for. */
const usualBytes = 400;

function usualBeginning(line: Buffer): RegExpExecArray | null {
  return usual.exec(line.toString('latin1', 0, usualBytes));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(line: Buffer): Record<string, unknown> {
  try {
    const event: unknown = JSON.parse(line.toString('utf8'));
    return isObject(event) ? event : {};
  } catch {
    return {};
  }
}

/**
 * Reads what is needed of an event. Never throws: of a line that is no event
 * everything is undefined.
 */
export function readEventHeader(line: Buffer): EventHeader {
  const match = usualBeginning(line);
  if (match !== null) {
    return { timeUs: Number(match[3]), did: match[2], collection: match[4] };
  }
  const { did, time_us: timeUs, kind, commit } = parsed(line);
  const collection =
    kind === 'commit' && isObject(commit) ? commit['collection'] : undefined;
  return {
    timeUs: Number.isSafeInteger(timeUs) ? Number(timeUs) : undefined,
    did: typeof did === 'string' ? did : undefined,
    collection: typeof collection === 'string' ? collection : undefined,
  };
}

/**
 * The event with another `time_us`; the line itself where it has none.
 * @param shiftUs microseconds to add
 */
export function shiftEventTime(line: Buffer, shiftUs: number): Buffer {
  const match = usualBeginning(line);
  if (match !== null) {
    const [, before = '', , digits = ''] = match;
    return Buffer.concat([
      Buffer.from(before + String(Number(digits) + shiftUs)),
      line.subarray(before.length + digits.length),
    ]);
  }
  const { timeUs } = readEventHeader(line);
  if (timeUs === undefined) return line;
  const shifted = { ...parsed(line), time_us: timeUs + shiftUs };
  return Buffer.from(JSON.stringify(shifted));
}
