import type { ErrorCode } from '../core/errors.ts';

/** The largest mapping file, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** The text of a mapping file, or why it is none. */
export type SourceText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly remedy: string };

/** Decodes a mapping file: UTF-8 with or without BOM, CRLF or LF; the text returned has LF and no BOM. */
export function readSourceText(bytes: Uint8Array): SourceText {
  if (bytes.length > MAX_FILE_BYTES) {
    const message = `The file is ${bytes.length} bytes; a mapping file is at most ${MAX_FILE_BYTES}`;
    return { ok: false, code: 'MAPPING_TOO_LARGE', message, remedy: 'Split it into several files.' };
  }
  const remedy = 'Save the file as plain text in UTF-8.';
  if (bytes.includes(0)) return { ok: false, code: 'MAPPING_YAML', message: 'The file is binary, not text', remedy };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, text: text.replaceAll('\r\n', '\n') };
  } catch {
    return { ok: false, code: 'MAPPING_YAML', message: 'The file is not valid UTF-8', remedy };
  }
}
