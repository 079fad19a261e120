import { hasCredentials } from '../cli/credentials.js';
import { assignments, type EnvText } from './env-text.js';
import { isSettingName, settingNamed } from './settings.js';

/** Names that hold secrets in env files we do not own. */
const SECRET_NAME =
  /(?:^|_)PASS(?:WD|PHRASE)?(?:_|$)|PASSWORD|SECRET|TOKEN|PRIVATE|CREDENTIAL|(?:API|ACCESS|SIGNING|ENCRYPTION|MASTER|ROTATION|JWT)_?KEY|(?:^|_)SALT(?:_|$)/i;

/**
 * Whether a value must not be shown: by our schema, by the name of a key that
 * is not ours, or because the value is a URL with credentials in it.
 */
export function isSecret(key: string, value: string): boolean {
  if (isSettingName(key) && settingNamed(key).secret === true) return true;
  return SECRET_NAME.test(key) || hasCredentials(value);
}

/** Whether an env file has a secret that is not empty. */
export function holdsSecret(text: EnvText): boolean {
  return [...assignments(text).values()].some(
    ({ key, value }) => value !== '' && isSecret(key, value)
  );
}

/** A value to show: itself, or `(hidden)`. */
export function shownValue(key: string, value: string): string {
  return isSecret(key, value) ? '(hidden)' : value;
}
