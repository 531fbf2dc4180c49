/** The part of the corridor an error belongs to. */
export type Stage = 'config' | 'mapping' | 'receive' | 'route' | 'deliver' | 'store' | 'api';

/** One row of the error catalogue. */
export interface ErrorEntry {
  readonly stage: Stage;
  /** The HTTP status it is answered with, where it is answered over HTTP. */
  readonly httpStatus: number;
  /** Whether the same action may succeed later without a change by a person. */
  readonly retryable: boolean;
  /** What a person does about it: one sentence in the imperative. */
  readonly remedy: string;
}

const entry = (stage: Stage, httpStatus: number, retryable: boolean, remedy: string): ErrorEntry => ({
  stage,
  httpStatus,
  retryable,
  remedy,
});

/**
 * Every error Pointsman reports, by code. Codes are never reused; `docs/errors.md` explains each, and a test holds the
 * two together. What is not in here is a bug.
 */
export const ERRORS = {
  CONFIG_MISSING: entry(
    'config',
    500,
    false,
    'Copy config.example.yaml to config.yaml and set the variables it names.',
  ),
  CONFIG_UNREADABLE: entry('config', 500, false, 'Make the file readable for the user that runs pointsman.'),
  CONFIG_YAML: entry('config', 500, false, 'Repair the YAML at the place shown.'),
  CONFIG_UNKNOWN_KEY: entry(
    'config',
    500,
    false,
    'Remove the key or correct its spelling; config.example.yaml lists every key.',
  ),
  CONFIG_INVALID: entry('config', 500, false, 'Give the setting a value of the kind the message names.'),
  CONFIG_UNRESOLVED: entry('config', 500, false, 'Set the variable, or give it a default as ${NAME:-default}.'),
  CONFIG_INSECURE: entry(
    'config',
    500,
    false,
    'State the choice in the config: nothing is open unless it is written out.',
  ),

  MAPPING_UNREADABLE: entry(
    'mapping',
    500,
    false,
    'Make the file or folder readable for the user that runs pointsman.',
  ),
  MAPPING_UNWRITABLE: entry(
    'mapping',
    500,
    false,
    'Make the file and its folder writable, or repair the file by hand.',
  ),
  MAPPING_TOO_LARGE: entry('mapping', 422, false, 'Keep a mapping file under 1 MB and a formula under 16 kB.'),
  MAPPING_YAML: entry('mapping', 422, false, 'Repair the YAML at the place shown.'),
  MAPPING_UNKNOWN_KEY: entry('mapping', 422, false, 'Remove the key or correct its spelling.'),
  MAPPING_INVALID: entry('mapping', 422, false, 'Give the key a value of the kind the message names.'),
  MAPPING_DUPLICATE_ID: entry('mapping', 422, false, 'Give one of the two mappings another id.'),
  MAPPING_FORMULA_SYNTAX: entry('mapping', 422, false, 'Repair the formula at the place shown.'),
  MAPPING_UNKNOWN_FUNCTION: entry('mapping', 422, false, 'Use a function that exists; docs/mappings.md lists them.'),
  MAPPING_UNKNOWN_EVENT: entry(
    'mapping',
    422,
    false,
    'Use an event name of the source, or a pattern that matches one.',
  ),
  MAPPING_UNKNOWN_PATH: entry('mapping', 422, false, 'Use a field that the event has.'),
  MAPPING_ARGUMENTS: entry('mapping', 422, false, 'Give the function or operator what it takes.'),
  MAPPING_CONDITION: entry('mapping', 422, false, 'Compare the field with a value that it can have.'),
  MAPPING_LIST: entry('mapping', 422, false, 'Choose one element, or make it a list always.'),
  MAPPING_LITERAL: entry('mapping', 422, false, 'Begin the value with = if it is a formula.'),
  MAPPING_NO_EVENT_ID: entry('mapping', 422, false, 'Add event_id: =$eventId() to the properties.'),
  MAPPING_SECRET: entry('mapping', 422, false, 'Leave the field out.'),
  MAPPING_UNKNOWN_SOURCE: entry('mapping', 422, false, 'Name a source that the config declares.'),
  MAPPING_UNKNOWN_DESTINATION: entry('mapping', 422, false, 'Name a destination that the config declares.'),
  MAPPING_UNKNOWN_ENDPOINT: entry('mapping', 422, false, 'Name an endpoint that the destination offers.'),
  MAPPING_REQUEST_SHAPE: entry('mapping', 422, false, 'Give the request the fields its endpoint asks for.'),
  MAPPING_YAML_COMMENT: entry('mapping', 422, false, 'Put the formula after | on its own line, or in quotes.'),
  MAPPING_YAML_EMPTY_KEY: entry('mapping', 422, false, 'Put the formula after | on its own line, or in quotes.'),
  MAPPING_YAML_FLOW: entry('mapping', 422, false, 'Put the formula inside { } or [ ] in quotes.'),
  MAPPING_YAML_NUMBER: entry('mapping', 422, false, 'Put the digits in quotes.'),
  MAPPING_TEST_FAILED: entry('mapping', 422, false, 'Correct the transform, or what the test expects.'),

  SOURCE_UNKNOWN: entry('receive', 404, false, 'Send to /webhooks/{source} with a source that the config declares.'),
  SOURCE_METHOD: entry('receive', 405, false, 'Send webhooks with POST.'),
  SOURCE_UNAUTHORIZED: entry(
    'receive',
    401,
    false,
    "Send the header, credentials or signature that the source's verify setting asks for.",
  ),
  SOURCE_NOT_JSON: entry('receive', 400, false, 'Send one JSON object, encoded as UTF-8.'),
  SOURCE_TOO_LARGE: entry('receive', 413, false, 'Send a smaller body, or raise server.bodyLimit.'),
  SOURCE_STOPPING: entry('receive', 503, true, 'Nothing: the sender tries again, and the next start takes it.'),
  SOURCE_TOO_SLOW: entry('receive', 408, true, 'Send the whole body without a pause.'),
  SOURCE_API_UNAUTHORIZED: entry(
    'receive',
    401,
    false,
    "Give the source's api.token a permanent API key that may read members and stores.",
  ),
  SOURCE_API_FAILED: entry(
    'receive',
    502,
    true,
    "Run the same command again, it goes on from there; check the source's api.url if it persists.",
  ),
  SOURCE_TOO_MANY: entry('route', 422, false, 'Send at most 10,000 elements in one webhook.'),
  SOURCE_TOO_DEEP: entry('route', 422, false, 'Send an event nested at most 64 levels deep.'),

  TRANSFORM_ERROR: entry('route', 422, false, 'Correct the formula, then reprocess the event.'),
  TRANSFORM_TIMEOUT: entry(
    'route',
    422,
    false,
    'Simplify the formula so that it ends within the deadline, then reprocess the event.',
  ),
  TRANSFORM_MEMORY: entry('route', 422, false, 'Make the formula build less, then reprocess the event.'),
  TRANSFORM_QUARANTINED: entry(
    'route',
    422,
    false,
    'Correct the mapping: it is set aside until its text changes; then reprocess the event.',
  ),
  TRANSFORM_NOT_OBJECT: entry('route', 422, false, 'Make the transform return an object, then reprocess the event.'),
  TRANSFORM_TOO_LARGE: entry('route', 422, false, 'Send less: a request is at most 256 kB; then reprocess the event.'),
  TRANSFORM_TOO_MANY_PARTS: entry(
    'route',
    422,
    false,
    'Make each yield at most 500 elements, then reprocess the event.',
  ),
  TRANSFORM_REQUEST_INVALID: entry('route', 422, false, 'Make the request fit its endpoint, then reprocess the event.'),
  TRANSFORM_RECALL_MISSING: entry('route', 422, false, 'Seed or import the missing fact, then reprocess the event.'),
  TRANSFORM_CRASHED: entry('route', 500, true, 'Reprocess the event; report it if it happens again.'),

  DELIVERY_REJECTED: entry(
    'deliver',
    422,
    false,
    "Read the destination's answer, correct the mapping, then reprocess.",
  ),
  DELIVERY_UNAUTHORIZED: entry('deliver', 401, true, "Correct the destination's credentials or permissions."),
  DELIVERY_RATE_LIMITED: entry('deliver', 429, true, 'Nothing: it is tried again; lower rateLimit if it persists.'),
  DELIVERY_UNAVAILABLE: entry('deliver', 503, true, 'Nothing: it is tried again.'),
  DELIVERY_CONNECTION: entry('deliver', 503, true, 'Check the address and the network; it is tried again.'),
  DELIVERY_TIMEOUT: entry('deliver', 504, true, 'Nothing: it is tried again with the same bytes.'),
  DELIVERY_RESET: entry('deliver', 502, true, 'Nothing: it is tried again with the same bytes.'),
  DELIVERY_UNREADABLE: entry(
    'deliver',
    502,
    true,
    'Check that baseUrl is the API and not a web page; it is tried again.',
  ),
  DELIVERY_INTERRUPTED: entry(
    'deliver',
    503,
    true,
    'Nothing: the process ended in mid-send; it is tried again with the same bytes.',
  ),
  DELIVERY_GIVEN_UP: entry('deliver', 504, false, 'Repair the cause shown in the attempts, then redeliver.'),
  DELIVERY_HELD: entry('deliver', 409, false, 'Find out whether it arrived, then redeliver or skip it.'),

  STORE_IN_USE: entry(
    'store',
    503,
    false,
    'Stop the other pointsman that uses this database, or configure another file.',
  ),
  STORE_MISSING: entry(
    'store',
    404,
    false,
    'Start pointsman serve once, or name the config whose store.url points at the database.',
  ),
  STORE_NEWER: entry('store', 500, false, 'Run the pointsman version that wrote this database, or a later one.'),
  STORE_UNWRITABLE: entry('store', 503, true, 'Make the data folder writable and give it free space.'),
  STORE_CORRUPT: entry('store', 503, true, 'Stop pointsman and restore a backup; see docs/operations.md.'),
  STORE_FAILED: entry('store', 503, true, 'Read the cause; the operation is tried again where nothing was lost.'),

  API_NOT_FOUND: entry('api', 404, false, 'Check the address or the id.'),
  API_UNAUTHORIZED: entry('api', 401, false, 'Send Authorization: Bearer with a token of api.tokens.'),
  API_FORBIDDEN: entry('api', 403, false, 'Use a token of api.tokens whose role may do this.'),
  API_BAD_REQUEST: entry('api', 400, false, 'Correct what the message names.'),
  API_CONFLICT: entry('api', 409, false, 'Look at it again: it has changed, or cannot be changed in this way now.'),
  API_TOO_LARGE: entry('api', 413, false, 'Send less at once.'),
  API_BAD_FACT: entry(
    'api',
    400,
    false,
    'Give each fact storeCode, kind, key and a value that names its member, as docs/open-loyalty.md shows.',
  ),
  API_UNREACHABLE: entry('api', 503, true, 'Start pointsman serve, or name its address with --url.'),
  API_BUSY: entry('api', 503, true, 'Ask again in a moment.'),
  API_AMBIGUOUS: entry('api', 409, false, 'Name one of them exactly; several may be the same person under other keys.'),
  API_BAD_FILTER: entry('api', 400, false, 'Correct the filter that the message names.'),
  API_CURSOR_MISMATCH: entry(
    'api',
    400,
    false,
    'Use a cursor only with the filters it came from, or start without one.',
  ),
  API_INTERNAL: entry('api', 500, true, 'Read the log; report it if it happens again.'),

  CLI_USAGE: entry('api', 400, false, 'Run the command with --help.'),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** The one error class: what happened, under a code of the catalogue that says where and whether to try again. */
export class PointsmanError extends Error {
  readonly code: ErrorCode;

  /** @param message one line a marketer could act on, with the actual value; never a secret. */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'PointsmanError';
    this.code = code;
  }

  get stage(): Stage {
    return ERRORS[this.code].stage;
  }

  get httpStatus(): number {
    return ERRORS[this.code].httpStatus;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  get remedy(): string {
    return ERRORS[this.code].remedy;
  }
}

/** Whether a code says that the door found an event unfit: no rule can ever be run over it. */
export function isSourceFault(code: ErrorCode | null): boolean {
  return code?.startsWith('SOURCE_') ?? false;
}
