/** The keys of a mapping document; the JSON Schema for editors lists the same. */
export const MAPPING_KEYS = [
  'id',
  'description',
  'enabled',
  'source',
  'event',
  'when',
  'each',
  'to',
  'transform',
  'member',
  'order',
  'mode',
  'onAmbiguous',
  'retry',
  'tests',
] as const;

/** The keys of `retry`. */
export const RETRY_KEYS = ['quick', 'schedule', 'jitter', 'giveUpAfter'] as const;

/** The keys of one test. */
export const TEST_KEYS = ['name', 'event', 'recall', 'at', 'expect'] as const;

/** Whether deliveries queue in their member's lane; the first is the default, here and below. */
export const ORDERS = ['member', 'none'] as const;

/** Whether a mapping sends, only records what it would send, or rests. */
export const MODES = ['live', 'shadow', 'off'] as const;

/** What becomes of a delivery whose answer is unknown. */
export const AMBIGUOUS_POLICIES = ['resend', 'hold'] as const;

/** The form of a mapping's id. */
export const ID_PATTERN = /^[a-z][a-z0-9-]{0,62}$/;
