/**
 * The floor: a `node:http` server that answers the same bytes from memory.
 *
 *   node --import tsx benchmarks/http/bare-server.ts FILE
 *
 * FILE holds a JSON object, path to body. Prints one JSON line with its URL.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const file = process.argv[2] ?? '';
const bodies = new Map(
  Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object)
) as Map<string, string>;

const server = createServer((request, response) => {
  const body = bodies.get(request.url ?? '') ?? '';
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`{"url":"http://127.0.0.1:${port}"}\n`);
});
process.once('SIGTERM', () => process.exit(0));
