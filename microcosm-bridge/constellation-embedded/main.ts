/**
 * The embedded index.
 *
 *   npx tsx microcosm-bridge/constellation-embedded/main.ts \
 *     --jetstream us-east-1 --data DIR
 *
 * Exit codes: 0 stopped by SIGINT or SIGTERM with everything committed,
 * 1 failed, 2 wrong use, 11 another process has the data folder.
 */

import { resolve } from 'node:path';
import {
  EXIT,
  errorText,
  exitCodeFor,
  helpText,
  parseFlags,
  readCommandLine,
} from '../../lib/cli/index.js';
import { startEmbedded } from './embedded-index.js';
import { COMMAND } from './flags.js';
import { settingsFrom } from './settings.js';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (readCommandLine(COMMAND, args).helpAsked) {
    process.stdout.write(helpText(COMMAND));
    return;
  }
  const settings = settingsFrom(parseFlags(COMMAND, args).values, resolve);
  const index = await startEmbedded(settings);
  process.stdout.write(`${JSON.stringify(index.addresses)}\n`);
  const stopped = new Promise<void>((done) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) {
        index.log('warn', `${signal} again: leaving at once`);
        process.exit(EXIT.failed);
      }
      asked = true;
      index.log('info', `${signal}: stopping after the batch under way`);
      void index.stop().then(done);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  await Promise.race([stopped, index.failure]).catch(async (error: unknown) => {
    index.log('error', errorText(error));
    await index.stop();
    throw error;
  });
  index.log('info', 'stopped, everything committed');
}

try {
  await main();
  process.exit(EXIT.good);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(exitCodeFor(error));
}
