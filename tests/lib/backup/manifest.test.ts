import fc from 'fast-check';
import t from 'tap';
import { BackupError } from '../../../lib/backup/backup-error.js';
import { backupLine } from '../../../lib/backup/commands/list-command.js';
import { assertSameServer } from '../../../lib/backup/docker/docker-restore-plan.js';
import {
  manifestText,
  warningsOf,
} from '../../../lib/backup/manifest/manifest.js';
import { parseManifest } from '../../../lib/backup/manifest/parse-manifest.js';
import {
  assertRestorable,
  gapAfter,
  gapByAge,
  gapText,
  gapWarning,
} from '../../../lib/backup/restore/restore-checks.js';
import { MANIFEST } from '../../fixtures/backup/manifest.js';

t.test('a manifest reads back as it was written', async (t) => {
  t.strictSame(parseManifest(manifestText(MANIFEST)), MANIFEST);
  const bare = {
    ...MANIFEST,
    envFile: null,
    index: { ...MANIFEST.index, cursorUs: null, completeSince: null },
  };
  t.strictSame(parseManifest(manifestText(bare)), bare);
  const totalsAfter = { dids: 7, targetables: 8, linkingRecords: 9 };
  const live = { ...MANIFEST, index: { ...MANIFEST.index, totalsAfter } };
  t.strictSame(parseManifest(manifestText(live)), live);
  const { warnings: _none, ...first } = MANIFEST;
  t.strictSame(
    parseManifest(JSON.stringify(first)),
    MANIFEST,
    'those of the first version have no warnings'
  );
});

t.test('without a counted place it is not said to be counted', async (t) => {
  t.strictSame(warningsOf(MANIFEST), []);
  const uncounted = { ...MANIFEST, sentinels: [] };
  const [warning = ''] = warningsOf(uncounted);
  t.match(warning, 'totals alone');
  const empty = { ...MANIFEST.index, linkingRecords: 0 };
  t.strictSame(
    warningsOf({ index: empty, sentinels: [] }),
    [],
    'none to count'
  );
  const line = (warnings: readonly string[]): string =>
    backupLine(
      {
        id: MANIFEST.id,
        path: '/b',
        manifest: { ...MANIFEST, warnings },
        problem: null,
        verification: { at: '', level: 'full', problem: null },
      },
      new Date()
    );
  t.match(line([]), /, verified$/);
  t.match(line([warning]), /, verified without counts$/);
});

t.test('a manifest that is none is refused, whatever is wrong', async (t) => {
  const file = MANIFEST.files[0];
  const wrong: ReadonlyArray<[string, unknown, string]> = [
    ['a newer format', { ...MANIFEST, formatVersion: 2 }, 'WRONG_VERSION'],
    ['no format', { ...MANIFEST, formatVersion: undefined }, 'DAMAGED'],
    ['another runtime', { ...MANIFEST, runtime: 'cloud' }, 'DAMAGED'],
    [
      'a path out of the folder',
      { ...MANIFEST, files: [{ ...file, stored: '../../etc/passwd' }] },
      'DAMAGED',
    ],
    [
      'a hidden file',
      { ...MANIFEST, files: [{ ...file, name: '.bashrc' }] },
      'DAMAGED',
    ],
    [
      'a sum that is none',
      { ...MANIFEST, files: [{ ...file, sha256: 'x' }] },
      'DAMAGED',
    ],
    [
      'a negative size',
      { ...MANIFEST, files: [{ ...file, sizeBytes: -1 }] },
      'DAMAGED',
    ],
    ['no list', { ...MANIFEST, sentinels: {} }, 'DAMAGED'],
    ['no object', null, 'DAMAGED'],
  ];
  for (const [title, value, code] of wrong) {
    t.throws(() => parseManifest(JSON.stringify(value)), { code }, title);
  }
  t.throws(() => parseManifest('{"formatVersion":'), { code: 'DAMAGED' });
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        parseManifest(text);
        return false;
      } catch (error) {
        return error instanceof BackupError;
      }
    }),
    { numRuns: 50 }
  );
});

