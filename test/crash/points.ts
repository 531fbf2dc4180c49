/** Transitions whose commit a kill comes right before and right after, as `failpoints.ts` names them. */
const COMMITS = [
  'accept',
  'accept routed',
  'accept claimed',
  'settleRoutes',
  'settleRoutes claimed',
  'claimDeliveries',
  'settleAttempts delivered',
  'settleAttempts retry',
  'settleAttempts keep',
  'settleAttempts dead',
  'recover',
  'settleWaiting shaped',
  'skipDeliveries',
  'releaseDeliveries',
  'pause by_hand',
  'pause unauthorized',
  'resume',
  'learn facts',
  'createReplay',
  'changeReplay',
  'redeliverStep',
  'redeliverStep done',
  'reprocessStep',
  'reprocessStep done',
  'recordLoad start',
  'recordLoad file',
  'rememberMappings',
  'probe',
  'prune',
  'tidy',
  'beginForgetting',
  'forgetStep erasing',
  'forgetStep purging',
  'forgetStep done',
] as const;

/** Statements of their own: a process life begins, pages go back to the file system, the write-ahead log is emptied. */
const STATEMENTS = ['opening', 'compact', 'checkpoint'] as const;

/** A call: before anything leaves, when its last byte left, when its answer is there and nothing is settled yet. */
const CALLS = [
  ...['batch', 'single', 'http'].flatMap((call) => [
    `before send ${call}`,
    `after send ${call}`,
    `after answer ${call}`,
  ]),
  // A probe has no body.
  ...['before send probe', 'after answer probe'],
];

/** Every named point at which a running server can be killed. */
export const POINTS: readonly string[] = [
  ...COMMITS.flatMap((name) => [`before ${name}`, `after ${name}`]),
  ...STATEMENTS.flatMap((name) => [`before ${name}`, `after ${name}`]),
  ...CALLS,
];

/** The points that only a store which deletes comes by. */
export const DELETING = /prune|tidy|compact|[fF]orget|checkpoint/;

/** Which points kill, and after how many passes: `point=passes` joined by `;`. */
export const ARMED = 'POINTSMAN_FAILPOINTS';
/** The file that takes the name of the point that killed. */
export const HIT_FILE = 'POINTSMAN_FAILPOINT_FILE';
/** How far the process's clock is ahead of the machine's, in ms: as if it had been down for that long. */
export const CLOCK_AHEAD = 'POINTSMAN_CLOCK_AHEAD_MS';
/** How often that clock jumps eleven minutes ahead, in ms; 0 = never. */
export const CLOCK_STEP = 'POINTSMAN_CLOCK_STEP_MS';
