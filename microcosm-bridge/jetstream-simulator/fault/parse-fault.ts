import { SimulatorError } from '../simulator-error.js';
import { garbageKinds, type Fault } from './fault.js';

type FieldRule = (value: unknown) => boolean;

const wholeFrom =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): FieldRule =>
  (value) =>
    Number.isSafeInteger(value) &&
    Number(value) >= least &&
    Number(value) <= most;

/** Longest a timer can wait. */
const maxTimeoutMs = 2 ** 31 - 1;

const lasting = { forMs: wholeFrom(1, maxTimeoutMs) };
const timing = { afterEvents: wholeFrom(0), times: wholeFrom(1) };
const repeated = { ...timing, everyEvents: wholeFrom(1) };

/** Every fault with its fields; those in `required` have to be there. */
const rules: Readonly<
  Record<
    Fault['fault'],
    {
      readonly fields: Readonly<Record<string, FieldRule>>;
      readonly required?: string;
    }
  >
> = {
  none: { fields: {} },
  refuse: { fields: lasting },
  unreachable: { fields: lasting },
  silent: { fields: lasting },
  close: {
    fields: {
      ...timing,
      abrupt: (value) => typeof value === 'boolean',
      closeCode: wholeFrom(1000, 4999),
    },
  },
  garbage: {
    fields: {
      ...repeated,
      garbage: (value) => garbageKinds.some((kind) => kind === value),
      sizeBytes: wholeFrom(1, 256 * 1024 * 1024),
    },
    required: 'garbage',
  },
  'jump-back': { fields: { ...repeated, events: wholeFrom(1) } },
  retention: {
    fields: { ...lasting, oldestTimeUs: wholeFrom(0) },
    required: 'oldestTimeUs',
  },
};

/** The names of all faults. */
export const faultNames = Object.keys(rules);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFaultName(name: unknown): name is Fault['fault'] {
  return typeof name === 'string' && Object.hasOwn(rules, name);
}

function isFault(value: unknown): value is Fault {
  return problemOf(value) === undefined;
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'a fault is an object';
  const { fault, ...fields } = value;
  if (!isFaultName(fault)) return `"fault" must be ${faultNames.join(', ')}`;
  const rule = rules[fault];
  for (const [name, field] of Object.entries(fields)) {
    const allowed = Object.hasOwn(rule.fields, name) && rule.fields[name];
    if (!allowed) return `${fault} has no field "${name.slice(0, 40)}"`;
    if (!allowed(field)) return `"${name}" of ${fault} is out of range`;
  }
  if (rule.required !== undefined && !(rule.required in fields)) {
    return `${fault} needs "${rule.required}"`;
  }
  if (fault === 'jump-back' && fields['everyEvents'] !== undefined) {
    const events = Number(fields['events'] ?? jumpBackEvents);
    if (Number(fields['everyEvents']) <= events) {
      return '"everyEvents" of jump-back must be more than its "events"';
    }
  }
  return undefined;
}

/** How far back a jump goes where nothing is said. */
export const jumpBackEvents = 100;

/**
 * Reads a fault that came from outside.
 * @throws SimulatorError `bad-fault` naming the field
 */
export function parseFault(value: unknown): Fault {
  if (isFault(value)) return value;
  throw new SimulatorError(
    'bad-fault',
    `Not a fault: ${problemOf(value) ?? 'unknown'}`,
    { suggestion: 'See Faults in jetstream-simulator/README.md' }
  );
}
