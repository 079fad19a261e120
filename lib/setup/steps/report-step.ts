import { noteData } from '../disk/measure-growth.js';
import type { ActStep } from './setup-step.js';

/** 9: what came of it. */
export const reportStep: ActStep = {
  id: 'report',
  title: 'Report',
  kind: 'act',
  preview: () => Promise.resolve(null),
  run: async (run) => {
    const { findings, folder, record, options } = run;
    const { runtime } = findings.get('runtime');
    const data = await runtime.data();
    if (!options.sample) await noteData(folder.growth, data, new Date());
    if (record.current === record.earlier) {
      return { status: 'already', text: 'everything was set up already' };
    }
    await record.note(runtime.kind, {});
    return { status: 'done', text: 'set up' };
  },
};
