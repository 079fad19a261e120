import type { UndoStack } from '../cli/index.js';
import {
  readEnvFile,
  takeBackEnvFile,
  writeEnvFile,
  type EnvFileChange,
  type EnvFileContent,
} from '../env/index.js';
import {
  recordedEdit,
  recordFileChange,
  type RecordedFile,
} from './recorded-file.js';

/**
 * An env file that a run changes, once or several times: one backup of what
 * was there, one undoing for all of it.
 */
export class UndoableEnvFile {
  readonly path: string;
  readonly #undo: UndoStack;
  #before: EnvFileContent | undefined;
  #after: EnvFileContent | undefined;
  #done: RecordedFile | null = null;

  constructor(path: string, undo: UndoStack) {
    this.path = path;
    this.#undo = undo;
  }

  /** What this run did to it, all writes together; null: nothing. */
  get done(): RecordedFile | null {
    return this.#done;
  }

  /**
   * Changes keys.
   *
   * @param template what a file that is not there starts from
   * @throws EnvError
   */
  async write(
    changes: Readonly<Record<string, string | null>>,
    template?: string
  ): Promise<EnvFileChange> {
    const isFirst = this.#done === null;
    const before = isFirst ? await readEnvFile(this.path) : this.#before;
    const change = await writeEnvFile(this.path, changes, {
      template,
      backup: isFirst,
    });
    if (change.changes.length === 0 && !change.created) return change;
    this.#before = before;
    this.#after = await readEnvFile(this.path);
    this.#done = recordFileChange(this.#done, recordedEdit(change));
    if (isFirst) {
      this.#undo.add(`changes to ${this.path}`, () => this.#takeBack());
    }
    return change;
  }

  async #takeBack(): Promise<string> {
    if (this.#done === null) return 'nothing was changed';
    const { path: realPath, changes, backups } = this.#done;
    const isAsBefore = await takeBackEnvFile({
      realPath,
      before: this.#before,
      changes,
      backups,
      after: this.#after,
    });
    if (!isAsBefore) return 'its keys; somebody has changed the rest since';
    return this.#before === undefined ? 'there was none' : 'byte for byte';
  }
}
