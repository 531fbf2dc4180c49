import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPrivateAddress } from '../../core/address.ts';
import { PointsmanError } from '../../core/errors.ts';

/** Finds the addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Connects only to addresses of the open internet: each one that a name leads to is looked at before it is connected
 * to, so that a name which changes its address meanwhile gains nothing. Private ones are passed over.
 */
export function guardedConnector(timeoutMs: number, resolve: Resolve = systemLookup): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup: guardedLookup(resolve) });
  return (options, callback) => {
    // An address needs no looking up, so it would pass the look-up by.
    const isRefused = isIP(options.hostname) !== 0 && isPrivateAddress(options.hostname);
    if (!isRefused) return connect(options, callback);
    queueMicrotask(() => callback(refusal(options.hostname, options.hostname), null));
  };
}

/** Looks a name up, and passes private addresses over; an error when no other is left. */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const open = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = open;
      if (first === undefined) return callback(refusal(hostname, addresses[0]?.address ?? 'no address'), []);
      if (options.all) return callback(null, open);
      return callback(null, first.address, first.family);
    });
  };
}

function refusal(hostname: string, address: string): PointsmanError {
  const leads = hostname === address ? `${hostname} is` : `${hostname} leads to ${address},`;
  const message = `${leads} a private address; if that is meant, set allowPrivate or list the host under allowHosts`;
  return new PointsmanError('DELIVERY_CONNECTION', message);
}
