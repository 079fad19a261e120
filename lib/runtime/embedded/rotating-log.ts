import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** How a log file is kept small. */
export interface RotatingLogOptions {
  /** Size at which the file is rotated (bytes). */
  readonly maxBytes: number;
  /** How many old files are kept: `FILE.1` is the youngest (default 3). */
  readonly keep?: number | undefined;
}

/**
 * A log file that is rotated by size. A line is with the system when `write`
 * returns, so it outlives a crash of the process. One writer per file.
 *
 * `write` never throws: a log that cannot be written (a full disk) must not
 * end what it tells of. Lines lost so are counted, and said in the file once
 * it can be written again.
 */
export class RotatingLog {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #fd: number | undefined;
  #sizeBytes = 0;
  #lostLines = 0;

  /**
   * Opens the file for appending; its folder is made.
   *
   * @throws the system's error when it cannot be opened now
   */
  constructor(file: string, options: RotatingLogOptions) {
    this.path = path.resolve(file);
    this.#maxBytes = options.maxBytes;
    this.#keep = options.keep ?? 3;
    mkdirSync(path.dirname(this.path), { recursive: true });
    this.#open();
  }

  /** Lines that could not be written so far. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** Appends a line, its newline included. A line is never split over files. */
  write(line: string): void {
    try {
      const bytes = Buffer.from(line, 'utf8');
      if (this.#wasRemoved()) this.#reopen();
      const full = this.#sizeBytes + bytes.length > this.#maxBytes;
      if (full && this.#sizeBytes > 0) this.#rotate();
      if (this.#lostLines > 0) {
        const lost = `(${this.#lostLines} lines could not be written here)\n`;
        this.#append(Buffer.from(lost));
        this.#lostLines = 0;
      }
      this.#append(bytes);
    } catch {
      this.#lostLines += 1;
    }
  }

  /** Closes the file; a later write opens it again. */
  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(bytes: Buffer): void {
    const fd = this.#fd ?? this.#open();
    let offset = 0;
    while (offset < bytes.length) {
      const written = writeSync(fd, bytes, offset);
      offset += written;
      this.#sizeBytes += written;
    }
  }

  /** `FILE.2` → `FILE.3`, `FILE.1` → `FILE.2`, `FILE` → `FILE.1`. */
  #rotate(): void {
    this.close();
    // Stopped in between (kill -9), a number is missing and nothing is lost.
    for (let number = this.#keep; number > 1; number--) {
      moveIfThere(`${this.path}.${number - 1}`, `${this.path}.${number}`);
    }
    if (this.#keep > 0) moveIfThere(this.path, `${this.path}.1`);
    else rmSync(this.path, { force: true });
    this.#open();
  }

  /** Whether somebody deleted or moved the file under us (logrotate, rm). */
  #wasRemoved(): boolean {
    return this.#fd !== undefined && fstatSync(this.#fd).nlink === 0;
  }

  #reopen(): void {
    this.close();
    mkdirSync(path.dirname(this.path), { recursive: true });
    this.#open();
  }

  #open(): number {
    const fd = openSync(this.path, 'a', 0o640);
    this.#fd = fd;
    this.#sizeBytes = fstatSync(fd).size;
    return fd;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') {
      return;
    }
    throw error;
  }
}
