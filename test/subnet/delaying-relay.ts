/**
 * A relay on a host that hands on what it is sent, both ways, after a delay. Arguments: its address and port, the port on the same host that it
 * stands before, and the delay in milliseconds. Prints a line when it accepts connections; ends when it is killed.
 *
 * @module
 */

import { connect, createServer, type Socket } from 'node:net';

const [host = '', port, target, delayMs] = process.argv.slice(2);

function handOn(from: Socket, to: Socket): void {
  const later = (work: () => void): void => void setTimeout(work, Number(delayMs));
  from.on('data', (bytes) => later(() => to.write(bytes)));
  from.on('error', () => undefined);
  from.on('close', () => later(() => to.destroy()));
}

createServer((caller) => {
  const called = connect(Number(target), host);
  handOn(caller, called);
  handOn(called, caller);
}).listen(Number(port), host, () => process.stdout.write('ready\n'));
