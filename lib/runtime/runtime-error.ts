import { CodedError } from '../errors/coded-error.js';

/** What can go wrong with a runtime. */
export type RuntimeErrorCode =
  | 'LOCKED'
  | 'LOCK_FAILED'
  | 'PORT_IN_USE'
  | 'START_FAILED'
  | 'STOP_TIMEOUT'
  | 'STATE_DAMAGED'
  | 'STATE_UNREADABLE'
  | 'NOT_AVAILABLE'
  | 'ILLEGAL_CHANGE'
  | 'TIMEOUT'
  | 'COMPOSE_FAILED'
  | 'BUILD_FAILED'
  | 'NO_SUCH_SOURCE'
  | 'BAD_DATA_FOLDER'
  | 'BAD_STACK';

/** Base of the errors of `lib/runtime`. */
export class RuntimeError extends CodedError<RuntimeErrorCode> {
  override readonly name: string = 'RuntimeError';
}
