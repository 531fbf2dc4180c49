/** One HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Answers with a JSON value. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** The authentication layer's shape. Source: Tracking API authorization errors. */
export function authError(status: number, error: string): Answer {
  return jsonAnswer(status, { success: false, error });
}

/** The request envelope's shape. Source: Tracking API request body errors. */
export function envelopeError(status: number, message: string): Answer {
  return jsonAnswer(status, { success: false, message });
}

/** The shape of one command's refusal. Source: Tracking API error messages. */
export function commandError(status: number, errors: readonly string[]): Answer {
  return jsonAnswer(status, { success: false, errors });
}

/** The data API's shape: messages by field, `_global` for the request as a whole. */
export function fieldError(status: number, field: string, message: string): Answer {
  return jsonAnswer(status, { errors: { [field]: [message] }, success: false });
}

/** The shape of an address that leads nowhere. Source: a live probe of an unrouted path. */
export function pathError(code: number, description: string): Answer {
  return jsonAnswer(code, { errors: { code, description } });
}