t.test('a backup is restored only where it fits', async (t) => {
  const target = {
    runtime: 'embedded',
    storeFormat: 1,
    present: null,
  } as const;
  assertRestorable(MANIFEST, target);
  assertRestorable(MANIFEST, { ...target, storeFormat: 2 });
  const sample = { sizeBytes: 1, sample: true };
  for (const [code, manifest, where, wayOut] of [
    [
      'WRONG_RUNTIME',
      MANIFEST,
      { ...target, runtime: 'docker' },
      /--runtime embedded/,
    ],
    [
      'WRONG_VERSION',
      { ...MANIFEST, server: { ...MANIFEST.server, storeFormat: 2 } },
      target,
      /version 0\.1\.0 of Constellation Local or a newer/,
    ],
    ['SAMPLE_MISMATCH', MANIFEST, { ...target, present: sample }, /--data DIR/],
    [
      'SAMPLE_MISMATCH',
      { ...MANIFEST, sample: true },
      { ...target, present: { ...sample, sample: false } },
      /--data DIR/,
    ],
  ] as const) {
    t.throws(() => assertRestorable(manifest, where), {
      code,
      suggestion: wayOut,
    });
  }
});

t.test('an image opens what it, or its version, has written', async (t) => {
  const server = {
    ...MANIFEST.server,
    image: 'constellation:1',
    imageDigest: 'sha256:a',
    version: '1',
  };
  const image = {
    id: 'sha256:a',
    server: 'embedded',
    version: '1',
    labels: {},
    sizeBytes: 1,
  } as const;
  const imageName = 'constellation:2';
  assertSameServer(server, { image, imageName }, false);
  const rebuilt = { ...image, id: 'sha256:b' };
  assertSameServer(server, { image: rebuilt, imageName }, false);
  const newer = { ...rebuilt, version: '2' };
  t.throws(() => assertSameServer(server, { image: newer, imageName }, false), {
    code: 'WRONG_VERSION',
    suggestion: /CONSTELLATION_IMAGE=constellation:1.*--any-version/,
  });
  assertSameServer(server, { image: newer, imageName }, true);
  const other = { ...image, server: 'constellation' } as const;
  t.throws(() => assertSameServer(server, { image: other, imageName }, true), {
    code: 'WRONG_VERSION',
    suggestion: /CONSTELLATION_IMAGE=constellation:1/,
  });
  const unsaid = { ...server, imageDigest: null, version: '' };
  const mute = { ...image, version: '' };
  t.throws(
    () => assertSameServer(unsaid, { image: mute, imageName }, false),
    { code: 'WRONG_VERSION' },
    'two that do not say are not the same'
  );
});

t.test('an old backup is said to have a gap, a young one not', async (t) => {
  const nowMs = 1_800_000_000_000;
  const aged = (hours: number): string | null =>
    gapWarning((nowMs - hours * 3_600_000) * 1000, nowMs);
  t.equal(aged(23), null);
  t.match(aged(30), /may be missing/);
  t.match(aged(80), /will be missing/);
  t.equal(gapWarning(null, nowMs), null);

  const cursorUs = Date.parse('2026-11-24T12:00:00Z') * 1000;
  const backup = { index: { ...MANIFEST.index, cursorUs } };
  t.equal(gapAfter(backup, '2026-11-01T00:00:01.000Z'), null);
  t.equal(gapAfter(backup, null), null);
  t.strictSame(gapAfter(backup, '2026-11-24T13:00:00.000Z'), {
    from: '2026-11-24T12:00:00.000Z',
    to: '2026-11-24T13:00:00.000Z',
  });
});

t.test('the real server does not say what it misses', async (t) => {
  const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
  const ended = (hours: number): number => (nowMs - hours * 3_600_000) * 1000;
  t.equal(gapByAge(null, nowMs), null);
  t.equal(gapByAge(ended(23), nowMs), null, 'the stream has it');
  const gap = gapByAge(ended(36), nowMs);
  if (gap === null) throw new Error('no gap');
  t.strictSame(gap, {
    from: '2026-11-23T00:00:00.000Z',
    to: '2026-11-24T12:00:00.000Z',
  });
  t.match(gapText(gap, true), `/health says complete_since ${gap.to}`);
  const told = gapText(gap, false);
  t.match(told, /too low: npx zx scripts\/setup\.ts --yes$/);
  t.notMatch(told, '/health');
});
