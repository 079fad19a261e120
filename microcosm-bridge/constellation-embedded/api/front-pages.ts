/** What the API says of itself. */

import type { IndexState } from '../store/state.js';

const DAY_US = 86_400_000_000;

/** `GET /`: help and numbers. `started_at` is in µs since 1970, and true. */
export function overview(state: IndexState, nowMs: number): string {
  const days = Math.floor((nowMs * 1000 - state.startedAt) / DAY_US);
  return JSON.stringify({
    help: 'An embedded Constellation: the backlinks of the AT Protocol network. The API is that of https://constellation.microcosm.blue; /health says how fresh the index is.',
    days_indexed: Math.max(0, days),
    stats: {
      dids: state.nextDid - 1,
      targetables: state.nextSlot - 1,
      linking_records: state.linkingRecords,
      started_at: state.startedAt,
      other_data: { events: state.events },
    },
  });
}

/** `GET /.well-known/did.json` for `--did-web-domain`. */
export function didDocument(domain: string): string {
  return JSON.stringify({
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: `did:web:${domain.replaceAll(':', '%3A')}`,
    service: [
      {
        id: '#constellation',
        type: 'ConstellationLinkService',
        serviceEndpoint: `https://${domain}`,
      },
    ],
  });
}
