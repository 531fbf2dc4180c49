import type { Answer } from '../../core/attempt.ts';

/** Makes an answer fit for the log. */
export type Redactor = (answer: Answer) => Answer;

const LONGEST_DETAIL = 300;
const RESPONSE_KEPT_BYTES = 4096;
const MASK = '[secret]';

/**
 * Takes these secrets out of an answer's texts, in whatever notation they are echoed, then shortens: the detail to one
 * line of 300 characters, the response to 4 kB. Shortening first could leave half a secret.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const notations = new Set(secrets.flatMap(notationsOf));
  // Longest first: a secret may contain another.
  const hidden = [...notations].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  const mask = (text: string): string => hidden.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  return (answer) => {
    const { detail, response } = answer;
    if (detail === null && response === null) return answer;
    return {
      ...answer,
      detail: detail === null ? null : oneLine(mask(detail)),
      response: response === null ? null : firstBytes(mask(response)),
    };
  };
}

function notationsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line.length <= LONGEST_DETAIL) return line;
  return `${line.slice(0, LONGEST_DETAIL - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Whole characters only. */
function firstBytes(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, RESPONSE_KEPT_BYTES), { stream: true });
}
