import { appviewStep } from './appview-step.js';
import { dataStep } from './data-step.js';
import { envFileStep } from './env-file-step.js';
import { healthStep } from './health-step.js';
import { jetstreamStep } from './jetstream-step.js';
import { prerequisitesStep } from './prerequisites-step.js';
import { reportStep } from './report-step.js';
import { runtimeStep } from './runtime-step.js';
import type { SetupStep } from './setup-step.js';
import { startStep } from './start-step.js';

/** The steps of setup: first all that look and ask, then all that act. */
export const SETUP_STEPS: readonly SetupStep[] = [
  prerequisitesStep,
  runtimeStep,
  dataStep,
  jetstreamStep,
  envFileStep,
  startStep,
  healthStep,
  appviewStep,
  reportStep,
];
