import type { Dispatcher } from 'undici';
import type { Ending, EndListener } from './ending.js';

/** A whole HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; empty where it was left unread. */
  readonly text: string;
}

/**
 * One request and its answer, as undici's dispatcher tells of it. Gathers the
 * body as it comes: a stream to read it from costs a third of a small request.
 */
class Exchange implements Dispatcher.DispatchHandler, EndListener {
  readonly #ending: Ending;
  readonly #reads: (status: number) => boolean;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};

  constructor(
    ending: Ending,
    reads: (status: number) => boolean,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void
  ) {
    this.#ending = ending;
    this.#reads = reads;
    this.#resolve = resolve;
    this.#reject = reject;
    ending.listen(this);
  }

  onEnded(reason: Error): void {
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have waited for a connection until after its end.
    if (this.#ending.reason !== null) controller.abort(this.#ending.reason);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer['headers']
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (this.#reads(status)) return;
    // What else it says is not worth reading; the connection goes with it.
    this.#finish('');
    controller.abort(new Error('not read'));
  }

  onResponseData(
    _controller: Dispatcher.DispatchController,
    chunk: Buffer
  ): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, ...others] = this.#chunks;
    const body =
      first === undefined || others.length === 0
        ? first
        : Buffer.concat(this.#chunks);
    this.#finish(body === undefined ? '' : body.toString());
  }

  onResponseError(
    _controller: Dispatcher.DispatchController,
    error: Error
  ): void {
    this.#ending.unlisten(this);
    this.#reject(error);
  }

  #finish(text: string): void {
    this.#ending.unlisten(this);
    this.#resolve({ status: this.#status, headers: this.#headers, text });
  }
}

/**
 * Makes a request over a dispatcher that bounds the answer's size.
 *
 * @param ending ends the request; its reason is what is thrown
 * @param reads whether the body of an answer with that status is read
 * @throws undici's errors
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  ending: Ending,
  reads: (status: number) => boolean
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    ending.throwIfEnded();
    dispatcher.dispatch(request, new Exchange(ending, reads, resolve, reject));
  });
}
