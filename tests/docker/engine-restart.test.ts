/**
 * An engine that starts again. The engine that the other tests use stays: this
 * one is the test's own, in namespaces of its own, so that neither its firewall
 * rules nor its mounts touch the other's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import t from 'tap';
import { BASE, requireEngine, run } from '../fixtures/docker/engine.js';
import { buildEmbeddedImage } from '../fixtures/docker/stack.js';

const IMAGE = `clown-${process.pid}`;
const INSIDE = new URL('../fixtures/docker/own-engine.ts', import.meta.url);

// overlayfs is not put upon overlayfs: not in /tmp, which may be one.
const root = mkdtempSync('/var/tmp/clown-');
// After its mounts are gone with their namespace.
t.teardown(() => rmSync(root, { recursive: true, force: true }));
const isRoot = process.getuid?.() === 0;
const reason = 'needs root: an engine of its own (dockerd, unshare)';
if (!isRoot && process.env['CI'] === undefined) t.plan(0, reason);
else {
  t.before(async () => {
    if (!isRoot) throw new Error(reason);
    await requireEngine([BASE.debian, BASE.node, BASE.redis]);
    await buildEmbeddedImage(IMAGE);
  });
  t.teardown(() => run(['docker', 'rmi', '-f', IMAGE]));
  await t.spawn(
    'unshare',
    [
      ...['--net', '--mount', process.execPath, '--import=tsx'],
      ...[INSIDE.pathname, IMAGE, root],
    ],
    { timeout: 600_000 },
    'in a network of its own'
  );
}
