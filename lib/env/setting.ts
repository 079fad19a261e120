import { isIP } from 'node:net';

/** Who reads a setting. */
export type SettingReader =
  | 'embedded' // the embedded index and the runtime around it
  | 'docker' // the compose overlay and the entrypoint of the image
  | 'client' // lib/constellation and the bridge
  | 'setup'
  | 'test'
  | 'teardown'
  | 'backup';

interface SettingBase {
  /** One or two sentences for the example file and the table. */
  readonly comment: string;
  /** Who reads it; a setting that nobody reads does not belong here. */
  readonly readers: readonly SettingReader[];
  /** The heading it stands under in the example file. */
  readonly section: string;
  /** May hold a password: never shown, and its file gets mode 0600. */
  readonly secret?: boolean | undefined;
  /** What it means that it is not set, where there is no default. */
  readonly whenUnset?: string | undefined;
  /** What a local instance uses where that is not the default. */
  readonly forLocal?: string | undefined;
}

/** `true` or `false`. */
export interface BooleanSetting extends SettingBase {
  readonly type: 'boolean';
  readonly default?: boolean | undefined;
}

/** A whole number with its unit and inclusive range. */
export interface IntegerSetting extends SettingBase {
  readonly type: 'integer';
  readonly unit?: string | undefined;
  readonly min: number;
  readonly max: number;
  readonly default?: number | undefined;
}

/** One of a few words. */
export interface ChoiceSetting extends SettingBase {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default?: string | undefined;
}

/** A text of a certain form. */
export interface TextSetting extends SettingBase {
  readonly type: 'text';
  readonly default?: string | undefined;
  /** What is expected, for errors and the table: `a folder`. */
  readonly form: string;
  readonly fits: (text: string) => boolean;
}

/** A moment, or the word `complete`. */
export interface SinceSetting extends SettingBase {
  readonly type: 'since';
  readonly default?: undefined;
}

/** One setting: what it is, who reads it, what it takes. */
export type Setting =
  BooleanSetting | IntegerSetting | ChoiceSetting | TextSetting | SinceSetting;

/** The type a setting's text is parsed to. */
export type SettingValue<S extends Setting> = S extends { type: 'boolean' }
  ? boolean
  : S extends { type: 'integer' }
    ? number
    : S extends { type: 'choice'; choices: ReadonlyArray<infer C> }
      ? C
      : S extends { type: 'since' }
        ? Date | 'complete'
        : string;

/** Any parsed value. */
export type AnySettingValue = boolean | number | string | Date;

/** What a setting takes, in words: `an integer from 1 to 65535`. */
export function settingForm(setting: Setting): string {
  switch (setting.type) {
    case 'boolean':
      return 'true or false';
    case 'integer': {
      const unit = setting.unit === undefined ? '' : ` (${setting.unit})`;
      return `an integer from ${setting.min} to ${setting.max}${unit}`;
    }
    case 'choice':
      return `one of ${setting.choices.join(', ')}`;
    case 'text':
      return setting.form;
    case 'since':
      return 'an ISO 8601 time such as 2026-01-31T12:00:00Z, or complete';
  }
}

/**
 * Reads a setting's text.
 *
 * @returns undefined when it is not what {@link settingForm} says
 */
export function readSetting(
  setting: Setting,
  text: string
): AnySettingValue | undefined {
  switch (setting.type) {
    case 'boolean':
      // The AppView compares with 'true', so other spellings are refused
      // here rather than silently off there.
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer': {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      const fits = value >= setting.min && value <= setting.max;
      return fits ? value : undefined;
    }
    case 'choice':
      return setting.choices.includes(text) ? text : undefined;
    case 'text':
      return setting.fits(text) ? text : undefined;
    case 'since':
      return text === 'complete' ? text : readTime(text);
  }
}

const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(text: string): Date | undefined {
  const day = ISO_TIME.exec(text)?.[1];
  const time = new Date(text);
  if (day === undefined || Number.isNaN(time.getTime())) return undefined;
  // Date takes 30 February for 2 March; the day alone must survive.
  return new Date(day).toISOString().startsWith(day) ? time : undefined;
}

/** An http or https URL without credentials, query or fragment. */
export function isHttpUrl(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === ''
  );
}

/** Short names the real server knows, for jetstream[12].us-(east|west). */
const JETSTREAM_NAMES = new Set([
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]);

/** Jetstream URLs or short names, comma-separated. */
export function isJetstreamList(text: string): boolean {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.every(
    (entry) =>
      JETSTREAM_NAMES.has(entry) ||
      /^wss?:$/.test(parseUrl(entry)?.protocol ?? '')
  );
}

/** A redis or rediss URL. */
export function isRedisUrl(text: string): boolean {
  return /^rediss?:$/.test(parseUrl(text)?.protocol ?? '');
}

/** An IPv4 or IPv6 address, without brackets. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** An amount of memory as Docker takes it: a number and b, k, m or g. */
export function isMemorySize(text: string): boolean {
  return /^[1-9]\d{0,14}[bkmg]?$/i.test(text);
}

/** A branch, tag or commit that git accepts as one word. */
export function isRevision(text: string): boolean {
  return /^[A-Za-z0-9][\w./-]{0,199}$/.test(text) && !text.includes('..');
}

/** An image as Docker names it: registry, name, tag or digest. */
export function isImageName(text: string): boolean {
  return (
    /^[a-z0-9][a-z0-9._/:-]*(@sha256:[0-9a-f]{64})?$/i.test(text) &&
    text.length <= 255
  );
}

/** A path: not empty, no line breaks or NUL. */
export function isPath(text: string): boolean {
  // A path with a line break cannot be handed to Compose.
  return text.trim() !== '' && !/[\0\r\n]/.test(text);
}

function parseUrl(text: string): URL | undefined {
  if (/[\s\0]/.test(text)) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.hostname === '' ? undefined : url;
}
