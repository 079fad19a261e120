import path from 'node:path';
import { PROJECT_FOLDER } from '../state-folder.js';

/** What a long-lived process may know of the shell that started it. */
const PASSED_ON = new Set([
  'HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'LANG',
  'LD_LIBRARY_PATH',
  'LOGNAME',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NO_PROXY',
  'PATH',
  'SHELL',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'TMPDIR',
  'TZ',
  'USER',
  'UV_THREADPOOL_SIZE',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]);

/**
 * The environment of the index: secrets of the shell (a Redis password, cloud
 * keys) and what npm sets for its scripts stay out of it. Pure.
 */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const isPassed = PASSED_ON.has(name) || name.startsWith('LC_');
    if (value !== undefined && isPassed) passed[name] = value;
  }
  const options = withoutLoader(passed['NODE_OPTIONS'] ?? '');
  delete passed['NODE_OPTIONS'];
  return {
    ...passed,
    ...(options === '' ? {} : { NODE_OPTIONS: options }),
    // tsx looks for a tsconfig.json where the process runs: not ours there.
    TSX_TSCONFIG_PATH: path.join(PROJECT_FOLDER, 'tsconfig.json'),
  };
}

/**
 * Without what `.npmrc` adds to load tsx from the current folder, and without
 * the loaders of a test run: the command loads tsx itself.
 */
function withoutLoader(options: string): string {
  return options
    .split(/\s+/)
    .filter((option) => !/^"?--import=(data:|.*(tsx|tapjs))/.test(option))
    .join(' ');
}
