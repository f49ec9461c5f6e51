// One connection after another: opened with jitter, taken for dead when it is silent.

import {backoff, healthyMs, reconnects} from './backoff';
import type {BinaryFrame} from './binary';
import {decodeBinary} from './binary';
import type {ServerFrame} from './protocol';

/** The part of a WebSocket that a connection uses. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'onmessage' | 'onclose' | 'binaryType'>;

export interface ConnectionEvents {
  frame(frame: ServerFrame | BinaryFrame): void;
  closed(): void;
}

/** A connection that is silent for so many heartbeats is dead. */
const silentBeats = 3;
/** Like a connection that broke. */
const broken = 1006;

export class Connection {
  #socket: Socket | null = null;
  #failures = 0;
  #openedAt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** The server's, in milliseconds. */
  heartbeatMs = 2_000;
  /** What the server asks to wait before the next connection, in milliseconds. */
  retryMs = 0;

  constructor(
    private readonly connect: () => Socket,
    private readonly events: ConnectionEvents,
    private readonly random: () => number,
  ) {}

  open(): void {
    const socket = this.connect();
    this.#socket = socket;
    this.#openedAt = Date.now();
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({data}) => socket === this.#socket && this.#take(data);
    socket.onclose = ({code}) => socket === this.#socket && this.#closed(code);
    this.#heard();
  }

  send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #take(data: unknown): void {
    this.#heard();
    const frame = read(data);
    // What cannot be read may have been part of a chain: only a new connection knows.
    if (frame) this.events.frame(frame);
    else this.#drop();
  }

  /** Starts the time anew after which silence means that nobody is there. */
  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(), silentBeats * this.heartbeatMs);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#closed(broken); // the close of a dead connection may take minutes
    socket?.close();
  }

  #closed(code: number): void {
    this.#socket = null;
    clearTimeout(this.#silence);
    this.events.closed();
    if (!reconnects(code)) return;
    if (Date.now() - this.#openedAt >= healthyMs) this.#failures = 0;
    setTimeout(() => this.open(), backoff(this.#failures++, this.retryMs, this.random));
    this.retryMs = 0;
  }
}

function read(data: unknown): ServerFrame | BinaryFrame | null {
  if (data instanceof ArrayBuffer) return decodeBinary(data);
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null && 'f' in frame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
