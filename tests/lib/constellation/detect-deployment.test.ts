import t from 'tap';
import {
  ConstellationError,
  detectDeployment,
  parseServiceUrl,
  policyFor,
} from '../../../lib/constellation/index.js';

const LOCAL = [
  'http://localhost:6789',
  'http://LOCALHOST',
  'http://localhost.',
  'http://api.localhost',
  'http://127.0.0.1:6789',
  'http://127.255.255.254',
  'http://127.1',
  'http://2130706433', // 127.0.0.1 as one decimal number
  'http://0177.0.0.1', // octal
  'http://0x7f.1', // hexadecimal
  'http://127.0.0.1./',
  'http://0.0.0.0:6789',
  'http://10.1.2.3',
  'http://172.16.0.1',
  'http://172.31.255.255',
  'http://192.168.1.20',
  'http://169.254.1.1',
  'http://[::1]:6789',
  'http://[::]',
  'http://[0:0:0:0:0:0:0:1]',
  'http://[fe80::1]',
  'http://[febf::1]',
  'http://[fc00::1]',
  'http://[fd12:3456:789a::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:10.0.0.1]',
  'http://[::ffff:c0a8:101]', // 192.168.1.1
  'http://constellation-local:6789',
  'http://constellation',
  'https://index.local',
  'https://index.LOCAL.',
  'http://index.internal',
  'http://host.docker.internal:6789',
  'http://constellation.default.svc',
  'http://constellation.default.svc.cluster.local',
  'http://ｌｏｃａｌｈｏｓｔ', // full-width letters are the same name
  ' http://localhost:6789/base ',
];

const REMOTE = [
  'https://constellation.microcosm.blue',
  'https://localhost.example.com',
  'https://constellation-local.example.net',
  'http://127.0.0.1.nip.io',
  'http://127.0.0.1.example',
  'https://example.com/localhost',
  'https://example.com:6789',
  'https://mylocalhost.net',
  'https://local.example.org',
  'https://index.localx',
  'https://internal.example.com',
  'http://172.15.255.255',
  'http://172.32.0.1',
  'http://192.169.0.1',
  'http://11.0.0.1',
  'http://128.0.0.1',
  'http://169.253.0.1',
  'http://8.8.8.8',
  'http://[2001:db8::1]',
  'http://[fec0::1]',
  'http://[fe7f::1]',
  'http://[fbff::1]',
  'http://[::ffff:8.8.8.8]',
  'http://[::2]',
  'http://localhost。example.com', // an ideographic full stop is a dot
  'https://xn--lcalhost-54a.example',
  'https://löcal.example',
];

t.test('a deployment is known by its parsed host', async (t) => {
  for (const url of LOCAL) t.equal(detectDeployment(url), 'local', url);
  for (const url of REMOTE) t.equal(detectDeployment(url), 'remote', url);
});

t.test('the operator overrules the host, not a bad URL', async (t) => {
  t.equal(detectDeployment('http://localhost', false), 'remote');
  t.equal(detectDeployment('https://example.com', true), 'local');
  t.equal(detectDeployment('https://example.com', undefined), 'remote');
  t.throws(() => detectDeployment('nonsense', true), { code: 'BAD_URL' });
});

t.test('a bad URL is refused by name and never repeated', async (t) => {
  const secret = 'hunter2';
  for (const [text, problem] of [
    ['', 'is not an absolute URL'],
    ['localhost', 'is not an absolute URL'],
    [`//:${secret}@`, 'is not an absolute URL'],
    [`http://user:${secret}@[bad`, 'is not an absolute URL'],
    ['localhost:6789', 'has the scheme localhost'],
    ['ftp://example.com', 'has the scheme ftp'],
    ['ws://localhost', 'has the scheme ws'],
    [`http://user:${secret}@localhost`, 'holds a user name or password'],
    [`https://${secret}@example.com`, 'holds a user name or password'],
    [`http://localhost/?key=${secret}`, 'has a query or a fragment'],
    [`http://localhost/#${secret}`, 'has a query or a fragment'],
  ] as const) {
    t.throws(
      () => parseServiceUrl(text, 'CONSTELLATION_URL'),
      { code: 'BAD_URL', message: `CONSTELLATION_URL ${problem}.` },
      problem
    );
    try {
      parseServiceUrl(text);
    } catch (error) {
      const shown = error instanceof ConstellationError ? error : undefined;
      const all = `${shown?.message} ${shown?.suggestion} ${shown?.stack}`;
      t.notMatch(all + String(shown?.cause), secret, 'no secret in the error');
    }
  }
});

t.test('one is asked freely and near, the other politely', async (t) => {
  const local = policyFor('local');
  const remote = policyFor('remote');
  t.equal(local.requestsPerSecond, null, 'no rate limit');
  t.equal(remote.requestsPerSecond, 10);
  t.equal(local.ttlSeconds, 30);
  t.equal(remote.ttlSeconds, 60);
  t.ok(local.deadlineMs < remote.deadlineMs);
  t.ok(local.tryTimeoutMs < local.deadlineMs, 'time is left for the fallback');
});
