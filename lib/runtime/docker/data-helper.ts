import type { Readable } from 'node:stream';
import { pause } from '../pause.js';
import { RuntimeError } from '../runtime-error.js';
import { execIn, type ExecOptions } from './container-output.js';
import { askEngine, statusOf, type Engine } from './engine.js';
import { ownedLabels } from './owned.js';

/** Which data a helper is for. */
export interface HelperOptions {
  readonly engine: Engine;
  /** Image it is made from; it has a shell, tar is not needed. */
  readonly image: string;
  /** Volume, or folder of the engine's machine. */
  readonly source: string;
  /** `UID:GID` that the index runs as. */
  readonly user: string;
}

/** How long the engine may take to remove one (ms). */
const REMOVAL_MS = 30_000;
const REMOVAL_POLL_MS = 50;

/** Where the data is in it. */
export const DATA = '/data';

/**
 * A container of the moment on the data of an index: no network, no rights
 * beyond those of the index's user. Its program is `cat` on a stdin that this
 * process holds, so it ends with this process, whatever ends that, and the
 * engine removes it.
 */
export class DataHelper {
  readonly id: string;
  readonly #engine: Engine;
  readonly #stdin: NodeJS.ReadWriteStream;

  private constructor(
    engine: Engine,
    id: string,
    stdin: NodeJS.ReadWriteStream
  ) {
    this.#engine = engine;
    this.id = id;
    this.#stdin = stdin;
  }

  /** @throws RuntimeError; the engine's error where it cannot be started */
  static async open({
    engine,
    image,
    source,
    user,
  }: HelperOptions): Promise<DataHelper> {
    return await askEngine(
      engine,
      async (docker) => {
        const container = await docker.createContainer({
          Image: image,
          Entrypoint: ['cat'],
          Cmd: [],
          User: user,
          OpenStdin: true,
          StdinOnce: true,
          Labels: ownedLabels('helper'),
          Healthcheck: { Test: ['NONE'] },
          HostConfig: {
            NetworkMode: 'none',
            Binds: [`${source}:${DATA}`],
            CapDrop: ['ALL'],
            SecurityOpt: ['no-new-privileges:true'],
            ReadonlyRootfs: true,
            Tmpfs: { '/tmp': 'size=16m,mode=1777' },
            PidsLimit: 100,
            AutoRemove: true,
            LogConfig: { Type: 'none', Config: {} },
          },
        });
        try {
          const stdin = await container.attach({
            stream: true,
            stdin: true,
            hijack: true,
          });
          await container.start();
          return new DataHelper(engine, container.id, stdin);
        } catch (error) {
          await container.remove({ force: true }).catch(() => undefined);
          throw error;
        }
      },
      60_000
    );
  }

  /**
   * Runs a program in it.
   *
   * @returns its stdout
   * @throws RuntimeError BAD_DATA_FOLDER with what it said, when it failed
   */
  async run(
    command: readonly string[],
    options: ExecOptions = {}
  ): Promise<string> {
    const end = await execIn(this.#engine, this.id, command, options);
    if (end.code === 0) return end.stdout;
    const said = end.stderr.trim() || end.stdout.trim();
    throw new RuntimeError(
      `${command[0] ?? ''} in the data of the index ended with ${end.code}: ${said.split('\n')[0] ?? ''}`,
      { code: 'BAD_DATA_FOLDER' }
    );
  }

  /** A folder below {@link DATA} as a tar archive. */
  async archive(folder: string): Promise<Readable> {
    const stream = await askEngine(this.#engine, (docker) =>
      docker.getContainer(this.id).getArchive({ path: folder })
    );
    return stream as Readable;
  }

  /** Unpacks a tar archive into a folder that is there; ends when all is in. */
  async unpack(
    archive: Readable,
    folder: string,
    signal: AbortSignal
  ): Promise<void> {
    const docker = await this.#engine.docker();
    await docker
      .getContainer(this.id)
      .putArchive(archive, { path: folder, abortSignal: signal });
  }

  /**
   * Ends it, and returns once the engine has removed it: only then its volume
   * is free.
   */
  async close(): Promise<void> {
    this.#stdin.end();
    const endMs = performance.now() + REMOVAL_MS;
    while (!(await this.#isRemoved())) {
      if (performance.now() > endMs) {
        throw new RuntimeError(
          `the engine has not removed container ${this.id.slice(0, 12)} within ${REMOVAL_MS} ms`,
          {
            code: 'TIMEOUT',
            suggestion: `docker rm -f ${this.id.slice(0, 12)}`,
          }
        );
      }
      await pause(REMOVAL_POLL_MS);
    }
  }

  async #isRemoved(): Promise<boolean> {
    return await askEngine(this.#engine, async (docker) => {
      try {
        await docker.getContainer(this.id).remove({ force: true });
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return true;
        // The engine is at it.
        if (statusOf(error) === 409) return false;
        throw error;
      }
    });
  }
}
