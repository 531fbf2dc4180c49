const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/**
 * The status of an HTTP/1.1 answer once all of it is there; null before. Knows what Node's servers send: a length or
 * chunks without trailers. Pure.
 */
export function completeStatus(text: string): number | null {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd);
  const bodyLength = text.length - headEnd - HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isChunked = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head);
  const isComplete = isChunked ? bodyLength > 0 && text.endsWith(LAST_CHUNK) : bodyLength >= Number(length ?? 0);
  return isComplete ? Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3)) : null;
}
