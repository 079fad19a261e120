/**
 * Copies a store while it is written to: LMDB's own hot copy, by a reader in a
 * process of its own, because a copy cannot be stopped otherwise; what a killed
 * reader leaves in the store's table of readers is cleared by whoever opens the
 * store next.
 *
 * It is one transaction's view, free pages included. A compacted copy would be
 * half as large, but lmdb 3.5.6 cannot be trusted with one: an index that went
 * on from it died in mdb_page_alloc (assertion key.mv_size > 0, the list of free
 * pages being empty) within seconds, each of three times it was tried.
 *
 *   copy-store.ts DATA-FOLDER TARGET-FILE
 */

import { openStore } from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';

const [folder = '', target = ''] = process.argv.slice(2);
const store = openStore(folder, { readOnly: true });
await store.root.backup(target, false);
await store.root.close();
process.exit(0);
