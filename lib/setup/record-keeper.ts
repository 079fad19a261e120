import { readFile, rm } from 'node:fs/promises';
import type { UndoStack } from '../cli/index.js';
import type { RuntimeKind } from '../runtime/runtime.js';
import { writeStateFile } from '../runtime/state-file.js';
import {
  readSetupRecord,
  writeSetupRecord,
  type SetupRecord,
} from './setup-record.js';
import { systemCode } from '../errors/system-code.js';

/** What a run adds to the record. */
export type RecordChange = Partial<Omit<SetupRecord, 'setupAt'>>;

/**
 * Keeps `setup.json` up to date while a run goes on, so that teardown knows
 * what was changed even after a crash in its middle.
 */
export class RecordKeeper {
  readonly #file: string;
  readonly #undo: UndoStack;
  readonly #earlier: SetupRecord | null;
  #current: SetupRecord | null;
  #isUndoable = false;

  private constructor(
    file: string,
    undo: UndoStack,
    earlier: SetupRecord | null
  ) {
    this.#file = file;
    this.#undo = undo;
    this.#earlier = earlier;
    this.#current = earlier;
  }

  /** @throws RuntimeError STATE_DAMAGED */
  static async open(file: string, undo: UndoStack): Promise<RecordKeeper> {
    return new RecordKeeper(file, undo, await readSetupRecord(file));
  }

  /** What an earlier run left; null: none ended here. */
  get earlier(): SetupRecord | null {
    return this.#earlier;
  }

  /** What the record says now. */
  get current(): SetupRecord | null {
    return this.#current;
  }

  /** Adds to it and writes it. */
  async note(runtime: RuntimeKind, change: RecordChange): Promise<void> {
    await this.#makeUndoable();
    const empty = { data: [], envFile: null, appview: null };
    const next: SetupRecord = {
      ...(this.#current ?? empty),
      ...change,
      runtime,
      setupAt: new Date().toISOString(),
    };
    await writeSetupRecord(this.#file, next);
    this.#current = next;
  }

  /** The record goes back last: until then teardown could go on with it. */
  async #makeUndoable(): Promise<void> {
    if (this.#isUndoable) return;
    this.#isUndoable = true;
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    });
    this.#undo.add(this.#file, () => this.#takeBack(text), { quiet: true });
  }

  /**
   * @param text what was in the file; null: there was none
   */
  async #takeBack(text: string | null): Promise<void> {
    const known = new Set(this.#earlier?.data.map(({ path }) => path));
    const current = this.#current;
    const made = current?.data.filter(({ path }) => !known.has(path)) ?? [];
    if (current !== null && made.length > 0) {
      // The data stays, so teardown has to know that it is ours.
      const empty = { ...current, data: [], envFile: null, appview: null };
      const earlier = this.#earlier ?? empty;
      const data = [...made, ...earlier.data];
      await writeSetupRecord(this.#file, { ...earlier, data });
    } else if (text === null) await rm(this.#file, { force: true });
    else await writeStateFile(this.#file, text);
  }
}
