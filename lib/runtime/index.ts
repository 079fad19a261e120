export { deathOf } from './death.js';
export { folderSize, freeSpace, isDiskFull } from './disk-usage.js';
export { LockedError } from './locked-error.js';
export { openRuntime, type OpenRuntimeOptions } from './open-runtime.js';
export { pause } from './pause.js';
export { assertPortFree, tryPort, type PortProblem } from './port-check.js';
export { findPortHolder, type PortHolder } from './port-holder.js';
export {
  identityOf,
  ownIdentity,
  presenceOf,
  type ProcessIdentity,
  type ProcessPresence,
} from './process-identity.js';
export { acquireLock, type Lock, type LockOptions } from './process-lock.js';
export { projectVersion } from './project-version.js';
export { RuntimeError, type RuntimeErrorCode } from './runtime-error.js';
export {
  assertChange,
  mayChange,
  RUNTIME_CHANGES,
  type RuntimeState,
} from './runtime-state.js';
export type {
  DataLocation,
  LogOptions,
  PlannedAction,
  Runtime,
  RuntimeActionOptions,
  RuntimeConfig,
  RuntimeKind,
  RuntimeLogLevel,
  RuntimePart,
  RuntimePlan,
  RuntimeProgress,
  RuntimeStatus,
  RuntimeUrls,
  StopOptions,
} from './runtime.js';
export { writeStateFile } from './state-file.js';
export {
  DEFAULT_STATE_FOLDER,
  PROJECT_FOLDER,
  stateFolder,
  type StateFolder,
} from './state-folder.js';
