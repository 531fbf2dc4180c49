import { isIP } from 'node:net';
import { isPrivateAddress } from '../core/address.ts';
import { isHeaderName, isOwnHeader } from '../core/own-headers.ts';
import type { HttpEndpointConfig } from './config.ts';
import type { Fault } from './fault.ts';
import { type Path, pointerOf, shownPath } from './path.ts';
import type { RawDestination, RawHttp } from './raw.ts';
import { faultAt, type Settings } from './settings.ts';

/** Checks the settings of a destination against each other, and its addresses. */
export function destinationFaults(id: string, raw: RawDestination, settings: Settings): readonly Fault[] {
  const path = ['destinations', id];
  if (raw.type === 'bloomreach') return inClear([...path, 'baseUrl'], raw.baseUrl, settings);
  return Object.entries(raw.endpoints).flatMap(([name, endpoint]) => {
    const at = [...path, 'endpoints', name];
    return [
      ...inClear([...at, 'url'], endpoint.url, settings),
      ...privateAddress([...at, 'url'], endpoint.url, raw, settings),
      ...headerFaults([...at, 'headers'], endpoint, raw, settings),
    ];
  });
}

function inClear(path: Path, url: string, settings: Settings): readonly Fault[] {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return [];
  const message = `${shownPath(pointerOf(path))} is not https: credentials and members' data travel in clear`;
  const found = faultAt(path, settings, 'CONFIG_INSECURE', message);
  return [{ ...found, severity: 'warning', remedy: 'Use an https address.' }];
}

/** Addresses that are written out; those behind names are looked at when they are connected to. */
function privateAddress(path: Path, url: string, { allowPrivate, allowHosts }: RawHttp, settings: Settings) {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const isPrivate = isIP(host) === 0 ? /^(.*\.)?localhost$/.test(host) : isPrivateAddress(host);
  const isAllowed = allowPrivate || allowHosts.some((one) => one.toLowerCase().replace(/^\[|\]$/g, '') === host);
  if (!isPrivate || isAllowed) return [];
  const message = `${shownPath(pointerOf(path))} leads to ${host}, a private address`;
  const remedy = 'If that is meant, set allowPrivate: true, or list the host under allowHosts.';
  return [{ ...faultAt(path, settings, 'CONFIG_INSECURE', message), remedy }];
}

function headerFaults(path: Path, { headers }: HttpEndpointConfig, { auth }: RawHttp, settings: Settings) {
  return Object.keys(headers).flatMap((name) => {
    const message = faultOfHeader(name, auth.type);
    if (message === null) return [];
    return [faultAt([...path, name], settings, 'CONFIG_INVALID', `${shownPath(pointerOf(path))}: ${message}`)];
  });
}

/** Credentials of another kind than auth offers may stand in a header of their own. */
function faultOfHeader(name: string, auth: RawHttp['auth']['type']): string | null {
  if (!isHeaderName(name)) return `${JSON.stringify(name)} is no name of a header`;
  const isFree = !isOwnHeader(name) || (name.toLowerCase() === 'authorization' && auth === 'none');
  return isFree ? null : `${name} is set by Pointsman alone`;
}
