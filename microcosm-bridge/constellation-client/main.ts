/**
 * The bridge: an HTTP service over the detection client. Everything but where
 * the log goes comes from the environment; `--help` lists it.
 *
 *   CONSTELLATION_URL=http://127.0.0.1:6789 \
 *     npx tsx microcosm-bridge/constellation-client/main.ts
 *
 * Exit codes: 0 stopped by SIGINT or SIGTERM with the last answers given,
 * 1 failed, 2 wrong use or a bad setting.
 */

import { resolve } from 'node:path';
import {
  EXIT,
  errorText,
  exitCodeFor,
  parseFlags,
  readCommandLine,
} from '../../lib/cli/index.js';
import { Log } from '../../lib/log/log.js';
import { RotatingLog } from '../../lib/runtime/embedded/rotating-log.js';
import { COMMAND, bridgeHelp } from './flags.js';
import { readBridgeSettings } from './settings/bridge-settings.js';
import { startBridge } from './start-bridge.js';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (readCommandLine(COMMAND, args).helpAsked) {
    process.stdout.write(bridgeHelp());
    return;
  }
  const { logFile, logMaxBytes } = parseFlags(COMMAND, args).values;
  const settings = readBridgeSettings(process.env);
  const file =
    logFile === undefined
      ? null
      : new RotatingLog(resolve(logFile), { maxBytes: logMaxBytes });
  const log = new Log(
    (line) => (file === null ? process.stderr.write(line) : file.write(line)),
    settings.logLevel
  );
  const bridge = await startBridge(settings, {
    log: (level, text) => log.write(level, text),
  });
  const { main: index, fallback } = bridge.client.stats();
  const behind = fallback === null ? 'nothing' : fallback.url;
  log.write(
    'info',
    `listening on ${bridge.url}; asks ${index.url} (${index.deployment}), behind it ${behind}`
  );
  process.stdout.write(`${JSON.stringify({ bridge: bridge.url })}\n`);
  await new Promise<void>((done) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) {
        log.write('warn', `${signal} again: leaving at once`);
        process.exit(EXIT.failed);
      }
      asked = true;
      log.write('info', `${signal}: giving the last answers`);
      void bridge.stop().then(done);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  log.write('info', 'stopped');
}

try {
  await main();
  process.exit(EXIT.good);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(exitCodeFor(error));
}
