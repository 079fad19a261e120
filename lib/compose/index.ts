export {
  BACKUP_COMPOSE_FILE,
  BACKUP_SERVICE,
  makeBackupFile,
  type BackupServiceOptions,
} from './backup-service.js';
export {
  ComposeError,
  type ComposeErrorCode,
  type ComposeErrorOptions,
} from './compose-error.js';
export { composeFacts, mergeFacts, withModel } from './compose-facts.js';
export {
  findServices,
  type FoundService,
  type FoundServices,
  type NamedServices,
} from './find-services.js';
export { fitOverlay, type FitOptions } from './fit-overlay.js';
export { ROLE_LABEL } from './index-service.js';
export { NEVER_SET } from './keeper.js';
export { indexUrl } from './overridden-service.js';
export { makeOverlay, OVERLAY_FILE, type CommentedOverlay } from './overlay.js';
export type {
  ComposeOverlay,
  ComposeService,
  NetworkDefinition,
  OverlayComment,
} from './overlay-model.js';
export {
  BRIDGE_SERVICE,
  DEFAULT_OVERLAY_OPTIONS,
  INDEX_SERVICE,
  type AppViewRole,
  type OverlayOptions,
  type OverriddenService,
} from './overlay-options.js';
export { overlayText } from './overlay-text.js';
export { assertServices, parseCompose } from './parse-compose.js';
export { PINNED_SOURCE } from './pinned-source.js';
export type { ComposeFacts, ServiceFacts } from './service-facts.js';
export {
  COMPOSE_VARIABLE_NAMES,
  COMPOSE_VARIABLES,
  composeEnvironment,
  isComposeVariable,
  type ComposeVariable,
  type ComposeVariableName,
  type TakesEffect,
} from './variables.js';
