import { UsageError, type FlagSource, type Flags } from '../../cli/index.js';
import {
  imageOfRevision,
  type ImageTarget,
} from '../../runtime/docker/image-target.js';
import type { SetupFlags } from '../setup-command.js';

/** What is to run instead of what runs. */
export type UpgradeRequest =
  | {
      readonly kind: 'upgrade';
      /** On Docker. */
      readonly target: ImageTarget;
      /** Whether somebody typed which one. */
      readonly isGiven: boolean;
    }
  | { readonly kind: 'rollback' };

/** What is said with an upgrade; everything else is for a setup. */
const FITTING: ReadonlySet<string> = new Set<keyof SetupFlags>([
  'upgrade',
  'rollback',
  'image',
  'version',
  'backup',
  'backups',
  'runtime',
  'wait',
  'state',
  'settings',
  'yes',
  'dryRun',
  'json',
]);

/**
 * What is asked for; null: neither an upgrade nor a rollback. Pure.
 *
 * @throws UsageError where other flags are given too
 */
export function upgradeRequest({
  values,
  sources,
}: Pick<Flags<SetupFlags>, 'values' | 'sources'>): UpgradeRequest | null {
  const { upgrade, rollback, image, version } = values;
  if (!upgrade && !rollback) return null;
  const flag = upgrade ? '--upgrade' : '--rollback';
  if (upgrade && rollback) {
    throw unfit('--rollback', 'either --upgrade or --rollback');
  }
  const other = Object.entries(sources).find(
    ([key, source]) => source === 'flag' && !FITTING.has(key)
  );
  if (other !== undefined) {
    const name = other[0].replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`);
    throw unfit(
      `--${name}`,
      `${flag} changes what runs and nothing else: set --${name} by a setup of its own`
    );
  }
  if (rollback) {
    if (sources.image === 'flag' || sources.version === 'flag') {
      throw unfit(flag, `${flag} goes back to the image before: name none`);
    }
    return { kind: 'rollback' };
  }
  const [isImage, isVersion] = [sources.image, sources.version].map(isTyped);
  if (isImage === true && isVersion === true) {
    throw unfit('--image', 'either --image or --version');
  }
  const byImage = image !== undefined && isVersion !== true;
  return {
    kind: 'upgrade',
    target: byImage
      ? { name: image, revision: null }
      : imageOfRevision(version ?? null),
    isGiven: isImage === true || isVersion === true,
  };
}

function isTyped(source: FlagSource): boolean {
  return source === 'flag';
}

function unfit(flag: string, message: string): UsageError {
  return new UsageError([{ code: 'bad-value', flag, message }]);
}
