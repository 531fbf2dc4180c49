import { fileURLToPath } from 'node:url';

/** The secrets of one demo: random, and written only into its folder. */
interface DemoSecrets {
  readonly admin: string;
  readonly webhook: string;
  readonly bloomreach: string;
}

/** What the config of a demo is written from. */
export interface DemoConfig {
  /** 0 = any free port. */
  readonly port: number;
  readonly sandboxUrl: string;
  readonly secrets: DemoSecrets;
}

/** The project that the sandbox answers for, and the key it accepts. */
export const PROJECT_TOKEN = 'demo';
/** The id of the key that the stand-in accepts. */
export const API_KEY_ID = 'demo-key';

/** The header that a webhook of the demo carries its token in. */
export const TOKEN_HEADER = 'X-Pointsman-Token';

/** The mappings that ship with Pointsman; seen from `src/cli/demo` and from `dist/cli/demo` alike. */
const MAPPINGS_DIR = fileURLToPath(new URL('../../../mappings', import.meta.url));

/** A `config.yaml` like anyone's, with the sandbox in Bloomreach's place and retries short enough to watch. */
export function configText({ port, sandboxUrl, secrets }: DemoConfig): string {
  return `# Written by "pointsman demo". config.example.yaml explains every setting.
server: { host: 127.0.0.1, port: ${port} }
api:
  tokens: [{ name: demo, role: admin, token: ${quoted(secrets.admin)} }]
store: { url: "sqlite:./pointsman.db" }
mappings: { dir: ${quoted(MAPPINGS_DIR)} }
sources:
  open-loyalty:
    type: open-loyalty
    verify: { type: header, name: ${TOKEN_HEADER}, value: ${quoted(secrets.webhook)} }
destinations:
  bloomreach:
    type: bloomreach
    baseUrl: ${quoted(sandboxUrl)}
    projectToken: ${PROJECT_TOKEN}
    apiKeyId: ${API_KEY_ID}
    apiSecret: ${quoted(secrets.bloomreach)}
    timeout: 5s
    retry: { schedule: [2s, 3s, 5s, 5s, 5s, 5s, 10s, 10s, 30s, 30s, 30s, 30s] }
    breaker: { probe: 2s }
`;
}

/** As YAML reads it back unchanged: a `${` that stands in a path is no reference. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll('${', () => '$${'));
}
