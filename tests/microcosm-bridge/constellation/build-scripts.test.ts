import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

const path = (relative: string): string =>
  new URL(relative, import.meta.url).pathname;
const BUILD = path('../../../microcosm-bridge/constellation/build/');
const SOURCE = path('../../fixtures/microcosm-rs');

function run(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {}
): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const done = spawnSync(join(BUILD, script), args, {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** A repository with two commits, a branch and a tag. */
function repository(t: Test) {
  const dir = t.testdir();
  const home = join(dir, 'home');
  const repo = join(dir, 'repo');
  mkdirSync(home);
  mkdirSync(repo);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: repo,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
      encoding: 'utf8',
    }).trim();
  const commit = (text: string): string => {
    writeFileSync(join(repo, 'file'), text);
    git('add', '-A');
    git('commit', '-q', '-m', text);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  const first = commit('one');
  git('tag', '-a', '-m', 'tag', 'v1');
  git('branch', 'topic/x');
  const second = commit('two');
  let count = 0;
  return {
    first,
    second,
    fetch: (revision: string, url = `file://${repo}`) => {
      count += 1;
      const target = join(dir, `out-${count}`);
      const done = run('fetch-source', [url, revision, target], { HOME: home });
      const file = join(target, 'file');
      return {
        ...done,
        text: existsSync(file) ? readFileSync(file, 'utf8') : null,
        fetched: existsSync(join(target, '.git/FETCHED'))
          ? readFileSync(join(target, '.git/FETCHED'), 'utf8').trim()
          : null,
      };
    },
  };
}

t.test('a branch, a tag and a commit are fetched', async (t) => {
  const { first, second, fetch } = repository(t);
  for (const [revision, commit, text] of [
    ['main', second, 'two'],
    ['topic/x', first, 'one'],
    ['v1', first, 'one'],
    [first, first, 'one'],
    [first.slice(0, 10), first, 'one'],
  ] as const) {
    const done = fetch(revision);
    t.equal(done.code, 0, done.err);
    t.equal(done.fetched, commit, revision);
    t.equal(done.text, text);
  }
});

t.test(
  'what cannot be fetched is said with the argument to change',
  async (t) => {
    const { fetch } = repository(t);
    const unknown = fetch('f'.repeat(40));
    t.equal(unknown.code, 1);
    t.match(
      unknown.err,
      /has no revision f+.*\n.*give another CONSTELLATION_VERSION/
    );
    const nowhere = fetch('main', 'file:///nowhere');
    t.equal(nowhere.code, 1);
    t.match(nowhere.err, /cannot be fetched from file:\/\/\/nowhere/);
    t.match(fetch('--upload-pack=x').err, /is no revision/);
    t.match(fetch('main', '--x').err, /is no address/);
    const secret = fetch('main', 'https://me:secret@host/x');
    t.equal(secret.code, 1);
    t.match(secret.err, /holds a user name or a password/);
    t.notMatch(secret.err, /secret@/);
  }
);

/** A cargo that says what the real one says of the stand-in's members. */
function cargo(dir: string, source: string): string {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  const target = (file: string): object => ({ src_path: join(source, file) });
  const metadata = {
    packages: [
      {
        name: 'links',
        targets: [target('links/src/lib.rs')],
        manifest_path: join(source, 'links/Cargo.toml'),
      },
      {
        name: 'constellation',
        targets: [
          target('constellation/src/lib.rs'),
          target('constellation/src/bin/main.rs'),
        ],
        manifest_path: join(source, 'constellation/Cargo.toml'),
      },
    ],
  };
  writeFileSync(
    join(bin, 'cargo'),
    `#!/bin/sh\ncat <<'JSON'\n${JSON.stringify(metadata)}\nJSON\n`,
    { mode: 0o755 }
  );
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

t.test('the workspace is cut down to the server', async (t) => {
  const manifests: ReadonlyArray<readonly [string, string]> = [
    [
      '[workspace]\nmembers = ["a", "b"]\nresolver = "2"\n',
      '[workspace]\nmembers = ["constellation"]\nresolver = "2"\n',
    ],
    [
      '[ workspace ] # all\nresolver = "2"\n  members=[\n "a",\n "b"]\n[profile.release]\nmembers = ["kept"]\n',
      '[ workspace ] # all\nresolver = "2"\nmembers = ["constellation"]\n[profile.release]\nmembers = ["kept"]\n',
    ],
    [
      '[workspace]\ndefault-members = [\n"a"\n]\nmembers = [\n"a"\n]\n[workspace.dependencies]\nx = { git = "y" }\n',
      '[workspace]\nmembers = ["constellation"]\n[workspace.dependencies]\nx = { git = "y" }\n',
    ],
  ];
  for (const [from, to] of manifests) {
    const dir = t.testdir({
      source: { 'Cargo.toml': from, constellation: { 'Cargo.toml': '' } },
    });
    const source = join(dir, 'source');
    const done = run('plan-workspace', [source, join(dir, 'plan')], {
      PATH: cargo(dir, source),
    });
    // The stand-in's members are not there: only the cutting counts here.
    t.equal(readFileSync(join(source, 'Cargo.toml'), 'utf8'), to, done.err);
  }
});

t.test(
  'the plan holds manifests and empty programs, nothing else',
  async (t) => {
    const dir = t.testdir();
    const source = join(dir, 'source');
    const plan = join(dir, 'plan');
    cpSync(SOURCE, source, { recursive: true });
    writeFileSync(join(source, 'Cargo.lock'), 'version = 4\n');
    writeFileSync(join(source, 'rust-toolchain.toml'), 'channel = "1.0"\n');
    const done = run('plan-workspace', [source, plan], {
      PATH: cargo(dir, source),
    });
    t.equal(done.code, 0, done.err);
    const files = readdirSync(plan, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(plan.length + 1))
      .sort();
    t.same(files, [
      'Cargo.lock',
      'Cargo.toml',
      'constellation/Cargo.toml',
      'constellation/src/bin/main.rs',
      'constellation/src/lib.rs',
      'links/Cargo.toml',
      'links/src/lib.rs',
    ]);
    t.equal(
      readFileSync(join(plan, 'constellation/src/bin/main.rs'), 'utf8'),
      '#![allow(dead_code)] fn main() {}\n'
    );
    t.notOk(existsSync(join(source, 'rust-toolchain.toml')));
  }
);

t.test('another repository is refused', async (t) => {
  const dir = t.testdir({ source: { 'Cargo.toml': '' } });
  const done = run('plan-workspace', [join(dir, 'source'), join(dir, 'plan')]);
  t.equal(done.code, 1);
  t.match(done.err, /is no microcosm-rs/);
});
