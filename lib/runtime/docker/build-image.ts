import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { formatDuration } from '../../cli/index.js';
import { INDEX_SERVICE } from '../../compose/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { RuntimeActionOptions } from '../runtime.js';
import { buildReason } from './build-failure.js';
import {
  afterLine,
  BUILD_BEGIN,
  fractionOf,
  stageText,
} from './build-progress.js';
import { composeBuild } from './compose-build.js';
import type { ComposeProgram } from './compose-program.js';
import type { ComposeStack } from './compose-stack.js';
import type { Engine } from './engine.js';

/** What is built, and where what it says is kept. */
export interface BuildImageOptions extends RuntimeActionOptions {
  readonly engine: Engine;
  readonly variables: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** On small machines RocksDB alone takes most of an hour (ms). */
const BUILD_MS = 4 * 3600 * 1000;
const QUOTED = 12;

/**
 * Builds the index's image with Compose. All it says goes to the log file.
 *
 * @throws RuntimeError BUILD_FAILED with the last lines and the likely reason,
 *   NO_SUCH_SOURCE where that is the revision; the signal's reason
 */
export async function buildImage(
  program: ComposeProgram,
  stack: ComposeStack,
  {
    engine,
    variables,
    logFile,
    signal,
    onProgress,
    deadlineMs = BUILD_MS,
  }: BuildImageOptions
): Promise<void> {
  await mkdir(path.dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { mode: 0o600 });
  const startedMs = performance.now();
  let stage = BUILD_BEGIN;
  const tell = (isNew: boolean): void => {
    const text = stageText(
      stage,
      formatDuration(performance.now() - startedMs)
    );
    onProgress?.({
      phase: 'build',
      text: `building the image, ${text}`,
      fraction: fractionOf(stage),
      ...(isNew ? { line: stage.step } : {}),
    });
  };
  const ticking = setInterval(() => tell(false), 1000).unref();
  try {
    const { code, lastLines } = await composeBuild(program, stack, {
      engine,
      service: INDEX_SERVICE,
      variables,
      signal,
      deadlineMs,
      onLine: (line) => {
        log.write(`${line}\n`);
        const next = afterLine(stage, line);
        const isNew = next.step !== stage.step;
        stage = next;
        if (isNew) tell(true);
      },
    });
    if (code === 0) return;
    const reason = buildReason(lastLines);
    const quotes = lastLines
      .slice(-QUOTED)
      .map((line) => `\n  | ${line.slice(0, 300)}`);
    const why = reason === null ? '' : `: ${reason.text}`;
    throw new RuntimeError(
      `the image could not be built${why}; its last lines:${quotes.join('')}`,
      {
        code: reason?.reason === 'source' ? 'NO_SUCH_SOURCE' : 'BUILD_FAILED',
        suggestion: `${reason?.suggestion ?? 'mend what it says'}; all of it is in ${logFile}`,
      }
    );
  } finally {
    clearInterval(ticking);
    log.end();
    await finished(log);
  }
}
