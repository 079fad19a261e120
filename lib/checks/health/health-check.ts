import { readHealth } from '../../health/index.js';
import type { Check } from '../check.js';
import type { CheckContext } from '../check-context.js';
import { judgeReadings, type HealthReading } from './judge-readings.js';

/** 2: fresh, not only answering. */
export const healthCheck: Check<CheckContext> = {
  id: 'health',
  name: 'Health',
  needs: ['running'],
  run: async ({ api, clock, limits }, signal) => {
    const readings: HealthReading[] = [];
    for (;;) {
      const sentMs = clock.nowMs();
      const health = await readHealth(api.baseUrl, signal);
      readings.push({ health, sentMs, receivedMs: clock.nowMs() });
      const judgement = judgeReadings(readings, limits);
      if (judgement.status !== 'again') return judgement;
      await clock.sleep(limits.apartMs, signal);
    }
  },
};
