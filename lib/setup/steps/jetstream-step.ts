import {
  JETSTREAM_NAMES,
  parseEndpoint,
} from '../../../microcosm-bridge/constellation-embedded/jetstream/endpoints.js';
import { formatDuration, type PromptOption } from '../../cli/index.js';
import {
  clockOffBy,
  endpointsToUse,
  ranked,
} from '../jetstream/choose-endpoints.js';
import {
  labelOf,
  measureEndpoint,
  type Measurement,
} from '../jetstream/measure-endpoint.js';
import type { SetupRun } from '../setup-run.js';
import type { LiveStep, LookStep, StepResult } from './setup-step.js';

/** 4: the Jetstream that feeds the index. */
export const jetstreamStep: LookStep = {
  id: 'jetstream',
  title: 'Jetstream',
  kind: 'look',
  run: async (run, live) => {
    const { options, findings, signal } = run;
    findings.set('measured', []);
    if (options.sample) {
      findings.set('jetstream', []);
      return {
        status: 'skipped',
        text: 'sample data comes from the bundled simulator',
      };
    }
    const given = options.jetstream ?? earlierJetstream(run);
    const candidates = given ?? Object.keys(JETSTREAM_NAMES);
    live.update(`trying ${candidates.length}`);
    const measured = await Promise.all(
      candidates.map((text) => measureEndpoint(text, signal))
    );
    findings.set('measured', measured);
    const all = given ?? (await choose(run, live, measured));
    const { maxStreams } = findings.get('runtime');
    const urls = all.slice(0, maxStreams);
    if (given !== null && urls.length < all.length) {
      run.warnings.push(`only the first stream is taken: ${urls.join(', ')}`);
    }
    findings.set('jetstream', urls);
    return judge(run, urls, measured);
  },
};

/** What the index was fed from when it ran last; null: never the network. */
export function earlierJetstream({
  before,
}: SetupRun): readonly string[] | null {
  const urls = before.config?.sample === true ? [] : before.config?.jetstream;
  return urls === undefined || urls.length === 0 ? null : urls;
}

async function choose(
  { prompts }: SetupRun,
  live: LiveStep,
  measured: readonly Measurement[]
): Promise<readonly string[]> {
  const [best] = endpointsToUse(measured);
  // None can be reached: there is nothing to choose by.
  const isUseless = measured.every(({ state }) => state === 'unreachable');
  if (best === undefined || isUseless) return endpointsToUse(measured);
  const chosen = await live.ask(() =>
    prompts.ask('jetstream', {
      message: 'Which Jetstream shall feed the index?',
      initial: best,
      whenYes: best,
      options: ranked(measured).map(asOption),
    })
  );
  return endpointsToUse(measured, parseEndpoint(chosen).url);
}

function judge(
  run: SetupRun,
  urls: readonly string[],
  measured: readonly Measurement[]
): StepResult {
  const { warnings } = run;
  const details = ranked(measured).map(
    (one) => [one.label, timeOf(one)] as const
  );
  const before = warnings.length;
  for (const url of urls) {
    const { warning } = parseEndpoint(url);
    if (warning !== undefined) warnings.push(warning);
  }
  const offByMs = clockOffBy(measured);
  if (offByMs !== null) {
    const direction = offByMs > 0 ? 'behind' : 'ahead of';
    warnings.push(
      `the clock is ${formatDuration(Math.abs(offByMs))} ${direction} the Jetstream's: events will look older or younger than they are`
    );
  }
  const reachable = measured.filter(({ state }) => state === 'reachable');
  if (reachable.length === 0) {
    warnings.push(
      'no Jetstream can be reached now; the index starts all the same and keeps trying'
    );
    return { status: 'warned', text: 'none can be reached', details };
  }
  const first = labelOf(parseEndpoint(urls[0] ?? ''));
  const more = urls.length > 1 ? `, then ${urls.length - 1} more` : '';
  return {
    status: warnings.length > before ? 'warned' : 'done',
    text: `${first}${more}`,
    details,
  };
}

function asOption(one: Measurement): PromptOption {
  return { value: one.url, label: `${one.label}: ${timeOf(one)}` };
}

function timeOf(one: Measurement): string {
  return one.state === 'reachable'
    ? formatDuration(one.handshakeMs)
    : `not reachable: ${one.reason}`;
}
