/** Headers that belong to the connection, the credentials or the signature: nobody else sets them. */
export const OWN_HEADERS: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'host',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
];

/** Whether a header, in any case, is one of those. */
export function isOwnHeader(name: string): boolean {
  return OWN_HEADERS.includes(name.toLowerCase());
}

/** Whether a text can be a header's name. Source: RFC 9110, 5.6.2. */
export function isHeaderName(text: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(text);
}

/** Whether a text can be a header's value: printable ASCII, since receivers disagree about everything else. */
export function isHeaderValue(text: string): boolean {
  return /^[\t -~]*$/.test(text);
}
