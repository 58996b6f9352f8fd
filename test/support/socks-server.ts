import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** A call that came to the proxy: the kind of address, the host and port it names, and its login. */
export interface SocksCall {
  readonly kind: number;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** A SOCKS5 server on this machine: leads every call to one place, and says each byte of its own answers in a piece of its own. */
export class SocksServer {
  readonly calls: SocksCall[] = [];
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  /** @param target - the port on this machine that every call is led to. @param misbehave - takes a connection in place of the server */
  static async start(target: () => number, misbehave?: (socket: Socket) => void): Promise<SocksServer> {
    const sockets = new Set<Socket>();
    const holder: { server?: SocksServer } = {};
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      if (misbehave !== undefined) {
        misbehave(socket);
        // Only who reads sees the other side's end.
        socket.resume();
      } else void serve(socket, target(), (call) => holder.server?.calls.push(call), sockets);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    holder.server = new SocksServer(server, sockets);
    return holder.server;
  }

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Reads exactly so many bytes. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null);
    if (bytes !== null) return bytes;
    await new Promise((resolve, reject) => {
      socket.once('readable', resolve);
      socket.once('close', () => reject(new Error('closed')));
    });
  }
}

/** Writes byte by byte, each in a turn of its own. */
async function say(socket: Socket, ...bytes: readonly number[]): Promise<void> {
  for (const byte of bytes) {
    await new Promise<void>((resolve) => socket.write(Buffer.of(byte), () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function serve(socket: Socket, target: number, called: (call: SocksCall) => void, sockets: Set<Socket>): Promise<void> {
  socket.setNoDelay(true);
  try {
    const [, count = 0] = await take(socket, 2);
    const wantsLogin = (await take(socket, count)).includes(2);
    await say(socket, 5, wantsLogin ? 2 : 0);
    let user: string | undefined;
    let password: string | undefined;
    if (wantsLogin) {
      const [, userBytes = 0] = await take(socket, 2);
      user = (await take(socket, userBytes)).toString();
      const [passwordBytes = 0] = await take(socket, 1);
      password = (await take(socket, passwordBytes)).toString();
      await say(socket, 1, 0);
    }
    const [, , , kind = 0, hostBytes = 0] = await take(socket, 5);
    const host = (await take(socket, hostBytes)).toString();
    const port = (await take(socket, 2)).readUInt16BE();
    const onward = createConnection(target, '127.0.0.1');
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    await new Promise((resolve) => onward.once('connect', resolve));
    called({ kind, host, port, user, password });
    await say(socket, 5, 0, 0, 1, 127, 0, 0, 1, 0, 1);
    socket.pipe(onward).pipe(socket);
  } catch {
    socket.destroy(); // The caller hung up; the test sees that on its side.
  }
}
