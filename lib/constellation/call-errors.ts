import { ConstellationError } from './errors.js';

/** The call's time is up. */
export function deadlineError(deadlineMs: number): ConstellationError {
  return new ConstellationError(
    'DEADLINE',
    `No answer within ${deadlineMs} ms; it is still being fetched.`
  );
}

/** The caller's signal was aborted. */
export function abortedError(
  signal: AbortSignal | undefined
): ConstellationError {
  return new ConstellationError('ABORTED', 'The caller gave up.', {
    cause: signal?.reason,
  });
}

/** The client was closed. */
export function closedError(): ConstellationError {
  return new ConstellationError('CLOSED', 'The client was closed.');
}
