/**
 * Copies a store while it is written to: LMDB's own hot copy, by a reader in a
 * process of its own. It is one transaction's view, and compacted: free pages
 * are left out. In a process of its own, because a copy cannot be stopped
 * otherwise; what a killed reader leaves in the store's table of readers is
 * cleared by whoever opens the store next.
 *
 *   copy-store.ts DATA-FOLDER TARGET-FILE
 */

import { openStore } from '../../../microcosm-bridge/constellation-embedded/store/open-store.js';

const [folder = '', target = ''] = process.argv.slice(2);
const store = openStore(folder, { readOnly: true });
await store.root.backup(target, true);
await store.root.close();
process.exit(0);
