import t from 'tap';
import {
  editEnv,
  envDiff,
  isSecret,
  shownValue,
} from '../../../lib/env/index.js';

const BEFORE = [
  '# App',
  'DATABASE_URL=postgres://app:hunter2@db/app',
  'PORT=3000',
  '# REDIS_URL=redis://:hunter2@redis',
  '# old: https://u:hunter2@h',
  'CONSTELLATION_URL="https://constellation.microcosm.blue" # remote',
  'SESSION_SECRET=hunter2',
  '',
].join('\r\n');

t.test('the diff shows what changes around it, without secrets', async (t) => {
  const { text } = editEnv(BEFORE, {
    CONSTELLATION_URL: 'http://127.0.0.1:6789',
    SESSION_SECRET: 'hunter3',
    REDIS_URL: 'redis://:hunter2@redis',
  });
  t.equal(
    envDiff('.env', BEFORE, text),
    `--- .env
+++ .env
@@ -4,4 +4,5 @@
 # REDIS_URL=(hidden)
 # old: https://(hidden)@h
-CONSTELLATION_URL="https://constellation.microcosm.blue" # remote
-SESSION_SECRET=(hidden)
+CONSTELLATION_URL="http://127.0.0.1:6789" # remote
+SESSION_SECRET=(hidden, new value)
+REDIS_URL=(hidden, new value)
`
  );
});

t.test('a new file is shown as one, no change as nothing', async (t) => {
  t.equal(
    envDiff('.env', null, 'A=1\n'),
    '--- /dev/null\n+++ .env\n@@ -0,0 +1,1 @@\n+A=1\n'
  );
  t.equal(envDiff('.env', BEFORE, BEFORE), '');
  const { text } = editEnv(BEFORE, { PORT: '1' });
  t.notMatch(envDiff('.env', BEFORE, text), 'hunter');
});

t.test('secrets are known by schema, name or value', async (t) => {
  for (const [key, value] of [
    ['REDIS_URL', 'redis://localhost'],
    ['POSTGRES_PASSWORD', 'x'],
    ['DB_PASS', 'x'],
    ['SESSION_SECRET', 'x'],
    ['APPVIEW_API_KEY', 'x'],
    ['PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX', 'x'],
    ['auth_token', 'x'],
    ['DATABASE_URL', 'postgres://u:p@h/d'],
  ] as const) {
    t.ok(isSecret(key, value), key);
    t.equal(shownValue(key, value), '(hidden)');
  }
  for (const [key, value] of [
    ['CONSTELLATION_URL', 'http://127.0.0.1:6789'],
    ['BYPASS_CACHE', 'true'],
    ['PORT', '3000'],
    ['KEYSPACE', 'x'],
  ] as const) {
    t.notOk(isSecret(key, value), key);
    t.equal(shownValue(key, value), value);
  }
});
