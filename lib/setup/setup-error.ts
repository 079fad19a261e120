import { CodedError } from '../errors/coded-error.js';

/** What can go wrong with a setup besides what its parts say. */
export type SetupErrorCode =
  | 'PREREQUISITE' // the machine is not fit for it
  | 'NO_RUNTIME' // nothing here can run the index
  | 'OTHER_RUNTIME' // another runtime is set up, and in use
  | 'OTHER_APPVIEW' // another AppView is connected already
  | 'NO_RETENTION' // the real server keeps everything
  | 'NOT_FRESH' // the AppView would be switched to an index that takes nothing in
  | 'NOTHING_FOUND' // nothing is set up that could be upgraded
  | 'NO_WAY_BACK' // there is no earlier image, or it is gone
  | 'OTHER_SERVER' // the new image cannot read the old one's data
  | 'UPGRADE_FAILED' // the new version is not well; the old one serves again
  | 'SAMPLE_APPVIEW'; // an AppView asks this index, which would be of sample data

/** Base of the errors of `lib/setup`. */
export class SetupError extends CodedError<SetupErrorCode> {
  override readonly name = 'SetupError';
}
